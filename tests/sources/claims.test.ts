// A citation may say which member it backs or disputes, and what it gives instead; what it says is checked.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const source = 'https://example.org/a';
const dispute = { source, claim: '/date', stance: 'disputes', value: '2025-07-27', note: 'The programme gives the 26th.' };

const EVENT = {
  type: 'forum',
  title: 'A forum',
  date: '2025-07-26',
  place: { city: 'Shanghai', country_code: 'CN' },
  details: { participants_count: 1000, particulars: { halls_used: [1, 2] } },
  actors: [{ actor: { slug: 'a-host', kind: 'country', name: 'A host' }, role: 'host' }],
};
const add = (citation: object, members: object = {}) => api.post('/v1/events', { ...EVENT, ...members, sources: [citation] });
const addPlan = (citation: object) =>
  api.post('/v1/action-plans', { title: 'A plan', issued_on: '2025-07', principles: ['First'], sources: [citation] });

beforeAll(async () => {
  await api.post('/v1/sources', { url: source, title: 'An article' });
});

describe('another value', () => {
  test.each<[string, unknown]>([
    ['text', '2025-07-27'],
    ['a number', 1200],
    ['no', false],
    ['a list', ['a', { b: null }]],
    ['an object', { yes: 120, no: 2 }],
  ])('%s is kept beside the one that is followed, with the reason', async (_, value) => {
    const event = await add({ ...dispute, value });
    expect(event.statusCode).toBe(201);
    expect(event.json()).toMatchObject({
      date: '2025-07-26',
      sources: [{ claim: '/date', stance: 'disputes', value, note: dispute.note }],
    });
    expect((await api.get(`/v1/events/${event.json().slug}`)).json().sources[0].value).toEqual(value);
    const plan = await addPlan({ ...dispute, claim: '/issued_on', value });
    expect(plan.json()).toMatchObject({ issued_on: '2025-07', sources: [{ claim: '/issued_on', value }] });
  });

  test('is null where none is given, and null says so too', async () => {
    expect((await add({ source })).json().sources[0].value).toBe(null);
    const event = (await add({ source, value: null })).json();
    expect(event.sources[0].value).toBe(null);
    // What is sent back as it was answered changes nothing.
    const citation = { ...event.sources[0], source };
    for (const name of ['id', 'url', 'title', 'publisher', 'kind', 'language', 'published_on', 'archived_url']) delete citation[name];
    expect((await api.patch(`/v1/events/${event.slug}`, { sources: [citation] })).json().version).toBe(1);
  });

  test.each<[string, object, string, RegExp]>([
    ['only by who disputes', { stance: 'supports' }, '/sources/0/value', /stance disputes/],
    ['only of one member', { claim: null }, '/sources/0/value', /claim, such as \/date/],
    ['only with a reason', { note: null }, '/sources/0/note', /why the record follows another/],
    ['in no more than 2000 characters', { value: 'x'.repeat(2000) }, '/sources/0/value', /at most 2000 characters/],
  ])('is given %s', async (_, change, pointer, detail) => {
    for (const response of [await add({ ...dispute, ...change }), await addPlan({ ...dispute, claim: '/issued_on', ...change })]) {
      expect(response.statusCode).toBe(422);
      expect(response.json().errors).toEqual([{ pointer, detail: expect.stringMatching(detail) }]);
    }
  });
});

describe('a claim', () => {
  test.each([
    '/date',
    '/summary',
    '/place/city',
    '/details/participants_count',
    '/details/particulars/halls_used/1',
    '/actors/0',
    '/actors/0/role',
  ])('may point to %s', async (claim) => {
    expect((await add({ source, claim })).json().sources).toMatchObject([{ claim }]);
  });

  test.each([
    ['/dat', 'There is no member dat in an event; did you mean /date?'],
    ['/zzzzzzzzzzzz', /^There is no member zzzzzzzzzzzz in an event; there are \/type, \/action, /],
    ['/slug', /^There is no member slug in an event/],
    ['/sources/0', /^There is no member sources in an event/],
    ['/__proto__', /^There is no member __proto__ in an event/],
    ['/place/town', 'There is nothing at /place/town; there are /place/city, /place/country_code.'],
    ['/place/citty', 'There is nothing at /place/citty; did you mean /place/city?'],
    ['/details/participants', /did you mean|there are \/details\/participants_count/],
    ['/details/constructor', /^There is nothing at \/details\/constructor/],
    ['/actors/1', 'There is nothing at /actors/1; /actors has the entries 0 to 0.'],
    ['/actors/length', 'There is nothing at /actors/length; /actors has the entries 0 to 0.'],
    ['/actors/00', 'There is nothing at /actors/00; /actors has the entries 0 to 0.'],
    ['/topics/0', 'There is nothing at /topics/0; /topics has no entries.'],
    [
      '/actors/0/actor/name',
      'There is nothing at /actors/0/actor/name, since /actors/0/actor is a single value; point to /actors/0/actor.',
    ],
    ['/date/year', 'There is nothing at /date/year, since /date is a single value; point to /date.'],
    ['/action/step', 'There is nothing at /action/step, since /action is empty; point to /action.'],
    ['date', 'A claim is a JSON Pointer to the member it backs, such as /date.'],
  ])('%s of an event leads nowhere', async (claim, detail) => {
    const response = await add({ source, claim });
    expect(response.statusCode).toBe(422);
    expect(response.json().errors).toEqual([
      { pointer: '/sources/0/claim', detail: typeof detail === 'string' ? detail : expect.stringMatching(detail) },
    ]);
  });

  test('of a plan points to what a plan has', async () => {
    expect((await addPlan({ source, claim: '/principles/0' })).json().sources).toMatchObject([{ claim: '/principles/0' }]);
    expect((await addPlan({ source, claim: '/isued_on' })).json().errors).toEqual([
      { pointer: '/sources/0/claim', detail: 'There is no member isued_on in an action plan; did you mean /issued_on?' },
    ]);
    expect((await addPlan({ source, claim: '/principles/1' })).statusCode).toBe(422);
  });

  test('is not left pointing at nothing by a later change', async () => {
    const { slug } = (await add({ source, claim: '/actors/0' })).json();
    const response = await api.patch(`/v1/events/${slug}`, { actors: [] });
    expect(response.json()).toMatchObject({ status: 422, errors: [{ pointer: '/sources/0/claim' }] });
    expect((await api.patch(`/v1/events/${slug}`, { actors: [], sources: [{ source, claim: '/title' }] })).statusCode).toBe(200);
  });

  test('with a slash or a tilde in a name is written as RFC 6901 has it', async () => {
    const response = await add({ source, claim: '/details/a~1b~0c' });
    expect(response.json().errors[0].detail).toMatch(/^There is nothing at \/details\/a~1b~0c/);
  });
});
