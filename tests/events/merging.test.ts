// Two records of one development become one: links are united, the one that goes answers 301 for ever, and nothing of it is
// lost.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';
import { findDerivedWrongly, findFaults } from '../support/consistency.js';

const api = useApp('empty');
const at = (slug: string, rest = '') => `/v1/events/${slug}${rest}`;
const read = async (slug: string) => (await api.get(at(slug))).json();
let count = 0;

const add = async (members: object = {}) => {
  const slug = `event-${++count}`;
  const answer = await api.post('/v1/events', { slug, type: 'speech', title: `Speech ${count}`, date: '2025-07-26', ...members });
  expect(answer.statusCode).toBe(201);
  return slug;
};
const merge = (slug: string, into: string, more: object = {}, sending = {}) => api.post(at(slug, '/merge'), { into, ...more }, sending);
const source = (name: string) => ({ url: `https://example.org/${name}`, title: name });
const lastChange = async () => {
  const { meta } = (await api.get('/v1/changes?limit=1')).json();
  return (await api.get(`/v1/changes?since=${meta.last_seq - 1}`)).json().data[0];
};

beforeAll(async () => {
  for (const slug of ['china', 'france', 'india']) await api.post('/v1/actors', { slug, name: slug, kind: 'country' });
  for (const slug of ['standards', 'safety']) await api.post('/v1/topics', { slug, name: slug });
  for (const slug of ['organisation', 'dialogue']) await api.post('/v1/initiatives', { slug, name: slug, kind: 'organisation' });
  await api.post('/v1/action-plans', { slug: 'plan', title: 'Plan' });
  for (const number of [1, 2]) await api.post('/v1/action-plans/plan/items', { number, title: `Item ${number}` });
});

