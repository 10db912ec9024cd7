// As known at a moment: what was answered then is answered again, byte for byte, whatever was written since.
import { beforeAll, describe, expect, test } from 'vitest';
import { rebuild } from '../../src/rebuild.js';
import { useApp } from '../support/app.js';
import { dumpTables } from '../support/consistency.js';
import { answerTo, asOf, QUESTIONS, type Then, writeAndRemember } from './then.js';

const api = useApp('seeded');

let history: Then[];
beforeAll(async () => {
  history = await writeAndRemember(api, QUESTIONS);
}, 120_000);

/** The title of a form names its filters, so the moment as well. */
const isTitled = (url: string) => /timelinejs/.test(url);
const holdsEverything = async () => {
  for (const { moment, what, answers } of history)
    for (const [url, then] of answers) {
      const now = await answerTo(api, asOf(url, moment));
      expect(isTitled(url) ? now.replace(/ · known_at [^"<]*/, '') : now, `${url} after: ${what}`).toBe(then);
    }
};

test('the writes change most answers, so that there is something to remember', () => {
  for (const url of QUESTIONS) {
    const different = new Set(history.map(({ answers }) => answers.get(url)));
    if (!/sources|sort=title|broader/.test(url)) expect(different.size, url).toBeGreaterThan(1);
  }
});

test('every question is answered as it was at each moment', holdsEverything, 120_000);

test('writing the revisions down again changes neither the present nor the past, to the last byte', async () => {
  const before = await dumpTables(api.database);
  expect(before.event_cards!.length).toBeGreaterThan(220);
  await rebuild(api.database);
  expect(await dumpTables(api.database)).toEqual(before);
}, 120_000);

test('a day is asked for as it ended, an instant between two changes as the first of them left it', async () => {
  const [, renamed] = history as [Then, Then];
  const later = new Date(Date.parse(renamed.moment)).toISOString().replace('Z', '999Z');
  expect(await answerTo(api, asOf('/v1/actors/nvidia', later))).toBe(renamed.answers.get('/v1/actors/nvidia'));
  const today = new Date().toISOString().slice(0, 10);
  expect(await answerTo(api, asOf('/v1/timeline?limit=200', today))).toBe(history.at(-1)!.answers.get('/v1/timeline?limit=200'));
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  expect((await api.get(asOf('/v1/timeline', yesterday))).json()).toMatchObject({ data: [], meta: { as_of_seq: 0, last_change_at: null } });
  expect((await api.get(asOf('/v1/actors/nvidia', yesterday))).statusCode).toBe(404);
});

test('no draft is seen without a key, neither now nor in the past', async () => {
  const secret = history[history.length - 2]!;
  for (const url of [
    '/v1/timeline?limit=200',
    '/v1/events?limit=200',
    '/v1/events/waic-2025/related',
    '/v1/timeline.atom',
    '/v1/timeline/diff?known_from=2020-01-01&limit=200',
  ])
    expect((await api.get(url.includes('diff') ? `${url}&known_to=${secret.moment}` : asOf(url, secret.moment))).body).not.toContain(
      'A secret',
    );
  expect((await api.get(asOf('/v1/events/new-one', secret.moment))).statusCode).toBe(404);
  expect((await api.get(asOf('/v1/events/new-one', secret.moment), { as: 'contributor' })).json().title).toBe('A secret');
});

describe('a moment that is none is told in a sentence', () => {
  test.each([
    ['2999-01-01', /lies in the future/],
    ['2025-13-01', /a day, such as 2025-09-01/],
    ['2025-09', /a day, such as/],
    ['yesterday', /a day, such as/],
    ['2025-09-01T00:00:00+02:00', /an instant in UTC/],
  ])('%s', async (moment, sentence) => {
    for (const url of [
      '/v1/timeline',
      '/v1/timeline.csv',
      '/v1/timeline/histogram',
      '/v1/actors',
      '/v1/actors/nvidia',
      '/v1/events/waic-2025/related',
    ]) {
      const answer = await api.get(asOf(url, encodeURIComponent(moment)));
      expect([answer.statusCode, answer.json().errors[0].parameter], url).toEqual([400, 'known_at']);
      expect(answer.json().detail).toMatch(sentence);
    }
  });
  test('two moments', async () => {
    const answer = await api.get('/v1/timeline?known_at=2025-01-01&release=x');
    expect([answer.statusCode, answer.json().detail]).toEqual([400, 'known_at and release each name a moment; send one of them.']);
  });
});

test('pages of the past join to the whole, and their cursors are bound to the moment', async () => {
  const { moment, answers } = history[2]!;
  const whole = JSON.parse(answers.get('/v1/timeline?limit=200')!.slice(4)).data.map(({ slug }: { slug: string }) => slug);
  const joined: string[] = [];
  for (let url: string | null = asOf('/v1/timeline?limit=60', moment); url !== null && joined.length < whole.length; ) {
    const { data, page }: { data: { slug: string }[]; page: { next: string | null } } = (await api.get(url)).json();
    joined.push(...data.map(({ slug }) => slug));
    url = page.next;
  }
  expect(joined.slice(0, whole.length)).toEqual(whole);
  const cursor = new URL((await api.get(asOf('/v1/timeline?limit=60', moment))).json().page.next, 'http://x').searchParams.get('cursor');
  expect((await api.get(`/v1/timeline?limit=60&cursor=${cursor}`)).statusCode).toBe(400);
  expect((await api.get(`/v1/timeline?limit=60&known_at=${history[3]!.moment}&cursor=${cursor}`)).statusCode).toBe(400);
});

test('an answer of a moment that is over is kept, whatever is written', async () => {
  const url = asOf('/v1/timeline?type=meeting&limit=3', history[1]!.moment);
  const { etag } = (await api.get(url)).headers;
  await api.patch('/v1/topics/governance', { description: 'Written after it was kept.' });
  const statements = await api.countStatements(async () => {
    expect((await api.get(url)).headers.etag).toBe(etag);
    expect((await api.get(url, { headers: { 'if-none-match': String(etag) } })).statusCode).toBe(304);
  });
  expect(statements).toEqual([]);
});

test('a release answers for ever as it was taken', async () => {
  const url = '/v1/timeline?limit=200&facets=actor';
  const then = await answerTo(api, url);
  expect((await api.post('/v1/releases', { label: '2026-11', notes: 'The first' }, { as: 'admin' })).statusCode).toBe(201);
  await api.patch('/v1/actors/china', { name: 'PR China' });
  expect(await answerTo(api, url)).not.toBe(then);
  expect(await answerTo(api, `${url}&release=2026-11`)).toBe(then);
  expect((await api.get('/v1/actors/china?release=2026-11')).json().name).toBe('China');
  const answer = await api.get(`${url}&release=2026-12`);
  expect([answer.statusCode, answer.json().detail]).toEqual([400, 'There is no release 2026-12; GET /v1/releases lists them.']);
});
