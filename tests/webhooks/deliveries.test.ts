// Deliveries to a real server: signed, in order, at least once, whatever the server does.

import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BACK_OFF } from '../../src/webhooks/deliveries.js';
import type { NewWebhook } from '../../src/webhooks/schema.js';
import { useApp } from '../support/app.js';
import { type Receiver, startReceiver, verify } from './receiver.js';

const WAITS = [20, 30, 40];
const api = useApp('empty', {
  allowPrivateWebhooks: true,
  deliveries: { backOff: WAITS, pollMs: 50, timeoutMs: 1500, expireSeconds: 5, runMs: 2000 },
});
const admin = { as: 'admin' } as const;
const silent = { info: () => {}, warn: () => {} };

let receiver: Receiver;
let hook: NewWebhook;
let topics = 0;
beforeAll(() => api.services.deliveries.start(silent));
afterAll(() => api.services.deliveries.stop());
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await api.delete(`/v1/webhooks/${hook.id}`, admin);
  await receiver.close();
});

const subscribe = async (body: object = {}): Promise<NewWebhook> => {
  const made = await api.post('/v1/webhooks', { url: receiver.url, ...body }, admin);
  expect(made.statusCode).toBe(201);
  hook = made.json();
  receiver.secret = hook.secret;
  return hook;
};
const addTopic = async (): Promise<number> => {
  expect((await api.post('/v1/topics', { name: `Topic ${++topics}` })).statusCode).toBe(201);
  return (await feed()).at(-1)!;
};
/** The numbers of all changes. */
const feed = async (): Promise<number[]> =>
  (await api.database.pool.query<{ seq: string }>('select seq from revisions order by seq')).rows.map(({ seq }) => Number(seq));
const read = async () => (await api.get(`/v1/webhooks/${hook.id}`, admin)).json();
const attempts = async () => (await api.get(`/v1/webhooks/${hook.id}/deliveries?limit=200`, admin)).json().data;

test('a change is delivered within a second, as Standard Webhooks has it', async () => {
  await subscribe();
  await addTopic();
  // The first of all makes the queue.
  await expect.poll(() => receiver.received.length).toBe(1);
  const before = Date.now();
  const seq = await addTopic();
  await expect.poll(() => receiver.received.length).toBe(2);
  const message = receiver.received[1];
  expect(message!.at - before).toBeLessThan(1000);
  expect(message).toMatchObject({ verified: true, type: 'topic.created', seq });
  expect(message!.headers).toMatchObject({
    'content-type': 'application/json',
    'webhook-id': `msg_${hook.id.replaceAll('-', '')}_${seq}`,
    'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
    'webhook-signature': expect.stringMatching(/^v1,[\w+/]{43}=$/),
  });
  const { data, timestamp } = JSON.parse(message!.body);
  expect(data).toMatchObject({ entity: 'topic', operation: 'created', version: 1, changed: { name: { to: `Topic ${topics}` } } });
  expect(timestamp).toBe(data.recorded_at);
  await expect.poll(async () => (await read()).position).toBe(seq);
  expect((await attempts())[0]).toEqual({
    message_id: message!.id,
    seq,
    attempt: 1,
    status: 'succeeded',
    response_status: 204,
    duration_ms: expect.any(Number),
    error: null,
    at: expect.any(String),
  });
});

test('a new webhook begins with the next change, or after the one that it names', async () => {
  await subscribe();
  const [early, late] = [await addTopic(), await addTopic()];
  await expect.poll(() => receiver.taken()).toEqual([early, late]);
  const first = hook;
  await subscribe({ since: early });
  await expect.poll(() => receiver.taken()).toEqual([early, late, late]);
  await api.delete(`/v1/webhooks/${first.id}`, admin);
});

test('while the endpoint fails in every way, changes keep their order and none is left out', async () => {
  let requests = 0;
  receiver.answer = (response) => {
    const turn = requests++ % 6;
    if (turn === 0) response.writeHead(500).end('broken');
    else if (turn === 1) response.destroy();
    else if (turn === 3) response.writeHead(302, { location: receiver.url }).end();
    else response.writeHead(turn === 4 ? 429 : 200).end('{"taken":true}');
  };
  await subscribe();
  const seqs: number[] = [];
  for (let index = 0; index < 8; index++) seqs.push(await addTopic());
  await expect.poll(() => receiver.taken(), { timeout: 20_000 }).toEqual(seqs);
  expect(receiver.received.every(({ verified }) => verified)).toBe(true);
  // The same change bears the same id, however often it is sent; no redirect was followed.
  const ids = new Map(receiver.received.map(({ seq, id }) => [seq, id]));
  expect(receiver.received.every(({ seq, id }) => ids.get(seq) === id)).toBe(true);
  expect(new Set(ids.values()).size).toBe(seqs.length);
  expect(receiver.most).toBe(1);
  await expect.poll(async () => (await read()).position).toBe(seqs.at(-1));
  expect(await read()).toMatchObject({ state: 'enabled', failures: 0, next_attempt_at: null });
  const errors = new Set((await attempts()).map(({ error }: { error: string | null }) => error));
  expect([...errors].sort()).toEqual(
    [
      'The endpoint answered 302; redirects are not followed, so give the address that it leads to.',
      'The endpoint answered 429.',
      'The endpoint answered 500.',
      'The endpoint closed the connection before it had answered.',
      null,
    ].sort(),
  );
});

