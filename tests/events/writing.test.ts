// Adding a development: what is named must exist, what is sent whole is made, and every mistake is told where it is.
import { beforeAll, describe, expect, test } from 'vitest';
import { EVENT_TYPE_NAMES, EVENT_TYPES } from '../../src/events/types/index.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const least = { type: 'statement', title: 'An event', date: '2025-07-26' };
const send = (members: object) => api.post('/v1/events', { ...least, ...members });
const countRows = async (): Promise<string> => {
  const tables = ['events', 'actors', 'topics', 'initiatives', 'sources', 'revisions', 'event_cards'];
  const counts = tables.map((table) => `(select count(*) from ${table})`).join(` || ' ' || `);
  return (await api.database.pool.query<{ counts: string }>(`select ${counts} as counts`)).rows[0]!.counts;
};

beforeAll(async () => {
  await api.post('/v1/actors', { kind: 'country', name: 'China', country_code: 'CN' });
  await api.post('/v1/topics', { name: 'Governance' });
  await api.post('/v1/initiatives', { name: 'The organisation' });
  await api.post('/v1/sources', { url: 'https://example.org/article', title: 'The article', publisher: 'Example' });
  await api.post('/v1/action-plans', { slug: 'the-plan', title: 'The plan' });
  await api.post('/v1/action-plans/the-plan/items', { number: 13, title: 'The thirteenth' });
  await send({ slug: 'earlier' });
});

test('all that exists is named by slug, sources by url in whatever form', async () => {
  const answer = await send({
    actors: [{ actor: 'china', role: 'host' }],
    topics: ['governance'],
    initiatives: ['the-organisation'],
    action_items: [{ plan: 'the-plan', item: 13, effect: 'advances', note: 'It begins' }],
    related: [{ event: 'earlier', relation: 'follows_up' }],
    sources: [{ source: 'http://www.example.org/article/?utm_source=x#top', claim: '/date', quote: 'on 26 July', stance: 'disputes' }],
  });
  expect(answer.json()).toMatchObject({
    actors: [{ slug: 'china', name: 'China', kind: 'country', country_code: 'CN', role: 'host', response: null }],
    topics: [{ slug: 'governance', name: 'Governance' }],
    initiatives: [{ slug: 'the-organisation', name: 'The organisation' }],
    action_items: [{ plan: 'the-plan', item: 13, title: 'The thirteenth', effect: 'advances', note: 'It begins' }],
    related: [{ event: 'earlier', title: 'An event', relation: 'follows_up' }],
    sources: [{ url: 'https://example.org/article', title: 'The article', claim: '/date', quote: 'on 26 July', stance: 'disputes' }],
  });
});

test('what is sent whole is made, once, and linked', async () => {
  const answer = await send({
    actors: [
      { actor: { kind: 'person', name: 'A Minister', affiliation: 'china' }, role: 'speaker' },
      { actor: 'a-minister', role: 'subject' },
    ],
    topics: [{ name: 'Compute' }],
    initiatives: [{ name: 'A new process', kind: 'dialogue' }],
    sources: [{ source: { url: 'https://example.org/new', title: 'New' } }, { source: 'https://example.org/new', claim: '/title' }],
  });
  expect(answer.statusCode).toBe(201);
  expect((await api.get('/v1/actors/a-minister')).json()).toMatchObject({ kind: 'person', affiliation: 'china' });
  expect((await api.get('/v1/initiatives/a-new-process')).json().kind).toBe('dialogue');
  const [one, other] = answer.json().sources as { id: string }[];
  expect(one!.id).toBe(other!.id);
});

describe('what does not exist is refused by name, where it stands, and nothing is written', () => {
  test.each([
    [{ actors: [{ actor: 'chna', role: 'host' }] }, '/actors/0/actor', 'actor chna'],
    [{ topics: ['governance', 'nothing'] }, '/topics/1', 'topic nothing'],
    [{ initiatives: ['nothing'] }, '/initiatives/0', 'initiative nothing'],
    [{ related: [{ event: 'nothing', relation: 'amends' }] }, '/related/0/event', 'event nothing'],
    [{ action_items: [{ plan: 'the-plan', item: 99, effect: 'advances' }] }, '/action_items/0', 'item 99'],
    [{ sources: [{ source: 'https://example.org/nothing' }] }, '/sources/0/source', 'https://example.org/nothing'],
    [{ type: 'speech', details: { speaker: 'nobody' } }, '/details/speaker', 'actor nobody'],
    [
      { actors: [{ actor: { kind: 'person', name: 'X', affiliation: 'nowhere' }, role: 'host' }] },
      '/actors/0/actor/affiliation',
      'nowhere',
    ],
    [{ topics: [{ name: 'New', broader: 'nowhere' }] }, '/topics/0/broader', 'nowhere'],
  ])('%j', async (members, pointer, named) => {
    const before = await countRows();
    const answer = await send({ ...members, topics: [...((members as { topics?: object[] }).topics ?? []), { name: 'Made in vain' }] });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors).toEqual([{ pointer: expect.stringContaining(pointer), detail: expect.stringContaining(named) }]);
    expect(await countRows()).toBe(before);
  });
});

