// As known at a moment: what was answered then is answered again, byte for byte, whatever was written since.
import { beforeAll, describe, expect, test } from 'vitest';
import { rebuild } from '../../src/rebuild.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');

/** What readers ask, in every shape that knows a moment. */
const QUESTIONS = [
  '/v1/timeline?limit=200',
  '/v1/timeline?limit=7&order=desc&total=true&facets=type,topic,actor,country,initiative,year',
  '/v1/timeline?actor=nvidia&total=true&limit=200',
  '/v1/timeline?topic=export-controls&type=export_control&from=2022&to=2026-03&limit=200',
  '/v1/timeline?country=CN&exclude_topic=export-controls&limit=200&facets=actor',
  '/v1/timeline?valid_at=2025-08-01&limit=200',
  '/v1/timeline?q=governance&order=relevance&limit=20',
  '/v1/timeline?q=Huawei&limit=200',
  '/v1/timeline?plan=global-ai-governance-action-plan&item=13&limit=200&total=true',
  '/v1/timeline.csv?type=forum',
  '/v1/timeline.ndjson?initiative=waic',
  '/v1/timeline.timelinejs.json?type=forum&eras=true',
  '/v1/timeline/histogram?interval=year&topic=governance',
  '/v1/events?limit=200&sort=-updated_at&total=true',
  '/v1/events?type=speech&sort=title',
  '/v1/events/waic-2025',
  '/v1/events/waic-2025/related',
  '/v1/events/new-one',
  '/v1/events/li-qiang-waic-2025-keynote',
  '/v1/actors?limit=200&total=true',
  '/v1/actors?kind=company&country=CN&sort=-updated_at',
  '/v1/actors/nvidia',
  '/v1/actors/nobody-yet',
  '/v1/topics?broader=governance',
  '/v1/topics/export-controls',
  '/v1/sources?kind=official&limit=200',
  '/v1/initiatives?limit=200',
  '/v1/initiatives/world-ai-cooperation-organization',
  '/v1/action-plans/global-ai-governance-action-plan',
  '/v1/action-plans/global-ai-governance-action-plan/items',
  '/v1/action-plans/global-ai-governance-action-plan/items/13',
];

/** Each changes something that others show. */
const WRITES: [string, () => Promise<{ statusCode: number }>][] = [
  ['an actor is renamed', () => api.patch('/v1/actors/nvidia', { name: 'NVIDIA Corporation', aliases: ['Team Green'] })],
  ['an actor moves', () => api.patch('/v1/actors/huawei', { country_code: 'SG', kind: 'civil_society' })],
  [
    'a development is added',
    () =>
      api.post('/v1/events', {
        slug: 'new-one',
        type: 'agreement',
        action: 'terminated',
        title: 'A new one on governance',
        date: '2026-11-01',
        actors: [
          { actor: 'nvidia', role: 'signatory' },
          { actor: { slug: 'nobody-yet', kind: 'company', name: 'Nobody yet', country_code: 'CN' }, role: 'signatory' },
        ],
        topics: ['export-controls', { slug: 'a-new-topic', name: 'A new topic' }],
        initiatives: ['world-ai-cooperation-organization'],
        action_items: [{ plan: 'global-ai-governance-action-plan', item: 13, effect: 'hinders' }],
        related: [{ event: 'waic-2025', relation: 'supersedes' }],
      }),
  ],
  ['a topic is renamed', () => api.patch('/v1/topics/export-controls', { name: 'Controls', broader: null })],
  ['an item has another title', () => api.patch('/v1/action-plans/global-ai-governance-action-plan/items/13', { title: 'All of us' })],
  ['an initiative is renamed', () => api.patch('/v1/initiatives/waic', { name: 'The conference' })],
  ['a development happens later', () => api.patch('/v1/events/waic-2025', { date: '2026-09', title: 'WAIC, later', significance: 1 })],
  ['one is withdrawn', () => api.patch('/v1/events/li-qiang-waic-2025-keynote', { state: 'withdrawn' })],
  ['one is deleted', () => api.delete('/v1/events/new-one')],
  ['one comes back', () => api.post('/v1/events/new-one/restore')],
  ['one is a draft again', () => api.patch('/v1/events/new-one', { state: 'draft', title: 'A secret' })],
  [
    'it is published under another type',
    () => api.patch('/v1/events/new-one', { state: 'published', type: 'forum', title: 'In the open' }),
  ],
];

