// Who adds a development is told what it is like, and may have it refused where it is there already.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const event = { type: 'proposal', title: 'China proposes a global AI cooperation organisation', date: '2025-07-26' };
const same = { ...event, title: 'China proposes global AI cooperation organization' };
const other = { type: 'legislation', title: 'Chile adopts its first law on neural rights', date: '2021-10-25' };
const count = async () => (await api.get('/v1/events?total=true')).json().page.total as number;

beforeAll(async () => {
  await api.post('/v1/events', { ...event, slug: 'proposal' });
});

test('what is like it stands beside it, and its ETag is that of the event alone', async () => {
  const answer = await api.post('/v1/events', { ...same, slug: 'again' });
  expect(answer.statusCode).toBe(201);
  const { similar, ...made } = answer.json();
  expect(similar).toMatchObject([{ slug: 'proposal', likely: true, reasons: [{ kind: 'title' }, { kind: 'date', days: 0 }] }]);
  const read = await api.get('/v1/events/again');
  expect(read.json()).toEqual(made);
  expect(answer.headers.etag).toBe(read.headers.etag);
  expect(
    (await api.patch('/v1/events/again', { significance: 4 }, { headers: { 'if-match': answer.headers.etag as string } })).statusCode,
  ).toBe(200);
  await api.delete('/v1/events/again');
});

test('where nothing is like it, the list is empty', async () => {
  expect((await api.post('/v1/events?validate_only=true', other)).json().similar).toEqual([]);
});

test('it is told by two statements at most', async () => {
  const statements = await api.countStatements(() => api.post('/v1/events?validate_only=true', same));
  expect(statements.filter((text) => text.includes('similarity('))).toHaveLength(1);
});

describe('with reject_duplicates', () => {
  test('what is there already is refused with the candidates, and nothing is kept', async () => {
    const before = await count();
    const answer = await api.post('/v1/events?reject_duplicates=true', { ...same, slug: 'again-2' });
    expect(answer.json()).toMatchObject({
      type: '/problems/duplicate',
      status: 409,
      detail: expect.stringContaining('proposal'),
      similar: [{ slug: 'proposal', likely: true }],
    });
    expect(await count()).toBe(before);
    expect((await api.get('/v1/events/again-2')).statusCode).toBe(404);
  });

  test('what is not there is added', async () => {
    expect((await api.post('/v1/events?reject_duplicates=true', { ...other, slug: 'law' })).statusCode).toBe(201);
  });

  test('of a draft too, which only its editors know of', async () => {
    const draft = { ...other, title: 'Peru adopts a law on artificial intelligence', slug: 'draft', state: 'draft' };
    await api.post('/v1/events', draft);
    const answer = await api.post('/v1/events?reject_duplicates=true', {
      ...draft,
      slug: 'draft-2',
      title: 'Peru adopts law on artificial intelligence',
    });
    expect(answer.json()).toMatchObject({ status: 409, similar: [{ slug: 'draft', state: 'draft' }] });
  });

  test('a mistake in what was sent is told first', async () => {
    const answer = await api.post('/v1/events?reject_duplicates=true', { ...same, actors: [{ actor: 'nobody', role: 'speaker' }] });
    expect(answer.json()).toMatchObject({ status: 422, errors: [{ pointer: '/actors/0/actor' }] });
  });

  test('a value that is none is refused', async () => {
    expect((await api.post('/v1/events?reject_duplicates=perhaps', same)).json()).toMatchObject({
      status: 400,
      errors: [{ parameter: 'reject_duplicates' }],
    });
    expect((await api.post('/v1/topics?reject_duplicates=true', { name: 'Topic' })).statusCode).toBe(400);
  });
});

test('sent again under one Idempotency-Key it is answered the same, with what it was like then', async () => {
  const headers = { 'idempotency-key': 'once' };
  const first = await api.post('/v1/events', { ...same, slug: 'once' }, { headers });
  const second = await api.post('/v1/events', { ...same, slug: 'once' }, { headers });
  expect(first.statusCode).toBe(201);
  expect(second.body).toBe(first.body);
  expect(second.headers).toMatchObject({ etag: first.headers.etag, 'idempotency-replayed': 'true' });
});
