// Deliveries to a real server: signed, in order, at least once, to each endpoint what it asked for.
import { describe, expect, test } from 'vitest';
import { admin, useDeliveries } from './delivering.js';
import { type Receiver, startReceiver, verify } from './receiver.js';

const on = useDeliveries();
const { api, subscribe, addTopic, feed, read, attempts } = on;

test('a change is delivered as Standard Webhooks has it', async () => {
  await subscribe();
  const seq = await addTopic();
  await expect.poll(() => on.receiver.received.length).toBe(1);
  const [message] = on.receiver.received;
  expect(message).toMatchObject({ verified: true, type: 'topic.created', seq });
  expect(message!.headers).toMatchObject({
    'content-type': 'application/json',
    'webhook-id': `msg_${on.hook.id.replaceAll('-', '')}_${seq}`,
    'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
    'webhook-signature': expect.stringMatching(/^v1,[\w+/]{43}=$/),
  });
  const { data, timestamp } = JSON.parse(message!.body);
  expect(data).toMatchObject({ entity: 'topic', operation: 'created', version: 1, changed: { name: { to: `Topic ${on.topics}` } } });
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
  await expect.poll(() => on.receiver.taken()).toEqual([early, late]);
  const first = on.hook;
  await subscribe({ since: early });
  await expect.poll(() => on.receiver.taken()).toEqual([early, late, late]);
  await api.delete(`/v1/webhooks/${first.id}`, admin);
});

