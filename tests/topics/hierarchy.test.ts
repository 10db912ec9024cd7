// Topics stand under broader ones, and never under themselves.
import { beforeAll, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
beforeAll(async () => {
  await api.post('/v1/topics', { slug: 'policy', name: 'Policy' });
  await api.post('/v1/topics', { slug: 'trade', name: 'Trade', broader: 'policy' });
  await api.post('/v1/topics', { slug: 'chips', name: 'Chips', broader: 'trade' });
});

test('those directly under one are listed', async () => {
  const under = async (slug: string) =>
    (await api.get(`/v1/topics?broader=${slug}`)).json().data.map((topic: { slug: string }) => topic.slug);
  expect(await under('policy')).toEqual(['trade']);
  expect(await under('chips')).toEqual([]);
});

test.each([
  ['policy', 'policy'],
  ['policy', 'trade'],
  ['policy', 'chips'],
])('%s cannot stand under %s', async (topic, broader) => {
  expect((await api.patch(`/v1/topics/${topic}`, { broader })).json()).toMatchObject({ status: 422, errors: [{ pointer: '/broader' }] });
});

test('a broader topic must exist', async () => {
  expect((await api.patch('/v1/topics/chips', { broader: 'nothing' })).json()).toMatchObject({
    errors: [{ pointer: '/broader', detail: expect.stringContaining('nothing') }],
  });
});

test('one that has narrower ones cannot be deleted', async () => {
  expect((await api.delete('/v1/topics/trade')).json().detail).toContain('in use by 1 narrower topic');
});
