// What readers without a key are told of what is not published: nothing, not even that it is there.
import { beforeAll, describe, expect, test } from 'vitest';
import type { ChangeEntry } from '../../src/changes/schema.js';
import { useApp } from '../support/app.js';
import { listen } from './reader.js';

const api = useApp('empty');
const event = (slug: string, more: object = {}) => ({ type: 'other', title: `The ${slug}`, date: '2026-01-01', slug, ...more });
const draft = (slug: string, more: object = {}) => event(slug, { state: 'draft', ...more });
const feed = async (query = '', as: 'contributor' | null = null): Promise<ChangeEntry[]> =>
  (await api.get(`/v1/changes?limit=1000${query}`, { as })).json().data;
const of = async (slug: string, as: 'contributor' | null = null) => (await feed('', as)).filter((entry) => entry.slug === slug);
/** Each entry in short. */
const story = (entries: ChangeEntry[]) => entries.map(({ operation, changed }) => [operation, changed]);
const ok = async (answer: Promise<{ statusCode: number; body: string }>) => {
  const { statusCode, body } = await answer;
  expect(statusCode, body).toBeLessThan(300);
};
const patch = (slug: string, change: object) => ok(api.patch(`/v1/events/${slug}`, change));

beforeAll(async () => {
  for (const slug of ['shown', 'canary-topic', 'open-topic']) await ok(api.post('/v1/topics', { name: slug, slug }));
});

describe('an event that was never published', () => {
  beforeAll(async () => {
    await ok(api.post('/v1/events', draft('canary-one', { summary: 'canary', topics: ['canary-topic'] })));
    await patch('canary-one', { title: 'Another canary', type: 'speech' });
    await patch('canary-one', { state: 'in_review' });
    await ok(api.delete('/v1/events/canary-one?reason=correction'));
    await ok(api.post('/v1/events/canary-one/restore'));
    await patch('canary-one', { state: 'withdrawn' });
  });

  test('is not there', async () => {
    expect(await of('canary-one')).toEqual([]);
    expect(JSON.stringify(await feed())).not.toMatch(/canary(?!-topic)/);
  });

  test('is not found by any filter either', async () => {
    for (const query of [
      '&topic=canary-topic',
      '&type=speech',
      '&type=other',
      '&operation=deleted',
      '&operation=withdrawn',
      '&entity=event',
    ])
      expect(await feed(query), query).toEqual([]);
  });

  test('is there for every bearer of a key, as it was recorded', async () => {
    for (const as of ['contributor', 'editor', 'admin'] as const) {
      const { data } = (await api.get('/v1/changes?limit=1000&entity=event', { as })).json();
      expect(data.map(({ operation }: ChangeEntry) => operation)).toEqual([
        'created',
        'updated',
        'updated',
        'deleted',
        'restored',
        'withdrawn',
      ]);
    }
    expect(await feed('&topic=canary-topic&operation=updated', 'contributor')).toHaveLength(2);
  });

  test('is not in the stream of a reader without a key, and in that of a bearer', async () => {
    const { address } = await listen(api);
    const all = address.read({ since: 0 });
    const bearer = address.read({ since: 0, key: api.keys.contributor });
    await patch('canary-one', { summary: 'Still a canary' });
    await ok(api.post('/v1/topics', { name: 'After', slug: 'after' }));
    await expect.poll(() => all.entries.at(-1)?.slug).toBe('after');
    await expect.poll(() => bearer.entries.at(-1)?.slug).toBe('after');
    expect(JSON.stringify(all.entries)).not.toMatch(/canary(?!-topic)/);
    expect(bearer.entries.filter(({ slug }) => slug === 'canary-one')).toHaveLength(7);
    await address.close();
  });
});

describe('an event that is published later', () => {
  beforeAll(async () => {
    await ok(api.post('/v1/events', draft('later', { title: 'Canary title', summary: 'Canary summary', topics: ['canary-topic'] })));
    await patch('later', { title: 'A title', topics: ['open-topic'], reason: 'editorial' });
    await patch('later', { summary: null, state: 'published' });
    await patch('later', { title: 'A better title', reason: 'correction' });
  });

  test('begins with its publication, whole and with nothing before it; what comes then is told as it is', async () => {
    const [published, updated, ...more] = await of('later');
    expect(more).toEqual([]);
    expect(published).toMatchObject({ operation: 'published', version: 3, type: 'other', tombstone: null });
    expect(Object.values(published!.changed).map(({ from }) => from)).toEqual(Object.keys(published!.changed).map(() => null));
    expect(published!.changed).toMatchObject({ title: { to: 'A title' }, summary: { to: null }, state: { to: 'published' } });
    // All of it: which members were touched would tell of the draft.
    expect(Object.keys(published!.changed).length).toBeGreaterThan(15);
    expect(updated).toMatchObject({
      operation: 'updated',
      reason: 'correction',
      changed: { title: { from: 'A title', to: 'A better title' } },
    });
    expect(JSON.stringify(await feed())).not.toMatch(/Canary/);
  });

  test('is not found by what only the draft named', async () => {
    expect(await feed('&topic=canary-topic')).toEqual([]);
    expect(await feed('&topic=open-topic')).toHaveLength(2);
  });
});