test.each<[string, Receiver['answer'], string | null, number | null]>([
  ['never answers', () => {}, 'The endpoint had not answered in full after 1.5 seconds.', null],
  [
    'begins to answer and never ends',
    (response) => void response.writeHead(200).write('x'),
    'The endpoint had not answered in full after 1.5 seconds.',
    null,
  ],
  ['answers too much', (response) => void pour(response), null, 200],
  [
    'says nothing that is HTTP',
    (response) => void response.socket!.end('hello\r\n\r\n'),
    'The endpoint did not answer in HTTP (HPE_INVALID_CONSTANT).',
    null,
  ],
])('an endpoint that %s holds nothing up', async (_, answer, error, response_status) => {
  receiver.answer = answer;
  await subscribe();
  const seq = await addTopic();
  await expect.poll(async () => (await attempts()).length).toBeGreaterThan(0);
  expect((await attempts()).at(-1)).toMatchObject({ seq, error, response_status, attempt: 1 });
  expect((await attempts()).at(-1).duration_ms).toBeLessThan(4000);
});

/** Bytes without end, as fast as they are taken. */
function pour(response: ServerResponse): void {
  if (!response.headersSent) response.writeHead(200);
  while (!response.destroyed && response.write('x'.repeat(16_384)));
  response.once('drain', () => pour(response));
}

test('after the last attempt the webhook is disabled, says why, and goes on where it stopped once it is enabled', async () => {
  receiver.answer = (response) => response.writeHead(503).end();
  await subscribe();
  const seq = await addTopic();
  const second = await addTopic();
  await expect.poll(async () => (await read()).state).toBe('disabled');
  expect(await read()).toMatchObject({
    disabled_reason: '4 attempts in a row at one change failed; the last one: The endpoint answered 503.',
    disabled_at: expect.any(String),
    failures: 4,
    next_attempt_at: null,
    position: seq - 1,
  });
  expect((await attempts()).map(({ attempt }: { attempt: number }) => attempt)).toEqual([4, 3, 2, 1]);
  receiver.answer = (response) => response.writeHead(204).end();
  const enabled = await api.patch(`/v1/webhooks/${hook.id}`, { state: 'enabled' }, admin);
  expect(enabled.json()).toMatchObject({ state: 'enabled', disabled_reason: null, disabled_at: null, failures: 0 });
  await expect.poll(() => receiver.taken()).toEqual([seq, second]);
});

test('back-off grows from attempt to attempt, with jitter of a fifth either way', async () => {
  receiver.answer = (response) => response.writeHead(500).end();
  await subscribe();
  await addTopic();
  await expect.poll(async () => (await read()).state).toBe('disabled');
  const times = receiver.received.map(({ at }) => at);
  expect(times).toHaveLength(WAITS.length + 1);
  for (const [index, wait] of WAITS.entries()) expect(times[index + 1]! - times[index]!).toBeGreaterThanOrEqual(Math.floor(wait * 0.8) - 2);
});

test('an endpoint is given about three days, and ever longer pauses', () => {
  const days = BACK_OFF.reduce((sum, wait) => sum + wait) / 86_400_000;
  expect(days).toBeGreaterThan(3);
  expect(days).toBeLessThan(3.5);
  expect([...BACK_OFF].sort((one, other) => one - other)).toEqual(BACK_OFF);
});

test('while it waits for the next attempt, another change does not lead to one', async () => {
  receiver.answer = (response) => response.writeHead(500).end();
  await subscribe();
  await addTopic();
  await expect.poll(async () => (await read()).failures).toBeGreaterThan(0);
  await api.database.pool.query(
    `update webhooks set next_attempt_at = now() + interval '1 hour', failures = 1, state = 'enabled',
    disabled_reason = null, disabled_at = null where id = $1`,
    [hook.id],
  );
  const before = receiver.received.length;
  const other = (await api.post('/v1/webhooks', { url: receiver.url }, admin)).json();
  await addTopic();
  // The other one has had it, and more than once.
  await expect.poll(() => receiver.received.filter(({ id }) => id.includes(other.id.replaceAll('-', ''))).length).toBeGreaterThan(1);
  expect(receiver.received.slice(before).filter(({ id }) => id.includes(hook.id.replaceAll('-', '')))).toEqual([]);
  await api.delete(`/v1/webhooks/${other.id}`, admin);
});

test('410 Gone disables at once', async () => {
  receiver.answer = (response) => response.writeHead(410).end();
  await subscribe();
  await addTopic();
  await expect.poll(async () => (await read()).state).toBe('disabled');
  expect((await read()).disabled_reason).toBe('The endpoint answered 410 Gone.');
  expect(await attempts()).toHaveLength(1);
});

