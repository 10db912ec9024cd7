// Actors belong to others, are found by kind, country and affiliation, and stay while they are needed.
import { beforeAll, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const slugs = async (query: string) => (await api.get(`/v1/actors?${query}`)).json().data.map((actor: { slug: string }) => actor.slug);
beforeAll(async () => {
  await api.post('/v1/actors', {
    slug: 'china',
    kind: 'country',
    name: 'China',
    native_name: '中国',
    country_code: 'cn',
    wikidata_id: 'Q148',
  });
  await api.post('/v1/actors', {
    slug: 'mofcom',
    kind: 'government_body',
    name: 'Ministry of Commerce',
    country_code: 'CN',
    affiliation: 'china',
  });
  await api.post('/v1/actors', {
    slug: 'minister',
    kind: 'person',
    name: 'A Minister',
    affiliation: 'mofcom',
    office: 'Minister of Commerce',
  });
  await api.post('/v1/actors', { slug: 'germany', kind: 'country', name: 'Germany', country_code: 'DE' });
});

test.each([
  ['kind=country', ['china', 'germany']],
  ['kind=country,person', ['minister', 'china', 'germany']],
  ['country=cn', ['china', 'mofcom']],
  ['country=DE,CN&kind=country', ['china', 'germany']],
  ['affiliation=china', ['mofcom']],
  ['affiliation=nobody', []],
])('%s finds %j', async (query, found) => {
  expect(await slugs(query)).toEqual(found);
});

test('a country code is kept in capitals, names as they are written', async () => {
  expect((await api.get('/v1/actors/china')).json()).toMatchObject({ country_code: 'CN', native_name: '中国', wikidata_id: 'Q148' });
});

test.each([{ affiliation: 'nobody' }, { affiliation: 'germany' }, { country_code: 'ZZ' }, { wikidata_id: '148' }, { kind: 'planet' }])(
  'germany cannot have %j',
  async (members) => {
    const answer = await api.patch('/v1/actors/germany', members);
    expect(answer.json()).toMatchObject({ status: 422, errors: [{ pointer: `/${Object.keys(members)[0]}` }] });
  },
);

test('one that others belong to, or that takes part in something, cannot be deleted', async () => {
  await api.post('/v1/events', {
    slug: 'talk',
    type: 'meeting',
    title: 'Talk',
    date: '2025',
    actors: [{ actor: 'germany', role: 'host' }],
  });
  expect((await api.delete('/v1/actors/china')).json().detail).toContain('1 affiliated actor');
  expect((await api.delete('/v1/actors/germany')).json().detail).toContain('1 event');
  await api.delete('/v1/events/talk');
  expect((await api.delete('/v1/actors/germany')).statusCode).toBe(204);
  expect((await api.post('/v1/events/talk/restore')).json()).toMatchObject({ status: 422, errors: [{ pointer: '/actors/0/actor' }] });
  await api.post('/v1/actors/germany/restore');
  expect((await api.post('/v1/events/talk/restore')).statusCode).toBe(200);
});
