// How much there is and how fresh it is: so that an empty answer can be told from a late one.
import { expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const read = async (query = '') => (await api.get(`/v1/stats?${query}`)).json();
const add = (slug: string, date: string, members: object = {}) =>
  api.post('/v1/events', { slug, type: 'speech', title: slug, date, ...members });
const NOTHING = { events: 0, actors: 0, initiatives: 0, action_plans: 0, action_items: 0, sources: 0, topics: 0 };

test('where nothing is recorded it says so', async () => {
  expect(await read()).toEqual({
    counted: 'published events, and all else that is not deleted',
    totals: NOTHING,
    events_by_year: [],
    events_by_type: [],
    freshness: { last_event_on: null, last_event: null, last_published_at: null, last_change: null },
    meta: { as_of_seq: 0, last_change_at: null },
  });
});

test('it counts each entity, and published events by year and type', async () => {
  await api.post('/v1/topics', { slug: 'compute', name: 'Compute' });
  await api.post('/v1/topics', { slug: 'gone', name: 'Gone' });
  await api.delete('/v1/topics/gone');
  await add('one', '2024-05', { sources: [{ source: { url: 'https://example.org/1', title: 'One' } }] });
  await add('two', '2025-01-01', { type: 'forum' });
  await add('three', '2025', { actors: [{ actor: { slug: 'un', kind: 'bloc', name: 'UN' }, role: 'host' }] });
  await add('open', '../2020');
  const stats = await read();
  expect(stats.totals).toEqual({ ...NOTHING, events: 4, actors: 1, sources: 1, topics: 1 });
  expect(stats.events_by_year).toEqual([
    { year: 2024, events: 1 },
    { year: 2025, events: 2 },
  ]);
  expect(stats.events_by_type).toEqual([
    { type: 'speech', events: 3 },
    { type: 'forum', events: 1 },
  ]);
});

test('it tells the latest event that is not merely scheduled, and the last change of anything', async () => {
  await add('to-come', '2031', { certainty: 'scheduled' });
  expect((await read()).freshness).toMatchObject({
    last_event_on: '2025-01-01',
    last_event: { slug: 'three', title: 'three', date: '2025' },
  });
  await api.patch('/v1/topics/compute', { description: 'What it takes' });
  const { data } = (await api.get('/v1/changes?limit=200')).json();
  const { seq, recorded_at } = data.at(-1);
  expect((await read()).freshness.last_change).toEqual({ seq, recorded_at });
  const { updated_at } = (await api.get('/v1/events/to-come')).json();
  expect((await read()).freshness.last_published_at).toBe(updated_at);
});

test('what readers may not see is in no count', async () => {
  const told = async () => {
    const { totals, events_by_year, events_by_type, freshness } = await read();
    return { totals, events_by_year, events_by_type, last_event: freshness.last_event, last_published_at: freshness.last_published_at };
  };
  const before = await told();
  await add('draft', '2026', { state: 'draft' });
  expect(await told()).toEqual(before);
  await add('taken-back', '2026');
  expect((await told()).totals.events).toBe(before.totals.events + 1);
  await api.patch('/v1/events/taken-back', { state: 'withdrawn' });
  await add('deleted', '2026');
  await api.delete('/v1/events/deleted');
  expect(await told()).toEqual(before);
});

test('as of a moment it counts what was known then, as the counts of the present did', async () => {
  const { data } = (await api.get('/v1/changes?limit=200')).json();
  const then = await read();
  await add('later', '2026-06');
  await api.delete('/v1/topics/compute');
  expect(await read(`known_at=${data.at(-1).recorded_at}`)).toEqual(then);
  expect((await read()).totals).toMatchObject({ events: then.totals.events + 1, topics: 0 });
});

test('one statement, none where nothing changed, and 304 for who has it', async () => {
  expect(await api.countStatements(() => read())).toEqual([]);
  await add('newest', '2026-07');
  expect(await api.countStatements(() => read())).toHaveLength(1);
  const { etag } = (await api.get('/v1/stats')).headers;
  expect((await api.get('/v1/stats', { headers: { 'if-none-match': String(etag) } })).statusCode).toBe(304);
});

test.each(['since=1', 'known_at=2999-01-01', 'known_at=2025-01-01&release=x', 'release=nothing'])('%s is refused', async (query) => {
  expect((await api.get(`/v1/stats?${query}`)).statusCode).toBe(400);
});