describe('what is united', () => {
  test('are links of every kind, each once, those of the one that stays first', async () => {
    const past = await add();
    const winner = await add({
      actors: [
        { actor: 'china', role: 'host' },
        { actor: 'france', role: 'invitee' },
      ],
      topics: ['standards'],
      initiatives: ['organisation'],
      action_items: [{ plan: 'plan', item: 1, effect: 'advances', note: 'Ours' }],
      sources: [{ source: source('a'), quote: 'Words' }],
    });
    const loser = await add({
      actors: [
        { actor: 'france', role: 'invitee', response: 'accepted' },
        { actor: 'india', role: 'speaker' },
        { actor: 'china', role: 'speaker' },
      ],
      topics: ['safety', 'standards'],
      initiatives: ['dialogue', 'organisation'],
      action_items: [
        { plan: 'plan', item: 1, effect: 'advances', note: 'Theirs' },
        { plan: 'plan', item: 2, effect: 'hinders' },
      ],
      sources: [{ source: source('a') }, { source: source('b'), claim: '/date' }, { source: source('c'), claim: '/actors/1' }],
      related: [
        { event: past, relation: 'follows_up' },
        { event: winner, relation: 'part_of' },
      ],
    });
    const answer = await merge(loser, winner, { reason: 'editorial' });
    expect(answer.statusCode).toBe(200);
    const { merged, not_united, renamed, ...event } = answer.json();
    expect(event).toEqual(await read(winner));
    expect(answer.headers.etag).toBe((await api.get(at(winner))).headers.etag);
    expect(event).toMatchObject({
      version: 2,
      actors: [
        { slug: 'china', role: 'host' },
        { slug: 'france', role: 'invitee', response: 'accepted' },
        { slug: 'india', role: 'speaker' },
        { slug: 'china', role: 'speaker' },
      ],
      topics: [{ slug: 'standards' }, { slug: 'safety' }],
      initiatives: [{ slug: 'organisation' }, { slug: 'dialogue' }],
      action_items: [
        { item: 1, note: 'Ours' },
        { item: 2, effect: 'hinders' },
      ],
      sources: [
        { title: 'a', quote: 'Words' },
        { title: 'b', claim: '/date' },
        { title: 'c', claim: '/actors/2' },
      ],
      related: [{ event: past, relation: 'follows_up' }],
    });
    expect(merged).toMatchObject({ slug: loser, version: 2 });
    expect(renamed).toEqual([]);
    expect(not_united).toEqual([
      { pointer: '/title', value: expect.stringMatching(/^Speech/), detail: expect.stringContaining('title') },
      { pointer: '/action_items/0/note', value: 'Theirs', detail: expect.stringContaining('item 1') },
    ]);
  });

  test('are texts only where the one that stays has none, and a claim only where it still holds', async () => {
    const winner = await add({ date: '2025-07-26', place: { city: 'Paris' } });
    const loser = await add({
      ...{ summary: 'What was said', date: '2025-07-27', place: { city: 'Lyon' }, caveat: 'Perhaps' },
      sources: [
        { source: source('d'), claim: '/date' },
        { source: source('e'), claim: '/date', stance: 'disputes', value: '2025-07-28', note: 'Later' },
        { source: source('f'), claim: '/summary' },
      ],
    });
    const { not_united, ...event } = (await merge(loser, winner)).json();
    expect(event).toMatchObject({ summary: 'What was said', caveat: 'Perhaps', date: '2025-07-26', place: { city: 'Paris' } });
    expect(event.sources).toMatchObject([
      { title: 'd', claim: null },
      { title: 'f', claim: '/summary' },
    ]);
    expect(not_united.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/date',
      '/place',
      '/title',
      '/sources/0',
      '/sources/1',
    ]);
  });

  test('are the events that named it: drafts too, and each names the one that stays once', async () => {
    const [winner, loser] = [await add(), await add()];
    const naming = await add({
      related: [
        { event: loser, relation: 'responds_to' },
        { event: winner, relation: 'responds_to' },
      ],
    });
    const draft = await add({ related: [{ event: loser, relation: 'amends' }], state: 'draft' });
    await api.patch(at(winner), { related: [{ event: loser, relation: 'follows_up' }] });
    const { renamed, ...event } = (await merge(loser, winner)).json();
    expect(renamed.sort()).toEqual([draft, naming].sort());
    expect(event.related).toEqual([]);
    expect((await read(naming)).related).toMatchObject([{ event: winner, relation: 'responds_to' }]);
    expect((await api.get(at(draft), { as: 'editor' })).json().related).toMatchObject([{ event: winner, relation: 'amends' }]);
    expect((await api.get(at(winner, '/related'))).json().data).toMatchObject([{ direction: 'from', event: { slug: naming } }]);
  });
});