test('while the endpoint fails in every way, changes keep their order and none is left out', async () => {
  let requests = 0;
  on.receiver.answer = (response) => {
    const turn = requests++ % 6;
    if (turn === 0) response.writeHead(500).end('broken');
    else if (turn === 1) response.destroy();
    else if (turn === 3) response.writeHead(302, { location: on.receiver.url }).end();
    else response.writeHead(turn === 4 ? 429 : 200).end('{"taken":true}');
  };
  await subscribe();
  const seqs: number[] = [];
  for (let index = 0; index < 8; index++) seqs.push(await addTopic());
  await expect.poll(() => on.receiver.taken(), { timeout: 20_000 }).toEqual(seqs);
  expect(on.receiver.received.every(({ verified }) => verified)).toBe(true);
  // The same change bears the same id, however often it is sent; no redirect was followed.
  const ids = new Map(on.receiver.received.map(({ seq, id }) => [seq, id]));
  expect(on.receiver.received.every(({ seq, id }) => ids.get(seq) === id)).toBe(true);
  expect(new Set(ids.values()).size).toBe(seqs.length);
  expect(on.receiver.most).toBe(1);
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

test('an endpoint that hangs does not hold up another one', async () => {
  const slow = await startReceiver(() => {});
  const other = (await api.post('/v1/webhooks', { url: slow.url }, admin)).json();
  await subscribe();
  const seq = await addTopic();
  await expect.poll(() => on.receiver.taken()).toEqual([seq]);
  const failed = async () => (await api.get(`/v1/webhooks/${other.id}/deliveries`, admin)).json().data.at(-1);
  await expect.poll(failed).toMatchObject({ seq, status: 'failed' });
  const { at, duration_ms } = await failed();
  expect(on.receiver.received[0]!.at).toBeLessThan(Date.parse(at) + duration_ms);
  await api.delete(`/v1/webhooks/${other.id}`, admin);
  await slow.close();
});

test('filters choose what is delivered, and the position moves over the rest', async () => {
  await subscribe({ filters: { entity: ['topic'], operation: ['deleted'] } });
  await addTopic();
  expect((await api.delete(`/v1/topics/topic-${on.topics}`)).statusCode).toBe(204);
  const deleted = (await feed()).at(-1)!;
  await addTopic();
  await expect.poll(async () => (await read()).position).toBe(deleted + 1);
  expect(on.receiver.received.map(({ type, seq }) => [type, seq])).toEqual([['topic.deleted', deleted]]);
});

describe('what only editors may see', () => {
  const draft = { type: 'other', title: 'A draft', date: '2025', state: 'draft' };

  test('is not delivered, not even when it is asked for by filter', async () => {
    await subscribe({ filters: { entity: ['event', 'topic'] } });
    expect((await api.post('/v1/events', { ...draft, slug: 'hidden' })).statusCode).toBe(201);
    const seq = await addTopic();
    await expect.poll(() => on.receiver.taken()).toEqual([seq]);
    expect(on.receiver.received.map(({ body }) => body).join()).not.toContain('hidden');
  });

  test('is delivered where an admin chose so', async () => {
    await subscribe({ include_hidden: true });
    expect((await api.post('/v1/events', { ...draft, slug: 'shown' })).statusCode).toBe(201);
    await expect.poll(() => on.receiver.received.map(({ type }) => type)).toEqual(['event.created']);
    expect(on.receiver.received[0]!.body).toContain('"slug":"shown"');
  });
});

test('replay delivers again from a change on, under the same ids', async () => {
  await subscribe();
  const seqs = [await addTopic(), await addTopic(), await addTopic()];
  await expect.poll(() => on.receiver.taken()).toEqual(seqs);
  const answer = await api.post(`/v1/webhooks/${on.hook.id}/replay?since=${seqs[0]}`, undefined, admin);
  expect(answer.json()).toMatchObject({ position: seqs[0] });
  await expect.poll(() => on.receiver.taken()).toEqual([...seqs, seqs[1], seqs[2]]);
  expect(on.receiver.received[3]!.id).toBe(on.receiver.received[1]!.id);
});

test('a test delivery is signed, and answers what came back, whatever the state', async () => {
  on.receiver.answer = (response) => response.writeHead(418).end('short and stout');
  await subscribe();
  await api.patch(`/v1/webhooks/${on.hook.id}`, { state: 'disabled' }, admin);
  const answer = await api.post(`/v1/webhooks/${on.hook.id}/test`, undefined, admin);
  expect(answer.json()).toMatchObject({
    status: 'failed',
    response_status: 418,
    response_body: 'short and stout',
    error: 'The endpoint answered 418.',
    seq: null,
  });
  expect(on.receiver.received).toMatchObject([{ verified: true, type: 'webhook.test', id: answer.json().message_id }]);
  expect(await attempts()).toMatchObject([{ message_id: answer.json().message_id, response_status: 418 }]);
  expect(await read()).toMatchObject({ state: 'disabled', disabled_reason: 'An admin disabled it.', failures: 0 });
});

test('after a rotation messages bear both signatures, so that either secret verifies', async () => {
  const { secret: old, id } = await subscribe();
  const { secret } = (await api.post(`/v1/webhooks/${id}/rotate-secret`, undefined, admin)).json();
  expect(secret).not.toBe(old);
  await addTopic();
  await expect.poll(() => on.receiver.received.length).toBe(1);
  const [{ body, headers }] = on.receiver.received as [Receiver['received'][number]];
  expect([verify(old, body, headers), verify(secret, body, headers)]).toEqual([true, true]);
  await api.database.pool.query(`update webhooks set previous_secret_until = now() - interval '1 second' where id = $1`, [id]);
  await addTopic();
  await expect.poll(() => on.receiver.received.length).toBe(2);
  const later = on.receiver.received[1]!;
  expect([verify(old, later.body, later.headers), verify(secret, later.body, later.headers)]).toEqual([false, true]);
});

test('the newest thousand attempts are kept', async () => {
  await subscribe();
  await api.database.pool.query(
    `insert into webhook_deliveries (webhook_id, message_id, seq, attempt, status, duration_ms, at)
     select $1, 'old', n, 1, 'succeeded', 1, now() from generate_series(1, 1200) n`,
    [on.hook.id],
  );
  await addTopic();
  await expect.poll(() => on.receiver.taken().length).toBe(1);
  const count = async () =>
    (await api.database.pool.query(`select count(*)::int as n from webhook_deliveries where webhook_id = $1`, [on.hook.id])).rows[0].n;
  await expect.poll(count).toBe(1000);
  expect((await attempts())[0].message_id).not.toBe('old');
});
