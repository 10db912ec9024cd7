// Drafts are kept until somebody publishes them, and what was published is withdrawn by name: each with why.
import { beforeEach, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
let number = 0;
let slug: string;
const make = async (state: string) => {
  slug = `event-${++number}`;
  const answer = await api.post('/v1/events', { type: 'statement', title: `Event ${number}`, date: '2025-01-01', slug, state });
  expect(answer.statusCode).toBe(201);
};
const step = (name: string, body?: object, headers: Record<string, string> = {}) =>
  api.post(`/v1/events/${slug}/${name}`, body, { headers });
const feed = async (as: 'editor' | null) =>
  (await api.get('/v1/changes?limit=1000&entity=event', { as })).json().data.filter((one: { slug: string }) => one.slug === slug);

describe('a draft', () => {
  beforeEach(() => make('draft'));

  test('is not published by its date, nor by anything but a step', async () => {
    expect((await api.get(`/v1/events/${slug}`)).statusCode).toBe(404);
    await api.post(`/v1/topics`, { name: `Topic ${slug}` });
    expect((await api.get(`/v1/events/${slug}`, { as: 'editor' })).json()).toMatchObject({
      state: 'draft',
      published_at: null,
      date: '2025-01-01',
    });
  });

  test.each(['draft', 'in_review'])('is published from %s, with why', async (state) => {
    if (state !== 'draft') await api.patch(`/v1/events/${slug}`, { state });
    const answer = await step('publish', { reason: 'new_development', comment: 'Confirmed.' });
    expect([answer.statusCode, answer.json().state]).toEqual([200, 'published']);
    expect((await api.get(`/v1/events/${slug}`)).headers.etag).toBe(answer.headers.etag);
    const { data } = (await api.get(`/v1/events/${slug}/revisions?limit=1`, { as: 'editor' })).json();
    expect(data[0]).toMatchObject({
      operation: 'published',
      reason: 'new_development',
      comment: 'Confirmed.',
      author: 'test editor',
      changed: ['state'],
    });
    for (const as of ['editor', null] as const)
      expect((await feed(as)).at(-1)).toMatchObject({ operation: 'published', reason: 'new_development' });
    expect(
      (await api.get('/v1/timeline?from=2025-01-01&to=2025-01-01&limit=200')).json().data.map((one: { slug: string }) => one.slug),
    ).toContain(slug);
  });

  test('is not withdrawn', async () => {
    const answer = await step('withdraw', {});
    expect([answer.statusCode, answer.json().detail]).toEqual([
      409,
      `The event ${slug} is a draft, which no reader sees; delete it instead.`,
    ]);
  });

  test('is published once under one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': `publish-${slug}` };
    const [one, other] = [await step('publish', {}, headers), await step('publish', {}, headers)];
    expect([one.statusCode, other.statusCode, other.body]).toEqual([200, 200, one.body]);
  });
});

describe('what is published', () => {
  beforeEach(() => make('published'));

  test('is withdrawn, with why, and leaves its tombstone', async () => {
    const answer = await step('withdraw', { reason: 'correction', comment: 'It was another one.' });
    expect([answer.statusCode, answer.json().state]).toEqual([200, 'withdrawn']);
    const gone = await api.get(`/v1/events/${slug}`);
    expect([gone.statusCode, gone.json().tombstone]).toEqual([
      410,
      expect.objectContaining({ state: 'withdrawn', reason: 'correction', version: 2 }),
    ]);
    for (const as of ['editor', null] as const)
      expect((await feed(as)).at(-1)).toMatchObject({ operation: 'withdrawn', reason: 'correction' });
    expect((await step('publish')).json().detail).toContain('POST /restore');
    expect((await step('withdraw')).json().detail).toContain('is withdrawn already');
    expect((await step('restore')).json().state).toBe('published');
  });

  test('is not published again', async () => {
    expect((await step('publish')).json()).toMatchObject({
      status: 409,
      detail: `The event ${slug} is published already; there is nothing to publish.`,
    });
  });

  test('needs no body, and takes none that it does not know', async () => {
    expect((await step('withdraw', { why: 'x' })).statusCode).toBe(422);
    expect((await step('withdraw')).statusCode).toBe(200);
  });

  test('is withdrawn only as it was read, with If-Match, and not kept with validate_only', async () => {
    expect((await step('withdraw', {}, { 'if-match': '"7"' })).statusCode).toBe(412);
    expect((await api.post(`/v1/events/${slug}/withdraw?validate_only=true`)).json().state).toBe('withdrawn');
    expect((await step('withdraw', {}, { 'if-match': '"1"' })).statusCode).toBe(200);
  });

  test('or is deleted or not there: neither is found', async () => {
    await api.delete(`/v1/events/${slug}`);
    expect([(await step('publish')).statusCode, (await step('withdraw')).statusCode]).toEqual([410, 410]);
    slug = 'not-there';
    expect((await step('publish')).statusCode).toBe(404);
  });
});

describe.each(['draft', 'in_review', 'withdrawn'])('what is %s', (state) => {
  const event = () => ({ type: 'statement', title: 'Told anew', date: '2025-01-02', slug });

  beforeEach(async () => {
    await make(state === 'withdrawn' ? 'published' : state);
    if (state === 'withdrawn') await step('withdraw');
  });

  test('stays so when it is replaced without a word on its state, by PUT and by upsert', async () => {
    expect((await api.put(`/v1/events/${slug}`, event())).json()).toMatchObject({ state, title: 'Told anew' });
    const { data } = (await api.post('/v1/events/batch?upsert=true', [{ ...event(), title: 'And again' }])).json();
    expect(data).toMatchObject([{ status: 'updated' }]);
    expect((await api.get(`/v1/events/${slug}`)).statusCode).toBe(state === 'withdrawn' ? 410 : 404);
  });

  test('stays so when its state is taken out of it', async () => {
    expect((await api.patch(`/v1/events/${slug}`, { state: null, title: 'Told anew' })).json()).toMatchObject({
      state,
      title: 'Told anew',
    });
  });
});
