// A webhook drives purges: what is delivered is dropped by the caches before it counts as delivered, and only what is signed.

import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { receiveChanges } from '../../src/cli/purge/receive.js';
import { demarche } from '../cli/command.js';
import { freePort } from '../support/free-port.js';
import { admin, useDeliveries } from './delivering.js';

const SECRET = `whsec_${Buffer.from('of the webhook alone').toString('base64')}`;
const CHANGE = { seq: 7, entity: 'topic', id: '0199-a', slug: 'compute', operation: 'updated', version: 2 };

/** Listens as `demarche purge --listen` does, with a cache whose answers a test gives. */
async function listen(secret: string) {
  const port = await freePort();
  const stop = new AbortController();
  const dropped: string[][] = [];
  const at = { drop: async () => {} };
  let said = '';
  const over = receiveChanges(`127.0.0.1:${port}`, {
    secret,
    signal: stop.signal,
    say: (line) => (said += line),
    async drop(keys) {
      await at.drop();
      dropped.push(keys);
    },
  });
  await expect.poll(() => said).toContain('Taking deliveries');
  await expect.poll(() => dropped).toEqual([['all']]);
  dropped.length = 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    dropped,
    at,
    async stop() {
      stop.abort();
      await over;
    },
  };
}
type Listening = Awaited<ReturnType<typeof listen>>;

describe('by itself', () => {
  let listening: Listening;
  beforeEach(async () => {
    listening = await listen(SECRET);
  });
  afterEach(() => listening.stop());

  const deliver = (data: unknown, { secret = SECRET, at = new Date(), body = JSON.stringify({ type: 'topic.updated', data }) } = {}) =>
    fetch(listening.url, {
      method: 'POST',
      headers: {
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': `v1,AAAA ${new Webhook(secret).sign('msg_1', at, body)}`,
      },
      body,
    });

  test('a change drops the keys that it makes untrue', async () => {
    expect((await deliver(CHANGE)).status).toBe(204);
    expect(listening.dropped).toEqual([['overview', 'topic/0199-a', 'topic/compute']]);
  });

  test('it is not taken before the caches dropped it', async () => {
    let go: (() => void) | undefined;
    listening.at.drop = () =>
      new Promise((resolve) => {
        go = resolve;
      });
    let isAnswered = false;
    const answer = deliver(CHANGE).finally(() => {
      isAnswered = true;
    });
    await expect.poll(() => go).toBeDefined();
    // Whoever does not wait would have answered by the time that the next one is.
    expect((await fetch(listening.url)).status).toBe(405);
    expect(isAnswered).toBe(false);
    go!();
    expect((await answer).status).toBe(204);
  });

  test('what the caches could not be told is refused, so that it is delivered again', async () => {
    listening.at.drop = () => Promise.reject(new Error('interrupted'));
    expect((await deliver(CHANGE)).status).toBe(500);
  });

  test('what is not signed by the server, or long ago, drops nothing', async () => {
    const other = `whsec_${Buffer.from('of somebody else').toString('base64')}`;
    expect((await deliver(CHANGE, { secret: other })).status).toBe(401);
    expect((await deliver(CHANGE, { at: new Date(Date.now() - 600_000) })).status).toBe(401);
    expect((await fetch(listening.url, { method: 'POST', body: '{}' })).status).toBe(401);
    expect((await fetch(listening.url)).status).toBe(405);
    expect((await deliver(null, { body: 'no JSON' })).status).toBe(400);
    expect(listening.dropped).toEqual([]);
  });

  test('a test delivery is taken, and drops nothing', async () => {
    expect((await deliver({ webhook_id: 'a' })).status).toBe(204);
    expect(listening.dropped).toEqual([]);
  });
});

describe('with the server that delivers', () => {
  const on = useDeliveries();

  test('each change is dropped once it is written, and its delivery counts as done', async () => {
    const hook = await on.subscribe();
    const listening = await listen(hook.secret);
    await on.api.patch(`/v1/webhooks/${hook.id}`, { url: listening.url }, admin);
    expect((await on.api.post('/v1/topics', { slug: 'purged', name: 'Purged' })).statusCode).toBe(201);
    await expect.poll(() => listening.dropped.flat()).toContain('topic/purged');
    await expect
      .poll(async () => (await on.api.get(`/v1/webhooks/${hook.id}/deliveries`, admin)).json().data[0]?.response_status)
      .toBe(204);
    await listening.stop();
  });
});

test('who listens has to know the secret, and where', async () => {
  const to = ['--to', 'http://127.0.0.1:1'];
  const without = await demarche({}, 'purge', '--listen', '127.0.0.1:1', ...to);
  expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('DEMARCHE_WEBHOOK_SECRET')]);
  const nowhere = await demarche({ DEMARCHE_WEBHOOK_SECRET: SECRET }, 'purge', '--listen', 'here', ...to);
  expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('127.0.0.1:8080')]);
});
