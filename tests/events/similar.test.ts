// What may be there already is found by what it cites, by its title about its date, and by who takes part; nothing is told
// of what the reader may not see.
import { beforeAll, describe, expect, test } from 'vitest';
import type { SimilarEvent } from '../../src/contract/similar.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const article = 'https://news.example.org/2025/07/organisation?id=7';

const find = async (query: Record<string, string | string[]>, as: 'contributor' | null = null) => {
  const parameters = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one]));
  const response = await api.get(`/v1/events/similar?${new URLSearchParams(parameters)}`, { as });
  expect(response.statusCode).toBe(200);
  return response.json().data as SimilarEvent[];
};
const slugs = (found: SimilarEvent[]) => found.map(({ slug }) => slug);
const add = async (slug: string, members: object) => {
  const answer = await api.post('/v1/events', { slug, type: 'proposal', date: '2025-07-26', ...members });
  expect(answer.statusCode).toBe(201);
  return answer;
};

beforeAll(async () => {
  for (const slug of ['china', 'li-qiang', 'france'])
    await api.post('/v1/actors', { slug, name: slug, kind: slug === 'li-qiang' ? 'person' : 'country' });
  const actors = ['china', 'li-qiang'].map((actor) => ({ actor, role: 'proposer' }));
  await add('proposal', {
    title: 'China proposes a global AI cooperation organisation',
    actors,
    sources: [{ source: { url: article, title: 'The article' } }],
  });
  await add('summit', { title: 'Leaders meet for a summit on artificial intelligence', type: 'forum', date: '2025-06/2025-08' });
  await add('later', { title: 'China proposes a global AI cooperation organisation again', date: '2025-11-02' });
  await add('draft', { title: 'China plans a secret organisation', actors, sources: [{ source: article }], state: 'draft' });
  await add('deleted', { title: 'China proposes a global AI cooperation body', actors });
  await api.delete('/v1/events/deleted');
  await add('withdrawn', { title: 'China withdraws its global AI cooperation organisation', state: 'published' });
  await api.patch('/v1/events/withdrawn', { state: 'withdrawn' });
});

describe('it is found', () => {
  test('by what it cites, in whatever form the address is written, by slug or by id', async () => {
    const [{ id }] = (await api.get('/v1/sources')).json().data;
    for (const source of [article, 'http://www.news.example.org/2025/07/organisation/?utm_source=x&id=7#top', id]) {
      const [found, ...others] = await find({ source });
      expect(others).toEqual([]);
      expect(found).toMatchObject({
        slug: 'proposal',
        likely: false,
        reasons: [
          { kind: 'sources', detail: 'Both cite “The article”.', sources: [{ id, url: article, title: 'The article', cited_by: 1 }] },
        ],
      });
    }
    expect(slugs(await find({ source: article, date: '2025-07-28' }))).toEqual(['proposal']);
    expect(slugs(await find({ source: article, date: '2025-11/..' }))).toEqual(['proposal']);
    expect(await find({ source: 'https://example.org/nothing' })).toEqual([]);
  });

  test('by a title that is like it, about its date', async () => {
    const title = 'China proposes global AI organization for cooperation';
    expect(slugs(await find({ title, date: '2025-07-28' }))).toEqual(['proposal']);
    expect(slugs(await find({ title, date: '2025-10-31' }))).toEqual(['later']);
    expect(await find({ title, date: '2025-09-10' })).toEqual([]);
    expect(slugs(await find({ title }))).toEqual(['proposal', 'later']);
    expect(slugs(await find({ title, date: '2025' })).sort()).toEqual(['later', 'proposal']);
  });

  test('also where it began long before and reaches to the date', async () => {
    const title = 'Summit of leaders on artificial intelligence';
    const [found] = await find({ title, date: '2025-08-20' });
    expect(found).toMatchObject({ slug: 'summit', reasons: [{ kind: 'title' }, { kind: 'date', days: 0 }] });
    expect((await find({ title, date: '2025-09-03' }))[0]).toMatchObject({ slug: 'summit', reasons: [{ kind: 'title' }, { days: 3 }] });
    expect(await find({ title, date: '2025-09-08' })).toEqual([]);
  });

  test('by who takes part, about its date', async () => {
    const [found] = await find({ actor: 'china,li-qiang', date: '2025-07-26' });
    expect(found).toMatchObject({ slug: 'proposal', reasons: [{ kind: 'date' }, { kind: 'actors', actors: ['china', 'li-qiang'] }] });
    expect(await find({ actor: 'france', date: '2025-07-26' })).toEqual([]);
  });
});