test('an endpoint that hangs does not hold up another one', async () => {
  const slow = await startReceiver(() => {});
  const other = (await api.post('/v1/webhooks', { url: slow.url }, admin)).json();
  await subscribe();
  const before = Date.now();
  const seq = await addTopic();
  await expect.poll(() => receiver.taken()).toEqual([seq]);
  expect(receiver.received[0]!.at - before).toBeLessThan(1400);
  await api.delete(`/v1/webhooks/${other.id}`, admin);
  await slow.close();
});

test('filters choose what is delivered, and the position moves over the rest', async () => {
  await subscribe({ filters: { entity: ['topic'], operation: ['deleted'] } });
  await addTopic();
  expect((await api.delete(`/v1/topics/topic-${topics}`)).statusCode).toBe(204);
  const deleted = (await feed()).at(-1)!;
  await addTopic();
  await expect.poll(async () => (await read()).position).toBe(deleted + 1);
  expect(receiver.received.map(({ type, seq }) => [type, seq])).toEqual([['topic.deleted', deleted]]);
});

describe('what only editors may see', () => {
  const draft = { type: 'other', title: 'A draft', date: '2025', state: 'draft' };

  test('is not delivered, not even when it is asked for by filter', async () => {
    await subscribe({ filters: { entity: ['event', 'topic'] } });
    expect((await api.post('/v1/events', { ...draft, slug: 'hidden' })).statusCode).toBe(201);
    const seq = await addTopic();
    await expect.poll(() => receiver.taken()).toEqual([seq]);
    expect(receiver.received.map(({ body }) => body).join()).not.toContain('hidden');
  });

  test('is delivered where an admin chose so', async () => {
    await subscribe({ include_hidden: true });
    expect((await api.post('/v1/events', { ...draft, slug: 'shown' })).statusCode).toBe(201);
    await expect.poll(() => receiver.received.map(({ type }) => type)).toEqual(['event.created']);
    expect(receiver.received[0]!.body).toContain('"slug":"shown"');
  });
});

test('replay delivers again from a change on, under the same ids', async () => {
  await subscribe();
  const seqs = [await addTopic(), await addTopic(), await addTopic()];
  await expect.poll(() => receiver.taken()).toEqual(seqs);
  const answer = await api.post(`/v1/webhooks/${hook.id}/replay?since=${seqs[0]}`, undefined, admin);
  expect(answer.json()).toMatchObject({ position: seqs[0] });
  await expect.poll(() => receiver.taken()).toEqual([...seqs, seqs[1], seqs[2]]);
  expect(receiver.received[3]!.id).toBe(receiver.received[1]!.id);
});

test('a test delivery is signed, and answers what came back, whatever the state', async () => {
  receiver.answer = (response) => response.writeHead(418).end('short and stout');
  await subscribe();
  await api.patch(`/v1/webhooks/${hook.id}`, { state: 'disabled' }, admin);
  const answer = await api.post(`/v1/webhooks/${hook.id}/test`, undefined, admin);
  expect(answer.json()).toMatchObject({
    status: 'failed',
    response_status: 418,
    response_body: 'short and stout',
    error: 'The endpoint answered 418.',
    seq: null,
  });
  expect(receiver.received).toMatchObject([{ verified: true, type: 'webhook.test', id: answer.json().message_id }]);
  expect(await attempts()).toMatchObject([{ message_id: answer.json().message_id, response_status: 418 }]);
  expect(await read()).toMatchObject({ state: 'disabled', disabled_reason: 'An admin disabled it.', failures: 0 });
});

test('after a rotation messages bear both signatures, so that either secret verifies', async () => {
  const { secret: old, id } = await subscribe();
  const { secret } = (await api.post(`/v1/webhooks/${id}/rotate-secret`, undefined, admin)).json();
  expect(secret).not.toBe(old);
  await addTopic();
  await expect.poll(() => receiver.received.length).toBe(1);
  const [{ body, headers }] = receiver.received as [Receiver['received'][number]];
  expect([verify(old, body, headers), verify(secret, body, headers)]).toEqual([true, true]);
  await api.database.pool.query(`update webhooks set previous_secret_until = now() - interval '1 second' where id = $1`, [id]);
  await addTopic();
  await expect.poll(() => receiver.received.length).toBe(2);
  const later = receiver.received[1]!;
  expect([verify(old, later.body, later.headers), verify(secret, later.body, later.headers)]).toEqual([false, true]);
});

test('the newest thousand attempts are kept', async () => {
  await subscribe();
  await api.database.pool.query(
    `insert into webhook_deliveries (webhook_id, message_id, seq, attempt, status, duration_ms, at)
     select $1, 'old', n, 1, 'succeeded', 1, now() from generate_series(1, 1200) n`,
    [hook.id],
  );
  await addTopic();
  await expect.poll(() => receiver.taken().length).toBe(1);
  const count = async () =>
    (await api.database.pool.query(`select count(*)::int as n from webhook_deliveries where webhook_id = $1`, [hook.id])).rows[0].n;
  await expect.poll(count).toBe(1000);
  expect((await attempts())[0].message_id).not.toBe('old');
});
