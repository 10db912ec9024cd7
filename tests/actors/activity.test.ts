// What an actor takes part in: how often and in which roles, since when, and with whom.
import { beforeAll, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const read = async (slug: string, query = '') => (await api.get(`/v1/actors/${slug}?${query}`)).json().activity;
const add = (slug: string, date: string, actors: [string, string][], members: object = {}) =>
  api.post('/v1/events', {
    slug,
    type: 'meeting',
    title: slug,
    date,
    actors: actors.map(([actor, role]) => ({ actor, role })),
    ...members,
  });

beforeAll(async () => {
  for (const slug of ['germany', 'france', 'italy', 'spain'])
    await api.post('/v1/actors', { slug, kind: 'country', name: slug, country_code: slug });
});

test('an actor that takes part in nothing has an empty record', async () => {
  expect(await read('germany')).toEqual({
    counted: 'published events',
    events: 0,
    first_seen_on: null,
    last_seen_on: null,
    by_role: [],
    co_actors: [],
    co_actors_total: 0,
  });
});

test('events are counted once, by role each, and co-actors by the events that are shared', async () => {
  await add('one', '2025-03', [
    ['germany', 'host'],
    ['germany', 'signatory'],
    ['france', 'signatory'],
  ]);
  await add('two', '2024-01-01', [
    ['germany', 'signatory'],
    ['france', 'signatory'],
    ['italy', 'observer'],
  ]);
  await add('open', '../2023', [['germany', 'participant']]);
  await add('to-come', '2030', [['germany', 'host']], { certainty: 'scheduled' });
  expect(await read('germany')).toMatchObject({
    events: 4,
    first_seen_on: '2024-01-01',
    last_seen_on: '2025-03-01',
    by_role: [
      { role: 'host', events: 2 },
      { role: 'signatory', events: 2 },
      { role: 'participant', events: 1 },
    ],
    co_actors: [
      { slug: 'france', name: 'france', kind: 'country', country_code: 'FR', country_name: 'France', events: 2 },
      { slug: 'italy', events: 1 },
    ],
    co_actors_total: 2,
  });
});

test('what readers may not see leaves no trace', async () => {
  const before = await read('germany');
  await add(
    'draft',
    '2026',
    [
      ['germany', 'chair'],
      ['spain', 'chair'],
    ],
    { state: 'draft' },
  );
  await add('withdrawn', '2026', [
    ['germany', 'chair'],
    ['spain', 'chair'],
  ]);
  expect((await read('germany')).co_actors_total).toBe(3);
  await api.patch('/v1/events/withdrawn', { state: 'withdrawn' });
  expect(await read('germany')).toEqual(before);
});

test('as of a moment it is what was known then', async () => {
  const { recorded_at } = (await api.get('/v1/changes?limit=200')).json().data.at(-1);
  const then = await read('germany', `known_at=${recorded_at}`);
  await add('later', '2026', [
    ['germany', 'chair'],
    ['spain', 'chair'],
  ]);
  expect((await read('germany')).events).toBe(5);
  expect(await read('germany', `known_at=${recorded_at}`)).toEqual(then);
});

test('lists leave it out, reading takes two statements, and a write answers what the next read does', async () => {
  expect((await api.get('/v1/actors')).json().data[0]).not.toHaveProperty('activity');
  expect(await api.countStatements(() => read('germany'))).toHaveLength(2);
  const written = await api.patch('/v1/actors/germany', { native_name: 'Deutschland' });
  const next = await api.get('/v1/actors/germany');
  expect([written.body, written.headers.etag]).toEqual([next.body, next.headers.etag]);
});
