// Each field of an event tells where it comes from, and who changed it last, and nothing of what readers may not see.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');

interface Field {
  field: string;
  value: unknown;
  state: string;
  supporting: { title: string; quote: string | null; locator: string | null }[];
  disputing: { title: string; value: unknown; note: string | null }[];
  last_changed: { version: number; recorded_at: string; author: string; reason: string | null };
}
const read = async (slug: string, as: 'editor' | null = null) => {
  const response = await api.get(`/v1/events/${slug}/provenance`, { as });
  expect(response.statusCode).toBe(200);
  return response.json() as { version: number; fields: Field[]; whole: Record<'supporting' | 'disputing', { title: string }[]> };
};
const field = async (slug: string, pointer: string, as: 'editor' | null = null) =>
  (await read(slug, as)).fields.find((one) => one.field === pointer)!;
const from = (letter: string, members: object = {}) => ({ source: `https://example.org/${letter}`, ...members });
const EVENT = {
  type: 'resolution',
  title: 'A vote',
  date: '2026-02-12',
  place: { city: 'New York' },
  details: { vote: { yes: 117, no: 2, abstain: 2 }, symbol: 'A/1' },
  actors: [
    { actor: 'an-assembly', role: 'adopter' },
    { actor: 'a-country', role: 'sponsor' },
  ],
  sources: [
    from('a'),
    from('b', { claim: '/date', quote: 'On Thursday', locator: 'paragraph 2' }),
    from('c', { claim: '/date', stance: 'disputes', value: '2026-02-13', note: 'The record of the assembly gives the 12th.' }),
    from('a', { claim: '/details/vote' }),
    from('b', { claim: '/details/vote/abstain' }),
    from('b', { claim: '/actors/1', stance: 'disputes' }),
    from('c', { stance: 'disputes', note: 'It denies the whole.' }),
  ],
};

beforeAll(async () => {
  for (const letter of ['a', 'b', 'c']) await api.post('/v1/sources', { url: `https://example.org/${letter}`, title: letter });
  for (const slug of ['an-assembly', 'a-country']) await api.post('/v1/actors', { slug, kind: 'bloc', name: slug });
  expect((await api.post('/v1/events', { ...EVENT, slug: 'a-vote', reason: 'new_development' })).statusCode).toBe(201);
});

describe('fields', () => {
  test('are the members that have a value, those of details one by one, and what claims point to inside them', async () => {
    expect((await read('a-vote')).fields.map(({ field, value, state }) => [field, value, state])).toEqual([
      ['/type', 'resolution', 'unclaimed'],
      ['/title', 'A vote', 'unclaimed'],
      ['/date', '2026-02-12', 'disputed'],
      ['/place', { city: 'New York' }, 'unclaimed'],
      ['/significance', 3, 'unclaimed'],
      ['/certainty', 'confirmed', 'unclaimed'],
      ['/state', 'published', 'unclaimed'],
      ['/details/vote', { yes: 117, no: 2, abstain: 2 }, 'supported'],
      ['/details/symbol', 'A/1', 'unclaimed'],
      ['/details/vote/abstain', 2, 'supported'],
      ['/actors', EVENT.actors.map((one) => ({ ...one, response: null })), 'unclaimed'],
      ['/actors/1', { actor: 'a-country', role: 'sponsor', response: null }, 'disputed'],
    ]);
  });

  test('name the sources that back and that dispute them, with quote and locator, another value and the reason', async () => {
    const { supporting, disputing } = await field('a-vote', '/date');
    expect(supporting).toMatchObject([{ title: 'b', quote: 'On Thursday', locator: 'paragraph 2', value: null }]);
    expect(disputing).toMatchObject([{ title: 'c', value: '2026-02-13', note: 'The record of the assembly gives the 12th.' }]);
    expect(await field('a-vote', '/title')).toMatchObject({ supporting: [], disputing: [] });
  });

  test('leave it to the whole to name what backs or disputes the whole, once', async () => {
    const { whole } = await read('a-vote');
    expect(whole).toMatchObject({ supporting: [{ title: 'a', claim: null }], disputing: [{ title: 'c', note: 'It denies the whole.' }] });
  });
});

describe('who changed a field last', () => {
  const changed = async (pointer: string, as: 'editor' | null = null) => (await field('a-law', pointer, as)).last_changed;
  beforeAll(async () => {
    await api.post('/v1/events', { ...EVENT, sources: [from('b', { claim: '/actors/1' })], slug: 'a-law', reason: 'new_development' });
    const patches: [object, 'editor' | 'admin'][] = [
      [{ title: 'A law', details: { symbol: 'A/2' }, reason: 'correction' }, 'admin'],
      [{ significance: 4, reason: 'editorial' }, 'editor'],
      [{ actors: [{ actor: 'a-country', role: 'host' }, EVENT.actors[1]] }, 'admin'],
      [{ title: 'A vote' }, 'editor'],
      [{ title: 'A law', reason: 'correction' }, 'admin'],
    ];
    for (const [patch, as] of patches) expect((await api.patch('/v1/events/a-law', patch, { as })).statusCode).toBe(200);
  });

  test('is told with version, time and reason', async () => {
    const { updated_at } = (await api.get('/v1/events/a-law')).json();
    expect(await changed('/title')).toEqual({ version: 6, recorded_at: updated_at, author: 'test admin', reason: 'correction' });
    expect(await changed('/significance')).toMatchObject({ version: 3, author: 'test editor', reason: 'editorial' });
    expect(await changed('/actors')).toMatchObject({ version: 4, author: 'test admin', reason: null });
    expect(await changed('/date')).toMatchObject({ version: 1, author: 'test editor', reason: 'new_development' });
  });

  test('is told of a member of details, or an entry of a list, by itself', async () => {
    expect(await changed('/details/symbol')).toMatchObject({ version: 2, author: 'test admin' });
    expect(await changed('/details/vote')).toMatchObject({ version: 1 });
    expect(await changed('/actors/1')).toMatchObject({ version: 1 });
  });
});

