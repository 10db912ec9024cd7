// How far an item has come: an editor's judgement, with its reason and its history, beside what the events say.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const itself = '/v1/action-plans/the-plan/items/1';

beforeAll(async () => {
  await api.post('/v1/action-plans', { slug: 'the-plan', title: 'The plan' });
  await api.post('/v1/action-plans/the-plan/items', { number: 1, title: 'The first' });
});

test('nobody has judged an item at first, and its document says nothing of a status', async () => {
  expect((await api.get(itself)).json()).toMatchObject({ status: null, status_since: null, status_reason: null });
  expect((await api.get(`${itself}/revisions/1`)).json().state).not.toHaveProperty('status');
});

test('an editor judges it, with a reason, and it is in the history', async () => {
  const judged = { status: 'in_progress', status_since: '2026-07', status_reason: 'The charter names it.' };
  expect((await api.patch(itself, { ...judged, reason: 'editorial' })).json()).toMatchObject(judged);
  expect((await api.get('/v1/action-plans/the-plan')).json().items[0].status).toBe('in_progress');
  expect((await api.get('/v1/action-plans/the-plan/coverage')).json().items[0].status).toBe('in_progress');
  const { data } = (await api.get(`${itself}/revisions`)).json();
  expect(data.find(({ version }: { version: number }) => version === 2)).toMatchObject({ reason: 'editorial' });
  expect((await api.get(`${itself}/revisions/2`)).json().state).toMatchObject(judged);
});

test('null takes it back, and reverting brings it again', async () => {
  await api.patch(itself, { status: null, status_since: null, status_reason: null });
  expect((await api.get(itself)).json()).toMatchObject({ status: null, status_reason: null, version: 3 });
  await api.post(`${itself}/revert`, { version: 2 });
  expect((await api.get(itself)).json()).toMatchObject({ status: 'in_progress', status_since: '2026-07', version: 4 });
});

describe('what is no judgement', () => {
  test.each<[string, object, string]>([
    ['one without a reason', { status: 'done', status_reason: null }, '/status_reason'],
    ['a reason without one', { status: null }, '/status'],
    ['one that is unknown', { status: 'fine' }, '/status'],
  ])('%s', async (_, patch, pointer) => {
    const answer = await api.patch(itself, patch);
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors[0].pointer).toBe(pointer);
  });
});

test('only editors judge', async () => {
  for (const as of [null, 'contributor'] as const)
    expect([401, 403]).toContain((await api.patch(itself, { status: 'done', status_reason: 'x' }, { as })).statusCode);
});

test('an item answers its own short timeline: the latest ten developments, the newest first, published ones alone', async () => {
  const add = (slug: string, date: string, members: object = {}) =>
    api.post('/v1/events', {
      slug,
      type: 'other',
      title: slug,
      date,
      action_items: [{ plan: 'the-plan', item: 1, effect: 'advances', note: 'By name.' }],
      ...members,
    });
  for (let day = 1; day <= 11; day++) await add(`event-${day}`, `2026-01-${String(day).padStart(2, '0')}`);
  await add('month', '2026-01');
  await add('draft', '2026-02', { state: 'draft' });
  const { timeline, coverage } = (await api.get(itself)).json();
  expect(timeline).toHaveLength(10);
  expect(timeline[0]).toEqual({
    slug: 'event-11',
    title: 'event-11',
    type: 'other',
    date: '2026-01-11',
    certainty: 'confirmed',
    effect: 'advances',
    note: 'By name.',
  });
  expect(timeline.at(-1).slug).toBe('event-2');
  expect(coverage).toMatchObject({ advances: 12, balance: 12, last_event_on: '2026-01-11' });
});

test('a write answers what the next read answers, tag and all', async () => {
  const written = await api.patch(itself, { title: 'The first of all' });
  const read = await api.get(itself);
  expect([written.body, written.headers.etag]).toEqual([read.body, read.headers.etag]);
});
