// What is proposed is held against all that a write would be held against, and keeps nothing where it does not fit.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';
import { findDerivedWrongly, findFaults } from '../support/consistency.js';
import { development, proposeChange, proposeNew, proposing, recorded, why } from './proposing.js';

const api = useApp('seeded');
const { propose, event, read } = proposing(api);
const KEYNOTE = 'li-qiang-waic-2025-keynote';
const refused = async (body: object, status = 422) => {
  const before = await recorded(api);
  const answer = await api.post('/v1/proposals', body, { as: 'contributor' });
  expect(answer.statusCode, answer.body).toBe(status);
  expect(await recorded(api)).toBe(before);
  return answer.json();
};
const pointers = async (body: object) => (await refused(body)).errors.map(({ pointer }: { pointer: string }) => pointer);

beforeAll(async () => {
  await event('changing');
});

describe('a proposal that could be done', () => {
  test('is answered with where to follow it, and does nothing yet', async () => {
    const answer = await api.post('/v1/proposals', proposeNew(development(1, { slug: 'proposed-one' })), { as: 'contributor' });
    const made = answer.json();
    expect(answer.statusCode, answer.body).toBe(201);
    expect(answer.headers.location).toBe(made.url);
    expect(made).toMatchObject({
      kind: 'create',
      state: 'open',
      author: 'test contributor',
      verdict: null,
      version: 1,
      content_hidden: false,
    });
    const again = await api.get(made.url, { as: 'contributor' });
    expect([again.body, again.headers.etag]).toEqual([answer.body, answer.headers.etag]);
    expect((await api.get('/v1/events/proposed-one', { as: 'admin' })).statusCode).toBe(404);
    expect((await api.get('/v1/sources?url=https://example.org/inline')).json().data).toEqual([]);
  });

  test('keeps nothing of what it makes inline until it is accepted', async () => {
    const source = { source: { url: 'https://example.org/inline', title: 'Inline' } };
    await propose(proposeNew(development(2, { sources: [source], topics: [{ slug: 'inline-topic', name: 'Inline' }] })));
    expect((await api.get('/v1/topics/inline-topic')).statusCode).toBe(404);
    expect((await api.get('/v1/sources?url=https://example.org/inline')).json().data).toEqual([]);
  });

  test('says against which version a change is made, by id or by slug', async () => {
    const { id, version } = (await api.get(`/v1/events/${KEYNOTE}`)).json();
    for (const key of [id, KEYNOTE]) {
      const { kind, target } = await propose(proposeChange(key, { significance: 4 }));
      expect([kind, target]).toEqual(['change', { entity: 'event', id, slug: KEYNOTE, version, url: `/v1/events/${KEYNOTE}` }]);
    }
  });

  test('lists the events that it may be a duplicate of, and never the one that it changes', async () => {
    const { title, date, type, sources } = (await api.get(`/v1/events/${KEYNOTE}`)).json();
    const again = { title, date, type, sources: sources.map(({ id }: { id: string }) => ({ source: id })) };
    const { similar } = await propose(proposeNew(again));
    expect(similar[0]).toMatchObject({ slug: KEYNOTE });
    expect(similar[0]!.score).toBeGreaterThan(0.6);
    expect(similar[0]!.reasons.length).toBeGreaterThan(0);
    const changed = await propose(proposeChange(KEYNOTE, { title: `${title} again` }));
    expect(changed.similar.map(({ slug }) => slug)).not.toContain(KEYNOTE);
  });

  test('is shown, and nothing kept, with validate_only', async () => {
    const before = await recorded(api);
    const answer = await api.post('/v1/proposals?validate_only=true', proposeNew(development(3)), { as: 'contributor' });
    expect([answer.statusCode, answer.headers.location, answer.json().state]).toEqual([200, undefined, 'open']);
    expect(await recorded(api)).toBe(before);
    expect((await api.get(answer.json().url)).statusCode).toBe(404);
  });

  test('is taken once under one Idempotency-Key', async () => {
    const sending = { as: 'contributor', headers: { 'idempotency-key': 'once' } } as const;
    const before = await recorded(api);
    const [one, other] = [
      await api.post('/v1/proposals', proposeNew(development(4)), sending),
      await api.post('/v1/proposals', proposeNew(development(4)), sending),
    ];
    expect([one.statusCode, other.statusCode, other.headers['idempotency-replayed']]).toEqual([201, 201, 'true']);
    expect(other.body).toBe(one.body);
    expect(await recorded(api)).toBe(before + 1);
    expect((await api.post('/v1/proposals', proposeNew(development(5)), sending)).statusCode).toBe(422);
  });
});