describe('what does not fit is refused', () => {
  test.each([
    ['a response of one who was not invited', { actors: [{ actor: 'china', role: 'host', response: 'accepted' }] }, '/actors/0/response'],
    ['a link that is there twice', { topics: ['governance', 'governance'] }, '/topics/1'],
    ['an event that is related to itself', { slug: 'itself', related: [{ event: 'itself', relation: 'amends' }] }, '/related/0/event'],
    ['a date that is none', { date: '26 July' }, '/date'],
    ['a claim that is no pointer', { sources: [{ source: 'https://example.org/article', claim: 'date' }] }, '/sources/0/claim'],
    ['a place without anything', { place: {} }, '/place'],
    ['a country that is none', { place: { country_code: 'XX' } }, '/place/country_code'],
    ['a significance beyond the scale', { significance: 6 }, '/significance'],
    [
      'a name that is taken, without its slug',
      { actors: [{ actor: { kind: 'country', name: 'China' }, role: 'host' }] },
      '/actors/0/actor',
    ],
  ])('%s', async (_, members, pointer) => {
    const answer = await send(members);
    expect([answer.statusCode, answer.json().errors?.[0].pointer]).toEqual([422, expect.stringContaining(pointer)]);
  });
});

describe('details go by type', () => {
  test.each(EVENT_TYPE_NAMES)('%s takes its own members and no others', async (type) => {
    expect((await send({ type, details: { instrument: 'A document', particulars: { pages: 12 } } })).statusCode).toBe(201);
    const known = Object.keys(EVENT_TYPES[type].details.shape);
    const foreign = ['symbol', 'controlled_items', 'venue', 'promised'].find((member) => !known.includes(member))!;
    const answer = await send({ type, details: { [foreign]: 'x' } });
    expect(answer.json()).toMatchObject({ status: 422, errors: [{ pointer: `/details/${foreign}` }] });
  });

  test('a misspelt member is told with the nearest one', async () => {
    const answer = await send({ type: 'export_control', details: { legal_bassis: 'EAR' } });
    expect(answer.json().errors).toEqual([
      { pointer: '/details/legal_bassis', detail: 'There is no member legal_bassis; did you mean legal_basis?' },
    ]);
  });

  test('a patch of details merges, and is held against the type that comes out', async () => {
    const { slug } = (await send({ type: 'speech', details: { venue: 'Expo Center' } })).json();
    const patched = await api.patch(`/v1/events/${slug}`, { details: { speaker: 'china' } });
    expect(patched.json().details).toEqual({ venue: 'Expo Center', speaker: 'china' });
    expect((await api.patch(`/v1/events/${slug}`, { type: 'pledge' })).json().errors).toMatchObject([
      { pointer: '/details/venue' },
      { pointer: '/details/speaker' },
    ]);
  });
});

test('a slug is made from the title, in whatever script, and numbered where it is taken', async () => {
  const slugOf = async (title: string) => (await send({ title })).json().slug as string;
  expect(await slugOf('Éire & the “AI Act”')).toBe('eire-and-the-ai-act');
  expect(await slugOf('Éire & the “AI Act”')).toBe('eire-and-the-ai-act-2');
  expect(await slugOf('人工智能')).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect((await slugOf('a'.repeat(300))).length).toBeLessThanOrEqual(120);
});

describe('the state of an event', () => {
  test('a draft is seen with a key, and by nobody else', async () => {
    const { slug } = (await send({ state: 'draft' })).json();
    expect((await api.get(`/v1/events/${slug}`)).statusCode).toBe(404);
    expect((await api.get(`/v1/events/${slug}`, { as: 'contributor' })).json()).toMatchObject({ state: 'draft', published_at: null });
    expect((await api.get('/v1/events?state=draft')).statusCode).toBe(401);
    const listed = (await api.get('/v1/events?state=draft', { as: 'contributor' })).json().data;
    expect(listed.map((event: { slug: string }) => event.slug)).toContain(slug);
  });

  test('publishing is told for what it is, and its instant is kept for good', async () => {
    const { slug, id } = (await send({ state: 'draft' })).json();
    const published = (await api.patch(`/v1/events/${slug}`, { state: 'published' })).json();
    expect(published.published_at).toBe(published.updated_at);
    await api.patch(`/v1/events/${slug}`, { state: 'withdrawn' });
    const gone = await api.get(`/v1/events/${slug}`);
    expect(gone.json()).toMatchObject({ status: 410, tombstone: { id, state: 'withdrawn', version: 3 } });
    const restored = (await api.post(`/v1/events/${slug}/restore`)).json();
    expect(restored).toMatchObject({ state: 'published', published_at: published.published_at });
    const { rows } = await api.database.pool.query('select operation from revisions where entity_id = $1 order by seq', [id]);
    expect(rows.map(({ operation }) => operation)).toEqual(['created', 'published', 'withdrawn', 'restored']);
  });

  test('what is still referred to by another event cannot be deleted', async () => {
    const answer = await api.delete('/v1/events/earlier');
    expect(answer.json()).toMatchObject({ status: 409, detail: expect.stringContaining('in use by the event an-event') });
  });
});
