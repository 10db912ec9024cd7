// What an entry says of each kind of change, and of each kind of thing.
import { beforeAll, describe, expect, test } from 'vitest';
import type { ChangeEntry } from '../../src/changes/schema.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const feed = async (query = ''): Promise<ChangeEntry[]> => (await api.get(`/v1/changes?limit=1000${query}`)).json().data;
const ok = async (answer: Promise<{ statusCode: number; body: string }>) => {
  const { statusCode, body } = await answer;
  expect(statusCode, body).toBeLessThan(300);
};

beforeAll(async () => {
  await ok(api.post('/v1/topics', { name: 'Chips', slug: 'chips', reason: 'import' }));
  await ok(api.patch('/v1/topics/chips', { name: 'Semiconductors', description: 'What computes.', reason: 'editorial' }));
  await ok(api.delete('/v1/topics/chips?reason=correction'));
  await ok(api.post('/v1/topics/chips/restore'));
  await ok(api.post('/v1/actors', { name: 'Somebody', slug: 'somebody', kind: 'person' }));
  await ok(api.post('/v1/sources', { url: 'https://example.org/a', title: 'A source' }));
  await ok(api.post('/v1/initiatives', { name: 'A process', slug: 'a-process', kind: 'law' }));
  await ok(api.post('/v1/action-plans', { title: 'A plan', slug: 'a-plan' }));
  await ok(api.post('/v1/action-plans/a-plan/items', { number: 7, title: 'An item' }));
  await ok(
    api.post('/v1/events', {
      type: 'statement',
      title: 'Something said',
      slug: 'something-said',
      date: '2026-01',
      actors: [{ actor: 'somebody', role: 'speaker' }],
      topics: ['chips'],
      initiatives: ['a-process'],
    }),
  );
});

test('each operation is told with its reason, its version, and each changed member from what to what', async () => {
  const entries = await feed('&entity=topic');
  expect(entries.map(({ operation, reason, version, changed }) => ({ operation, reason, version, changed }))).toEqual([
    {
      operation: 'created',
      reason: 'import',
      version: 1,
      changed: {
        slug: { from: null, to: 'chips' },
        name: { from: null, to: 'Chips' },
        description: { from: null, to: null },
        broader: { from: null, to: null },
      },
    },
    {
      operation: 'updated',
      reason: 'editorial',
      version: 2,
      changed: { name: { from: 'Chips', to: 'Semiconductors' }, description: { from: null, to: 'What computes.' } },
    },
    { operation: 'deleted', reason: 'correction', version: 3, changed: {} },
    { operation: 'restored', reason: null, version: 4, changed: {} },
  ]);
});

test('a deleted one is a tombstone, and is none any more when it is restored', async () => {
  const entries = await feed('&entity=topic');
  expect(entries.map(({ tombstone }) => tombstone)).toEqual([null, null, { state: 'deleted', recorded_at: entries[2]!.recorded_at }, null]);
});

test('every entity is in the feed, under the address where it is', async () => {
  const created = await feed('&operation=created');
  const source = created.find(({ entity }) => entity === 'source')!;
  expect(created.map(({ entity, slug, url, type }) => [entity, slug, url, type])).toEqual([
    ['topic', 'chips', '/v1/topics/chips', null],
    ['actor', 'somebody', '/v1/actors/somebody', null],
    ['source', null, `/v1/sources/${source.id}`, null],
    ['initiative', 'a-process', '/v1/initiatives/a-process', null],
    ['action_plan', 'a-plan', '/v1/action-plans/a-plan', null],
    ['action_item', 'a-plan/7', '/v1/action-plans/a-plan/items/7', null],
    ['event', 'something-said', '/v1/events/something-said', 'statement'],
  ]);
  for (const { url, id } of created) expect((await api.get(url)).json().id, url).toBe(id);
});

describe('filters', () => {
  const operations = async (query: string) => (await feed(query)).map(({ entity, operation }) => `${entity} ${operation}`);

  test.each([
    ['&type=statement', ['event created']],
    ['&type=speech', []],
    ['&actor=somebody', ['event created']],
    ['&topic=chips', ['event created']],
    ['&initiative=a-process', ['event created']],
    ['&topic=chips&actor=nobody', []],
    ['&entity=actor,initiative', ['actor created', 'initiative created']],
    ['&entity=topic&operation=deleted&operation=restored', ['topic deleted', 'topic restored']],
  ])('%s', async (query, expected) => {
    expect(await operations(query)).toEqual(expected);
  });

  test('an event is found by what it named before, too', async () => {
    await ok(api.patch('/v1/events/something-said', { actors: [], topics: [], type: 'speech', initiatives: [] }));
    for (const query of ['&actor=somebody', '&topic=chips', '&initiative=a-process', '&type=statement'])
      expect(await operations(query), query).toEqual(['event created', 'event updated']);
    expect(await operations('&type=speech')).toEqual(['event updated']);
    await ok(api.patch('/v1/events/something-said', { title: 'Something was said' }));
    expect(await operations('&actor=somebody')).toHaveLength(2);
  });
});