/** An answer without the addresses of pages, which name the moment. */
const answerTo = async (url: string): Promise<string> => {
  const { statusCode, body } = await api.get(url);
  return `${statusCode} ${body.replace(/"(next|previous|instance)":"[^"]*"/g, '"$1":"…"').replace(/,?"(known_at|first)":"[^"]*"/g, '')}`;
};
const asOf = (url: string, moment: string) => `${url}${url.includes('?') ? '&' : '?'}known_at=${moment}`;
const lastInstant = async (): Promise<string> =>
  (await api.database.pool.query<{ at: Date }>('select max(recorded_at) as at from revisions')).rows[0]!.at.toISOString();

interface Then {
  moment: string;
  what: string;
  answers: Map<string, string>;
}
const history: Then[] = [];
const capture = async (what: string) => {
  const answers = new Map<string, string>();
  for (const url of QUESTIONS) answers.set(url, await answerTo(url));
  history.push({ moment: await lastInstant(), what, answers });
};

beforeAll(async () => {
  await capture('the first data set');
  for (const [what, write] of WRITES) {
    expect((await write()).statusCode, what).toBeLessThan(300);
    await capture(what);
  }
}, 120_000);

/** The title of a form names its filters, so the moment as well. */
const isTitled = (url: string) => /timelinejs/.test(url);
const holdsEverything = async () => {
  for (const { moment, what, answers } of history)
    for (const [url, then] of answers) {
      const now = await answerTo(asOf(url, moment));
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
  const tables = ['event_cards', 'event_postings', 'event_counts', 'resource_cards', 'events', 'event_actors', 'event_citations'];
  const links = ['event_topics', 'event_initiatives', 'event_action_items', 'event_relations', 'actors', 'topics', 'sources'];
  const rest = ['initiatives', 'initiative_leads', 'action_plans', 'action_plan_citations', 'action_items', 'action_item_topics'];
  const dump = async () =>
    Object.fromEntries(
      await Promise.all(
        [...tables, ...links, ...rest].map(async (table) => {
          const where = table === 'event_counts' ? 'where count > 0' : '';
          const { rows } = await api.database.pool.query<{ row: string }>(
            `select row_to_json(t)::text as row from ${table} t ${where} order by 1`,
          );
          return [table, rows.map(({ row }) => row)];
        }),
      ),
    );
  const before = await dump();
  expect(before.event_cards!.length).toBeGreaterThan(220);
  await rebuild(api.database);
  expect(await dump()).toEqual(before);
}, 120_000);

