// Relations are read from both ends.
import { beforeAll, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const add = (slug: string, date: string, related: object[] = [], members: object = {}) =>
  api.post('/v1/events', { slug, type: 'other', title: slug, date, related, ...members });
const read = async (slug: string, query = '') => {
  const response = await api.get(`/v1/events/${slug}/related?${query}`);
  expect(response.statusCode).toBe(200);
  return response.json() as {
    data: { relation: string; direction: string; event: { slug: string } }[];
    page: { next: string | null; previous: string | null };
  };
};
const told = async (slug: string, query = '') =>
  (await read(slug, query)).data.map(({ relation, direction, event }) => `${direction} ${relation} ${event.slug}`);

beforeAll(async () => {
  await add('law', '2024');
  await add('speech', '2025', [{ event: 'law', relation: 'responds_to' }]);
  await add('reform', '2026', [
    { event: 'law', relation: 'amends' },
    { event: 'law', relation: 'implements' },
    { event: 'speech', relation: 'follows_up' },
  ]);
  await add('secret', '2026', [{ event: 'law', relation: 'supersedes' }], { state: 'draft' });
});

test('what an event names, and what names it, as they happened', async () => {
  expect(await told('speech')).toEqual(['to responds_to law', 'from follows_up reform']);
  expect(await told('law')).toEqual(['from responds_to speech', 'from amends reform', 'from implements reform']);
});

test('some relations, or one end', async () => {
  expect(await told('law', 'relation=amends,supersedes')).toEqual(['from amends reform']);
  expect(await told('reform', 'direction=from')).toEqual([]);
  expect(await told('reform', 'direction=to&relation=follows_up')).toEqual(['to follows_up speech']);
});

test('each is whole, page by page, both ways', async () => {
  const whole = (await read('law')).data;
  expect(whole[0]!.event).toEqual((await api.get('/v1/events/speech')).json());
  const seen = [];
  let page = await read('law', 'limit=1');
  for (;;) {
    seen.push(...page.data);
    if (page.page.next === null) break;
    page = (await api.get(page.page.next)).json();
  }
  expect(seen).toEqual(whole);
  expect((await api.get(page.page.previous!)).json().data).toEqual([whole[1]]);
});

test('of what one may not see, nothing is told', async () => {
  expect((await api.get('/v1/events/secret/related')).statusCode).toBe(404);
  expect((await api.get('/v1/events/law/related')).body).not.toContain('secret');
  await api.delete('/v1/events/reform');
  expect((await api.get('/v1/events/reform/related')).statusCode).toBe(410);
  expect(await told('speech')).toEqual(['to responds_to law']);
  await api.post('/v1/events/reform/restore');
});

test('a cursor of another event is refused', async () => {
  const { page } = await read('law', 'limit=1');
  const cursor = new URL(page.next!, 'http://host').searchParams.get('cursor');
  expect((await api.get(`/v1/events/speech/related?cursor=${cursor}`)).json()).toMatchObject({
    status: 400,
    errors: [{ parameter: 'cursor' }],
  });
});
