// What becomes of deliveries where the endpoint fails: later attempts, pauses, and in the end a webhook that is disabled.
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { BACK_OFF } from '../../src/webhooks/deliveries.js';
import { admin, useDeliveries, WAITS } from './delivering.js';
import type { Receiver } from './receiver.js';

const on = useDeliveries();
const { api, subscribe, addTopic, read, attempts } = on;

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
  on.receiver.answer = answer;
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
  on.receiver.answer = (response) => response.writeHead(503).end();
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
  on.receiver.answer = (response) => response.writeHead(204).end();
  const enabled = await api.patch(`/v1/webhooks/${on.hook.id}`, { state: 'enabled' }, admin);
  expect(enabled.json()).toMatchObject({ state: 'enabled', disabled_reason: null, disabled_at: null, failures: 0 });
  await expect.poll(() => on.receiver.taken()).toEqual([seq, second]);
});

test('back-off grows from attempt to attempt, with jitter of a fifth either way', async () => {
  on.receiver.answer = (response) => response.writeHead(500).end();
  await subscribe();
  await addTopic();
  await expect.poll(async () => (await read()).state).toBe('disabled');
  const times = on.receiver.received.map(({ at }) => at);
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
  on.receiver.answer = (response) => response.writeHead(500).end();
  await subscribe();
  await addTopic();
  await expect.poll(async () => (await read()).failures).toBeGreaterThan(0);
  await api.database.pool.query(
    `update webhooks set next_attempt_at = now() + interval '1 hour', failures = 1, state = 'enabled',
    disabled_reason = null, disabled_at = null where id = $1`,
    [on.hook.id],
  );
  const before = on.receiver.received.length;
  const other = (await api.post('/v1/webhooks', { url: on.receiver.url }, admin)).json();
  await addTopic();
  // The other one has had it, and more than once.
  await expect.poll(() => on.receiver.received.filter(({ id }) => id.includes(other.id.replaceAll('-', ''))).length).toBeGreaterThan(1);
  expect(on.receiver.received.slice(before).filter(({ id }) => id.includes(on.hook.id.replaceAll('-', '')))).toEqual([]);
  await api.delete(`/v1/webhooks/${other.id}`, admin);
});

test('410 Gone disables at once', async () => {
  on.receiver.answer = (response) => response.writeHead(410).end();
  await subscribe();
  await addTopic();
  await expect.poll(async () => (await read()).state).toBe('disabled');
  expect((await read()).disabled_reason).toBe('The endpoint answered 410 Gone.');
  expect(await attempts()).toHaveLength(1);
});
