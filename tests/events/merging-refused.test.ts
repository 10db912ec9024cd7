// What cannot become one event stays two, and is told why; what is sent again is done once.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const at = (slug: string, rest = '') => `/v1/events/${slug}${rest}`;
let count = 0;

const add = async (members: object = {}) => {
  const slug = `event-${++count}`;
  expect(
    (await api.post('/v1/events', { slug, type: 'speech', title: `Speech ${count}`, date: '2025-07-26', ...members })).statusCode,
  ).toBe(201);
  return slug;
};
const merge = (slug: string, into: string, more: object = {}, sending = {}) => api.post(at(slug, '/merge'), { into, ...more }, sending);

beforeAll(async () => {
  await api.post('/v1/topics', { slug: 'safety', name: 'safety' });
});

describe('it is refused', () => {
  test.each<[string, (slug: string) => Promise<string> | string, number]>([
    ['into itself', (slug) => slug, 422],
    ['into nothing', () => 'nothing', 422],
    [
      'into what was deleted',
      async () => {
        const gone = await add();
        await api.delete(at(gone));
        return gone;
      },
      422,
    ],
    [
      'into what was merged',
      async () => {
        const gone = await add();
        await merge(gone, await add());
        return gone;
      },
      422,
    ],
    [
      'into what is withdrawn',
      async () => {
        const gone = await add();
        await api.patch(at(gone), { state: 'withdrawn' });
        return gone;
      },
      409,
    ],
  ])('%s', async (_, intoWhat, status) => {
    const slug = await add();
    const answer = await merge(slug, await intoWhat(slug));
    expect(answer.json()).toMatchObject({ status, ...(status === 422 && { errors: [{ pointer: '/into' }] }) });
    expect((await api.get(at(slug))).statusCode).toBe(200);
  });

  test('from who may not, of what is not there, of another version, and in another form', async () => {
    const [a, b] = [await add(), await add()];
    expect((await merge(a, b, {}, { as: null })).statusCode).toBe(401);
    expect((await merge(a, b, {}, { as: 'contributor' })).statusCode).toBe(403);
    expect((await merge('nothing', b)).statusCode).toBe(404);
    expect((await merge(a, b, {}, { headers: { 'if-match': '"9"' } })).statusCode).toBe(412);
    expect((await merge(a, b, { in: b })).json()).toMatchObject({ status: 422, errors: [{ pointer: '/in' }] });
    expect((await api.patch(at(a), { merged_into: b })).statusCode).toBe(422);
  });
});

test('with validate_only nothing is kept, and under one key it is done once', async () => {
  const [winner, loser] = [await add(), await add({ topics: ['safety'] })];
  const would = await api.post(at(loser, '/merge?validate_only=true'), { into: winner });
  expect(would.json()).toMatchObject({ slug: winner, version: 2, merged: { slug: loser } });
  expect((await api.get(at(loser))).statusCode).toBe(200);
  const headers = { 'idempotency-key': 'merge-once', 'if-match': '"1"' };
  const first = await merge(loser, winner, {}, { headers });
  const second = await merge(loser, winner, {}, { headers });
  expect([first.statusCode, second.statusCode]).toEqual([200, 200]);
  expect(second.body).toBe(first.body);
});

describe('what was merged', () => {
  const merged = async () => {
    const [loser, winner] = [await add(), await add()];
    await merge(loser, winner);
    return { loser, winner };
  };

  test('is not changed, and who tries is told what it became part of', async () => {
    const { loser, winner } = await merged();
    for (const answer of [
      await api.patch(at(loser), { summary: 'x' }),
      await api.delete(at(loser)),
      await api.post(at(loser, '/publish')),
      await merge(loser, winner),
    ])
      expect(answer.json()).toMatchObject({
        status: 410,
        detail: expect.stringMatching(new RegExp(`^The event ${loser} was merged into ${winner} on .*; change that one\\.$`)),
        tombstone: { state: 'merged' },
      });
  });

  test('keeps its slug, and who wants that is told what it became part of', async () => {
    const { loser, winner } = await merged();
    const event = { slug: loser, type: 'speech', title: 'Speech', date: '2025-07-26' };
    const detail = `There is an event ${loser} already; it was merged into ${winner}: change that one, or choose another slug.`;
    expect((await api.post('/v1/events', event)).json()).toMatchObject({ status: 409, detail });
    const batch = await api.post('/v1/events/batch?upsert=true', [event]);
    expect(batch.json().data).toEqual([{ line: 1, status: 'conflict', errors: [{ pointer: '/slug', detail }] }]);
  });

  test('is not what a proposal can be about', async () => {
    const { loser, winner } = await merged();
    const answer = await api.post('/v1/proposals', {
      target: { entity: 'event', id: loser },
      change: { summary: 'x' },
      rationale: 'Because',
      sources: ['https://example.org/why'],
    });
    expect(answer.json()).toMatchObject({
      status: 422,
      detail: expect.stringMatching(new RegExp(`^The event ${loser} was merged into ${winner} on .*; propose it of that one\\.$`)),
      errors: [{ pointer: '/target/id' }],
    });
  });
});