test('a day is asked for as it ended, an instant between two changes as the first of them left it', async () => {
  const [, renamed] = history as [Then, Then];
  const later = new Date(Date.parse(renamed.moment)).toISOString().replace('Z', '999Z');
  expect(await answerTo(asOf('/v1/actors/nvidia', later))).toBe(renamed.answers.get('/v1/actors/nvidia'));
  const today = new Date().toISOString().slice(0, 10);
  expect(await answerTo(asOf('/v1/timeline?limit=200', today))).toBe(history.at(-1)!.answers.get('/v1/timeline?limit=200'));
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

describe('what changed between two moments', () => {
  interface Diff {
    data: { change: string; changed: Record<string, { from: unknown; to: unknown }>; event: { slug: string; title: string } }[];
    page: { next: string | null };
    meta: { from_seq: number; to_seq: number; added: number; changed: number; withdrawn: number };
  }
  const diff = async (from: string, to: string, query = ''): Promise<Diff> =>
    (await api.get(`/v1/timeline/diff?known_from=${from}&known_to=${to}&limit=200${query}`)).json();
  const eventsAt = async (moment: string, query: string) =>
    new Map<string, string>(
      (await api.get(asOf(`/v1/timeline?limit=200${query}`, moment)))
        .json()
        .data.map((event: { slug: string }) => [event.slug, JSON.stringify(event)]),
    );

  test.each([
    '&country=CN',
    '&actor=nvidia',
    '&type=forum,agreement',
    '&topic=export-controls',
    '&from=2026',
    '&valid_at=2025-08-01',
    '&q=governance',
  ])('is what the two answers differ in: %s', async (query) => {
    for (const [a, b] of [
      [0, history.length - 1],
      [1, 2],
      [6, 7],
      [7, 10],
      [10, 11],
    ] as const) {
      const [before, after] = [await eventsAt(history[a]!.moment, query), await eventsAt(history[b]!.moment, query)];
      const plain = (text?: string) => text?.replace(/,"snippet":"(\\.|[^"\\])*"/, '');
      const expected = [...new Set([...before.keys(), ...after.keys()])]
        .filter((slug) => plain(before.get(slug)) !== plain(after.get(slug)))
        .map((slug) => `${before.has(slug) ? (after.has(slug) ? 'changed' : 'withdrawn') : 'added'} ${slug}`);
      const { data, meta } = await diff(history[a]!.moment, history[b]!.moment, query);
      expect(data.map(({ change, event }) => `${change} ${event.slug}`).sort()).toEqual(expected.sort());
      expect(meta.added + meta.changed + meta.withdrawn).toBe(expected.length);
    }
  });

  test('tells which members differ, names of actors among them', async () => {
    const { data } = await diff(history[0]!.moment, history[1]!.moment, '&actor=nvidia');
    expect(Object.keys(data[0]!.changed)).toEqual(['actors']);
    expect(JSON.stringify(data[0]!.changed.actors!.from)).toContain('"Nvidia"');
    expect(JSON.stringify(data[0]!.changed.actors!.to)).toContain('"NVIDIA Corporation"');
  });

  test('is paged', async () => {
    const whole = await diff('2020-01-01', history.at(-1)!.moment);
    const slugs: string[] = [];
    for (let url: string | null = `/v1/timeline/diff?known_from=2020-01-01&known_to=${history.at(-1)!.moment}&limit=90`; url !== null; ) {
      const { data, page }: Diff = (await api.get(url)).json();
      slugs.push(...data.map(({ event }) => event.slug));
      url = page.next;
    }
    expect(slugs.length).toBe(whole.meta.added);
    expect(slugs.slice(0, 200)).toEqual(whole.data.map(({ event }) => event.slug));
  });

  test.each([
    ['', /known_from/],
    ['known_from=2025-01-01&known_to=2024-01-01', /lies after known_to|^/],
    ['known_from=soon', /known_from is a day/],
    ['known_from=2999-01-01', /known_from \(2999-01-01\) lies in the future/],
    ['known_from=2025-01-01&known_at=2025-01-01', /no parameter known_at/],
  ])('%s is refused where it is wrong', async (query, sentence) => {
    const answer = await api.get(`/v1/timeline/diff?${query}`);
    if (query.includes('2024')) return expect(answer.statusCode).toBe(200);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toMatch(sentence);
  });

  test('the end before the beginning is refused', async () => {
    const answer = await api.get(`/v1/timeline/diff?known_from=${history[3]!.moment}&known_to=${history[1]!.moment}`);
    expect([answer.statusCode, answer.json().errors[0].parameter]).toEqual([400, 'known_from']);
    expect(answer.json().detail).toMatch(/swap them/);
  });
});