describe('an event that is taken back', () => {
  beforeAll(async () => {
    await ok(api.post('/v1/events', event('back', { topics: ['shown'] })));
    await patch('back', { state: 'draft', title: 'Canary after', topics: ['canary-topic'], type: 'speech' });
    await patch('back', { title: 'Canary again' });
    await patch('back', { state: 'published', title: 'Back again', topics: ['shown'], type: 'other' });
  });

  test('to a draft is withdrawn, with its state alone, and published when it comes back', async () => {
    const entries = await of('back');
    expect(entries.map(({ operation }) => operation)).toEqual(['created', 'withdrawn', 'published']);
    const [, withdrawn, published] = entries;
    expect(withdrawn).toMatchObject({ type: 'other', changed: { state: { from: 'published', to: 'draft' } } });
    expect(Object.keys(withdrawn!.changed)).toEqual(['state']);
    expect(withdrawn!.tombstone).toEqual({ state: 'withdrawn', recorded_at: withdrawn!.recorded_at });
    expect(published!.changed.title).toEqual({ from: null, to: 'Back again' });
    expect(JSON.stringify(entries)).not.toMatch(/Canary|canary/);
    expect(await of('back', 'contributor')).toHaveLength(4);
  });

  test('is found by what readers saw of it, and by nothing else', async () => {
    const found = async (query: string) => (await feed(query)).filter(({ slug }) => slug === 'back').map(({ operation }) => operation);
    expect(await found('&topic=shown')).toEqual(['created', 'withdrawn', 'published']);
    expect(await found('&operation=withdrawn')).toEqual(['withdrawn']);
    expect(await found('&topic=canary-topic')).toEqual([]);
    expect(await found('&type=speech')).toEqual([]);
  });
});

describe('an event that is withdrawn', () => {
  beforeAll(async () => {
    await ok(api.post('/v1/events', event('gone', { topics: ['shown'] })));
    await patch('gone', { state: 'withdrawn', title: 'Canary one', reason: 'correction' });
    await patch('gone', { title: 'Canary two', topics: ['canary-topic'] });
    await ok(api.post('/v1/events/gone/restore'));
  });

  test('tells its tombstone as 410 does, and nothing that was written while it was gone', async () => {
    const entries = await of('gone');
    expect(story(entries.slice(1, 3))).toEqual([
      ['withdrawn', { state: { from: 'published', to: 'withdrawn' } }],
      ['updated', {}],
    ]);
    expect(entries.map(({ tombstone }) => tombstone?.state ?? null)).toEqual([null, 'withdrawn', 'withdrawn', null]);
    expect(JSON.stringify(entries.slice(0, 3))).not.toMatch(/Canary|canary/);
    // Restored, it is what it was made meanwhile, and that is published now.
    expect(entries[3]).toMatchObject({
      operation: 'restored',
      changed: { state: { from: 'withdrawn', to: 'published' }, title: { from: null, to: 'Canary two' } },
    });
    expect((await feed('&topic=canary-topic')).map(({ operation }) => operation)).toEqual(['restored']);
  });

  test('the tombstone of an entry agrees with the answer of the resource', async () => {
    await ok(api.delete('/v1/events/gone?reason=correction'));
    const { tombstone } = (await api.get('/v1/events/gone')).json();
    const entry = (await of('gone')).at(-1)!;
    const { entity, id, slug, version, reason } = entry;
    expect({ entity, id, slug, version, reason, ...entry.tombstone }).toEqual(tombstone);
  });
});

test('an event that names a draft does not tell of it; one that was published meanwhile is told of', async () => {
  await ok(api.post('/v1/events', draft('canary-related')));
  const related = [{ event: 'canary-related', relation: 'follows_up' }];
  await ok(api.post('/v1/events', event('naming', { related })));
  await patch('naming', { related: [] });
  await patch('naming', { related, title: 'Naming it again' });
  expect(JSON.stringify(await feed())).not.toContain('canary-related');
  expect(story(await of('naming')).slice(1)).toEqual([
    ['updated', {}],
    ['updated', { title: { from: 'The naming', to: 'Naming it again' } }],
  ]);
  expect(JSON.stringify(await of('naming', 'contributor'))).toContain('canary-related');
  await patch('canary-related', { state: 'published' });
  expect((await of('naming'))[0]!.changed.related!.to).toEqual(related);
});

test('nobody is told who changed it, nor the comment', async () => {
  await ok(api.post('/v1/topics', { name: 'Commented', slug: 'commented', reason: 'editorial', comment: 'canary-comment' }));
  for (const as of [null, 'contributor'] as const) {
    const body = JSON.stringify(await feed('', as));
    expect(body).not.toMatch(/canary-comment|test editor/);
    expect((await of('commented', as))[0]).toMatchObject({ reason: 'editorial' });
  }
});
