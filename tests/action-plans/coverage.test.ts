// Action plans: numbered commitments, each with how many developments bear on it.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const plan = '/v1/action-plans/the-plan';
const coverageOf = async (number: number) => (await api.get(`${plan}/items/${number}`)).json().coverage;
const link = (slug: string, date: string, effect: string, members: object = {}) =>
  api.post('/v1/events', { slug, type: 'other', title: slug, date, action_items: [{ plan: 'the-plan', item: 1, effect }], ...members });

beforeAll(async () => {
  await api.post('/v1/topics', { name: 'Compute' });
  await api.post('/v1/action-plans', {
    slug: 'the-plan',
    title: 'Global action plan',
    title_variants: [{ title: '全球行动计划', language: 'ZH' }],
    sources: [{ source: { url: 'https://example.org/plan', title: 'The plan' } }],
  });
  await api.post(`${plan}/items`, { number: 2, title: 'The second', topics: ['compute'] });
  await api.post(`${plan}/items`, { number: 1, title: 'The first' });
});

test('a plan shows its title in other languages, its sources, and its items in their order', async () => {
  expect((await api.get(plan)).json()).toMatchObject({
    title_variants: [{ title: '全球行动计划', language: 'zh' }],
    sources: [{ url: 'https://example.org/plan', title: 'The plan' }],
    items: [
      { number: 1, title: 'The first', topics: [] },
      { number: 2, title: 'The second', topics: ['compute'] },
    ],
  });
});

test('coverage counts published developments by their effect, and tells the latest', async () => {
  expect(await coverageOf(1)).toEqual({ advances: 0, hinders: 0, mentions: 0, balance: 0, last_event_on: null });
  await link('one', '2025-07', 'advances');
  await link('two', '2025-09-01', 'advances');
  await link('three', '2025-08', 'hinders');
  await link('draft', '2026', 'mentions', { state: 'draft' });
  const counted = { advances: 2, hinders: 1, mentions: 0, balance: 1, last_event_on: '2025-09-01' };
  expect(await coverageOf(1)).toEqual(counted);
  expect((await api.get(plan)).json().items[0].coverage).toEqual(counted);
  await api.delete('/v1/events/two');
  expect(await coverageOf(1)).toEqual({ ...counted, advances: 1, balance: 0, last_event_on: '2025-08-01' });
});

describe('items', () => {
  test('are listed by number, and by topic', async () => {
    const numbers = async (query: string) =>
      (await api.get(`${plan}/items?${query}`)).json().data.map((item: { number: number }) => item.number);
    expect(await numbers('')).toEqual([1, 2]);
    expect(await numbers('sort=-number')).toEqual([2, 1]);
    expect(await numbers('topic=compute')).toEqual([2]);
  });

  test('are found by the id of the plan too', async () => {
    const { id } = (await api.get(plan)).json();
    expect((await api.get(`/v1/action-plans/${id}/items/1`)).body).toBe((await api.get(`${plan}/items/1`)).body);
    expect((await api.post(`/v1/action-plans/${id}/items`, { number: 3, title: 'The third' })).headers.location).toBe(`${plan}/items/3`);
  });

  test('of a plan that is not there are not there', async () => {
    expect((await api.get('/v1/action-plans/nothing/items')).statusCode).toBe(404);
    expect((await api.post('/v1/action-plans/nothing/items', { number: 1, title: 'x' })).statusCode).toBe(404);
  });

  test('go with their plan, and come back with it', async () => {
    await api.post('/v1/action-plans', { slug: 'short-lived', title: 'Short' });
    await api.post('/v1/action-plans/short-lived/items', { number: 1, title: 'One' });
    await api.delete('/v1/action-plans/short-lived');
    for (const url of ['/v1/action-plans/short-lived/items', '/v1/action-plans/short-lived/items/1'])
      expect((await api.get(url)).statusCode).toBe(410);
    await api.post('/v1/action-plans/short-lived/restore');
    expect((await api.get('/v1/action-plans/short-lived/items/1')).statusCode).toBe(200);
  });

  test('that developments bear on cannot be deleted, nor can their plan', async () => {
    for (const url of [`${plan}/items/1`, plan])
      expect((await api.delete(url)).json()).toMatchObject({ status: 409, detail: expect.stringMatching(/in use by \d events/) });
  });
});