describe('the one that goes', () => {
  let winner: string;
  let loser: string;
  let id: string;
  let before: string;

  beforeAll(async () => {
    [winner, loser] = [await add({ title: 'The one that stays' }), await add({ title: 'The one that goes', topics: ['safety'] })];
    ({ id } = await read(loser));
    before = (await api.get(at(loser))).body;
    await new Promise((resolve) => setTimeout(resolve, 5));
    await merge(loser, winner, { comment: 'The same speech' });
  });

  test.each(['', '?known_at=', '/related', '/related?limit=3', '/provenance', '/similar'])(
    'answers 301 at %s, by slug and by id',
    async (rest) => {
      const asked = rest.endsWith('=') ? `${rest}${new Date().toISOString()}` : rest;
      for (const key of [loser, id, id.toUpperCase()]) {
        const answer = await api.get(at(key, asked));
        expect(answer.statusCode).toBe(301);
        expect(answer.headers.location).toBe(at(winner, asked));
        expect(answer.json()).toMatchObject({ type: '/problems/merged', detail: expect.stringContaining(winner) });
      }
    },
  );

  test('answers as it did, as of a moment before', async () => {
    const { recorded_at } = (await api.get(at(loser, '/revisions/1'))).json();
    expect((await api.get(at(loser, `?known_at=${recorded_at}`))).body).toBe(before);
  });

  test('keeps its versions, and the last one says what became of it', async () => {
    expect((await api.get(at(loser, '/revisions'))).json().data).toMatchObject([
      { version: 2, operation: 'merged', comment: 'The same speech', changed: ['merged_into'] },
      { version: 1, operation: 'created' },
    ]);
    expect((await api.get(at(winner, '/revisions'))).json().data).toMatchObject([{ operation: 'updated', comment: 'The same speech' }, {}]);
  });

  test('is told by the feed as merged, with the name of the one that stays', async () => {
    expect(await lastChange()).toMatchObject({
      entity: 'event',
      slug: loser,
      operation: 'merged',
      changed: { merged_into: { from: null, to: winner } },
      tombstone: { state: 'merged' },
    });
    expect((await api.get('/v1/changes?operation=merged')).json().data.map(({ slug }: { slug: string }) => slug)).toContain(loser);
  });

  test('stands in no list, and takes no change', async () => {
    expect((await api.get('/v1/events?limit=200')).json().data.map(({ slug }: { slug: string }) => slug)).not.toContain(loser);
    expect((await api.get('/v1/timeline?limit=200')).body).not.toContain('The one that goes');
    for (const answer of [await api.patch(at(loser), { significance: 1 }), await api.delete(at(loser)), await merge(loser, winner)])
      expect(answer.json()).toMatchObject({ status: 410, tombstone: { state: 'merged', slug: loser } });
  });

  test('leads to the end of a chain', async () => {
    const last = await add({ title: 'The last one' });
    await merge(winner, last);
    for (const key of [loser, winner]) expect((await api.get(at(key))).headers.location).toBe(at(last));
    await api.post(at(winner, '/restore'));
    expect((await api.get(at(loser))).headers.location).toBe(at(winner));
    expect((await api.get(at(winner))).statusCode).toBe(200);
  });

  test('stands again when it is restored, as it was; the other one gives back what it took by a revert', async () => {
    const restored = await api.post(at(loser, '/restore'));
    expect(restored.json()).toMatchObject({ slug: loser, version: 3, topics: [{ slug: 'safety' }] });
    expect((await api.get(at(loser))).statusCode).toBe(200);
    expect((await read(winner)).topics).toMatchObject([{ slug: 'safety' }]);
    await api.post(at(winner, '/revert'), { version: 1 });
    expect((await read(winner)).topics).toEqual([]);
    expect((await api.post(at(loser, '/revert'), { version: 2 })).statusCode).toBe(409);
  });
});

describe('of what is not published', () => {
  test('a draft may become part of what is, and readers learn nothing of it', async () => {
    const [winner, draft] = [await add(), await add({ state: 'draft', title: 'Secret words' })];
    expect((await merge(draft, winner)).statusCode).toBe(200);
    expect((await api.get(at(draft))).statusCode).toBe(404);
    expect((await api.get(at(draft), { as: 'contributor' })).statusCode).toBe(301);
    expect((await api.get('/v1/changes?operation=merged&limit=1000')).body).not.toContain('Secret words');
    expect((await api.get(at(draft, '/revisions'))).statusCode).toBe(404);
  });

  test('what is published cannot become part of a draft', async () => {
    const [draft, open] = [await add({ state: 'draft' }), await add()];
    expect((await merge(open, draft)).json()).toMatchObject({ status: 409, detail: expect.stringContaining('not published') });
  });

  test('where the one that stays is hidden later, nobody is led to it', async () => {
    const [winner, loser] = [await add(), await add()];
    await merge(loser, winner);
    await api.patch(at(winner), { state: 'draft' });
    const answer = await api.get(at(loser));
    expect(answer.json()).toMatchObject({ status: 410, tombstone: { state: 'merged' } });
    expect(answer.body).not.toContain(winner);
    expect((await api.get(at(loser), { as: 'contributor' })).headers.location).toBe(at(winner));
  });
});

test('what was made of it agrees with itself, and is made again from the revisions', async () => {
  expect(await findFaults(api.database)).toEqual([]);
  expect(await findDerivedWrongly(api.database)).toEqual([]);
});