describe('readers', () => {
  const told = async (pointer: string, as: 'editor' | null) => (await field('a-draft', pointer, as)).last_changed;

  test('see nothing of a draft, and of what was changed in it the version that was published first', async () => {
    await api.post('/v1/events', { ...EVENT, slug: 'a-draft', state: 'draft', reason: 'import' }, { as: 'admin' });
    await api.patch('/v1/events/a-draft', { title: 'A name', reason: 'correction' }, { as: 'admin' });
    const hidden = await api.get('/v1/events/a-draft/provenance');
    expect([hidden.statusCode, hidden.json().detail]).toEqual([404, 'There is no event a-draft.']);
    expect(await told('/title', 'editor')).toMatchObject({ version: 2, author: 'test admin' });
    await api.patch('/v1/events/a-draft', { state: 'published', reason: 'editorial' });
    const response = await api.get('/v1/events/a-draft/provenance');
    expect(response.body).not.toContain('test admin');
    for (const { field, last_changed } of response.json().fields)
      expect(last_changed, field).toMatchObject({ version: 3, author: 'test editor', reason: 'editorial' });
    expect(await told('/title', 'editor')).toMatchObject({ version: 2, author: 'test admin', reason: 'correction' });
    expect(await told('/state', 'editor')).toMatchObject({ version: 3 });
  });

  test('see of what was changed while it was taken back the version that showed it to them', async () => {
    await api.patch('/v1/events/a-draft', { state: 'draft', title: 'A secret', date: '2027' }, { as: 'admin' });
    await api.patch('/v1/events/a-draft', { date: EVENT.date }, { as: 'admin' });
    await api.patch('/v1/events/a-draft', { state: 'published' });
    expect(await told('/title', null)).toMatchObject({ version: 6, author: 'test editor' });
    expect(await told('/title', 'editor')).toMatchObject({ version: 4, author: 'test admin' });
    // Changed and changed back where nobody saw it.
    expect(await told('/date', null)).toMatchObject({ version: 3 });
    expect(await told('/date', 'editor')).toMatchObject({ version: 5 });
  });

  test('are not told of an event that they may not see by way of a relation', async () => {
    await api.post('/v1/events', { ...EVENT, slug: 'secret-one', state: 'draft' });
    const related = ['secret-one', 'a-vote'].map((event) => ({ event, relation: 'amends' }));
    await api.post('/v1/events', { ...EVENT, slug: 'a-reform', related, sources: [from('a', { claim: '/related/0' })] });
    const response = await api.get('/v1/events/a-reform/provenance');
    expect(response.body).not.toContain('secret-one');
    expect((await field('a-reform', '/related')).value).toEqual([{ event: 'a-vote', relation: 'amends' }]);
  });

  test('learn that an event is gone from its tombstone', async () => {
    await api.post('/v1/events', { ...EVENT, slug: 'a-mistake' });
    await api.patch('/v1/events/a-mistake', { state: 'withdrawn' });
    expect((await api.get('/v1/events/a-mistake/provenance')).json()).toMatchObject({ status: 410, tombstone: { state: 'withdrawn' } });
    await api.delete('/v1/events/a-mistake');
    expect((await api.get('/v1/events/a-mistake/provenance')).json()).toMatchObject({ status: 410, tombstone: { state: 'deleted' } });
    expect((await api.get('/v1/events/nothing/provenance')).statusCode).toBe(404);
  });

  test('who have it already are told so, until it changes', async () => {
    const { headers } = await api.get('/v1/events/a-vote/provenance');
    const again = () => api.get('/v1/events/a-vote/provenance', { headers: { 'if-none-match': String(headers.etag) } });
    expect((await again()).statusCode).toBe(304);
    const { id } = (await api.get('/v1/events/a-vote')).json().sources[0];
    await api.patch(`/v1/sources/${id}`, { title: 'A' });
    expect((await again()).statusCode).toBe(200);
  });
});

test('a claim with an escaped name leads to it', async () => {
  await api.post('/v1/events', {
    ...EVENT,
    slug: 'escaped',
    details: { particulars: { seats: { 'a/b~c': 1 } } },
    sources: [from('c', { claim: '/details/particulars/seats/a~1b~0c' })],
  });
  expect(await field('escaped', '/details/particulars/seats/a~1b~0c')).toMatchObject({
    value: 1,
    state: 'supported',
    supporting: [{ title: 'c' }],
  });
});