describe('what a write would refuse is refused, with a pointer to where it stands in the change', () => {
  test.each<[string, object, string[]]>([
    ['a new event of no type', proposeNew({ title: 'A', date: '2026' }), ['/change/type']],
    ['several faults at once', proposeNew({ type: 'speach', title: '', date: 'soon' }), ['/change/type', '/change/title', '/change/date']],
    ['details that the type does not know', proposeNew(development(1, { details: { colour: 'red' } })), ['/change/details/colour']],
    [
      'an actor that is not there',
      proposeNew(development(1, { actors: [{ actor: 'nobody-at-all', role: 'host' }] })),
      ['/change/actors/0/actor'],
    ],
    ['a member that is unknown', proposeChange('changing', { titel: 'A' }), ['/change/titel']],
    ['a value of the wrong type', proposeChange('changing', { significance: 9 }), ['/change/significance']],
    ['another address', proposeChange('changing', { slug: 'other' }), ['/change/slug']],
    ['why, inside the change', proposeChange('changing', { title: 'A', reason: 'correction' }), ['/change/reason']],
    ['a change that is empty', proposeChange('changing', {}), ['/change']],
    ['a change that changes nothing', proposeChange('changing', { date: '2026-02-03' }), ['/change']],
    ['an item of no plan', { target: { entity: 'action_item' }, change: { number: 1, title: 'A' }, ...why }, ['/change/plan']],
    ['something that is not there', proposeChange('not-there', { title: 'A' }), ['/target/id']],
    ['a version that is not there', proposeChange('changing', { title: 'A' }, {}, 7), ['/target/version']],
    ['a withdrawal of nothing', { target: { entity: 'event' }, change: null, ...why }, ['/target/id']],
    ['a new one of a version', { target: { entity: 'event', version: 2 }, change: development(1), ...why }, ['/target/version']],
    ['an unknown kind of thing', { target: { entity: 'person' }, change: {}, ...why }, ['/target/entity']],
    ['no rationale', { ...proposeNew(development(1)), rationale: ' ' }, ['/rationale']],
    ['no source at all', { ...proposeNew(development(1)), sources: [] }, ['/sources']],
    ['a source that is none', { ...proposeNew(development(1)), sources: ['javascript:alert(1)'] }, ['/sources/0']],
    ['no change', { target: { entity: 'event', id: 'changing' }, ...why }, ['/change']],
  ])('%s', async (_, body, expected) => {
    expect(await pointers(body)).toEqual(expected);
  });

  test('whoever asks for a withdrawal the wrong way is told the right one', async () => {
    for (const change of [undefined, 'withdraw', true]) {
      const { errors } = await refused({ target: { entity: 'event', id: 'changing' }, change, ...why }, 422);
      expect(errors).toEqual([{ pointer: '/change', detail: 'change takes an object of what is to be, or null to ask for a withdrawal.' }]);
    }
  });

  test('a slug that is taken is a conflict, and so is a withdrawal of what is in use', async () => {
    expect((await refused(proposeNew(development(1, { slug: 'changing' })), 409)).detail).toContain('changing already');
    const inUse = { target: { entity: 'actor', id: 'li-qiang' }, change: null, ...why };
    expect((await refused(inUse, 409)).detail).toContain('still in use');
  });

  test('what is gone is not changed', async () => {
    for (const slug of ['gone-deleted', 'gone-withdrawn']) await event(slug);
    await api.delete('/v1/events/gone-deleted');
    await api.post('/v1/events/gone-withdrawn/withdraw');
    for (const [slug, was] of [
      ['gone-deleted', 'deleted'],
      ['gone-withdrawn', 'withdrawn'],
    ] as const) {
      const { errors } = await refused(proposeChange(slug, { title: 'A' }));
      expect(errors).toEqual([{ pointer: '/target/id', detail: expect.stringContaining(`was ${was} on`) }]);
    }
  });

  test('a source counts in the change, too: of an event, and the url of a source', async () => {
    const cited = development('cited', { sources: [{ source: { url: 'https://example.org/cited', title: 'Cited' } }] });
    await propose({ ...proposeNew(cited), sources: [] });
    await propose({ target: { entity: 'source' }, change: { url: 'https://example.org/new', title: 'New' }, rationale: 'Good.' });
    expect(await pointers({ target: { entity: 'topic' }, change: { name: 'A' }, rationale: 'Good.' })).toEqual(['/sources']);
  });
});

describe('hostile content', () => {
  test.each<[string, string, number]>([
    [
      'a prototype',
      '{"target":{"entity":"event"},"change":{"__proto__":{"admin":true}},"rationale":"a","sources":["https://example.org"]}',
      400,
    ],
    ['a NUL', JSON.stringify(proposeNew(development('\u0000'))), 422],
    [
      'brackets without end',
      `{"target":{"entity":"event"},"change":{"details":${'['.repeat(500)}${']'.repeat(500)}},"rationale":"a"}`,
      422,
    ],
    ['a list in place of a change', JSON.stringify({ ...proposeNew({}), change: [] }), 422],
    ['an id that is SQL', JSON.stringify(proposeChange(`a' or '1'='1`, { title: 'A' })), 422],
  ])('%s is refused', async (_, payload, status) => {
    const headers = { authorization: `Bearer ${api.keys.contributor}`, 'content-type': 'application/json' };
    const answer = await api.app.inject({ method: 'POST', url: '/v1/proposals', headers, payload });
    expect(answer.statusCode, answer.body).toBe(status);
  });

  test('text is kept as it is, and stays text', async () => {
    const title = '<img src=x onerror=alert(1)> \u202E "\\u0000" %s $1 {{7*7}}';
    const { id, change } = await propose(proposeNew(development(1, { title }), { rationale: `'; drop table events; -- ${title}` }));
    expect(change).toMatchObject({ title });
    expect((await read(id)).rationale).toContain('drop table');
  });

  test('ids that are none are told as such', async () => {
    for (const id of ['x', '..%2f..', "1'--"]) expect((await api.get(`/v1/proposals/${id}`)).statusCode).toBe(400);
    expect((await api.get('/v1/proposals/00000000-0000-4000-8000-000000000000')).statusCode).toBe(404);
  });
});

test('what is derived is as the revisions say', async () => {
  expect(await findFaults(api.database)).toEqual([]);
  expect(await findDerivedWrongly(api.database)).toEqual([]);
});

test('a release holds nothing of what is proposed', async () => {
  const released = async () => {
    const notes = { label: 'compared', notes: null };
    const { sha256, counts } = await api.services.releases.take(notes, { author: { id: '', name: '' }, validate_only: true });
    return { sha256, counts };
  };
  const before = await released();
  await propose(proposeNew(development('released')));
  expect(await released()).toEqual(before);
});