describe('the score', () => {
  const described = {
    title: 'China proposes a global AI cooperation organisation',
    date: '2025-07-26',
    actor: 'china,li-qiang',
    source: article,
  };
  const scoreOf = async (query: Record<string, string>) => (await find(query)).find(({ slug }) => slug === 'proposal')!.score;

  test('is the higher the more is the same', async () => {
    const all = await scoreOf({ ...described, type: 'proposal' });
    expect(all).toBeGreaterThan(0.95);
    expect(await scoreOf({ ...described, type: 'speech' })).toBeLessThan(all);
    expect(await scoreOf({ ...described, date: '2025-07-30' })).toBeLessThan(all);
    expect(await scoreOf({ ...described, actor: 'france' })).toBeLessThan(all);
    expect(await scoreOf({ ...described, title: 'China wants an organisation' })).toBeLessThan(all);
  });

  test('falls with each event that cites the same source', async () => {
    const before = await scoreOf({ source: article });
    for (const number of [1, 2, 3]) await add(`other-${number}`, { title: `Another ${number}`, sources: [{ source: article }] });
    expect(await scoreOf({ source: article })).toBeLessThan(before);
    expect(await find({ source: article })).toHaveLength(4);
    for (const number of [1, 2, 3]) await api.delete(`/v1/events/other-${number}`);
    expect(await scoreOf({ source: article })).toBe(before);
  });
});

describe('what one may not see', () => {
  const query = { title: 'China plans a secret organisation', date: '2025-07-26', actor: 'china,li-qiang', source: article };

  test('is not found, and changes nothing of what is', async () => {
    const open = await find(query);
    expect(slugs(open)).toEqual(['proposal']);
    await api.patch('/v1/events/draft', { title: 'Nothing of the kind', actors: [], sources: [] });
    expect(await find(query)).toEqual(open);
    await api.patch('/v1/events/draft', {
      title: query.title,
      actors: [{ actor: 'china', role: 'proposer' }],
      sources: [{ source: article }],
    });
  });

  test('is found by whoever bears a key, with its state; what was deleted by nobody', async () => {
    const found = await find(query, 'contributor');
    expect(found[0]).toMatchObject({ slug: 'draft', state: 'draft' });
    expect((await find({ title: 'China withdraws its global AI cooperation organisation' }, 'contributor'))[0]).toMatchObject({
      slug: 'withdrawn',
      state: 'withdrawn',
    });
    for (const as of ['contributor', null] as const)
      expect(slugs(await find({ title: 'China proposes a global AI cooperation body' }, as))).not.toContain('deleted');
  });

  test('has no list of its own for others', async () => {
    expect((await api.get('/v1/events/draft/similar')).statusCode).toBe(404);
    expect((await api.get('/v1/events/deleted/similar')).statusCode).toBe(410);
    expect(slugs((await api.get('/v1/events/draft/similar', { as: 'contributor' })).json().data)).toEqual(['proposal']);
  });
});

test('of an event that is there, others are told and never itself', async () => {
  await add('again', { title: 'China proposes a global AI cooperation organization', sources: [{ source: article }] });
  const { data, page } = (await api.get('/v1/events/again/similar')).json();
  expect(data[0]).toMatchObject({ slug: 'proposal', likely: true });
  expect(slugs(data)).not.toContain('again');
  expect(page).toEqual({ next: null, previous: null, limit: 10 });
  expect((await api.get('/v1/events/proposal/similar?limit=1')).json().data).toMatchObject([{ slug: 'again' }]);
});

describe('a question by which nothing can be told is refused', () => {
  test.each<[string, string, string]>([
    ['nothing', '', 'title'],
    ['a date alone', 'date=2025', 'title'],
    ['an actor without a date', 'actor=china', 'title'],
    ['a date that is none', 'title=x&date=yesterday', 'date'],
    ['a type that is none', 'title=x&type=speach', 'type'],
    ['an empty title', 'title=%20', 'title'],
    ['an unknown parameter', 'title=x&sources=y', 'sources'],
  ])('%s', async (_, query, parameter) => {
    const answer = await api.get(`/v1/events/similar?${query}`);
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ parameter }] });
  });
});

test.each(['9999-12-31', '0001-01-01', '20XX', '../2025', '2025/..'])('at the edges of time: %s', async (date) => {
  expect(Array.isArray(await find({ title: 'China proposes', date }))).toBe(true);
});

test('it is told of the present alone: who asks for the past is told where that is', async () => {
  for (const address of ['/v1/events/similar?title=Something', '/v1/events/proposal/similar?limit=1'])
    for (const [parameter, moment] of [
      ['known_at', '2026-01-01'],
      ['release', 'none'],
    ]) {
      const answer = await api.get(`${address}&${parameter}=${moment}`);
      expect(answer.json()).toMatchObject({ status: 400, errors: [{ parameter }] });
      expect(answer.json().detail).toMatch(/present alone.+leave (known_at|release) out.+\/v1\/timeline.+\/v1\/events\/\{key\}/);
    }
  expect((await api.get('/v1/timeline?known_at=2026-01-01&q=proposal&from=2025')).statusCode).toBe(200);
});
