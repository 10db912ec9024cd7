// The stream of changes as clients see it: server-sent events that begin where they are asked to, go on live, and end
// when they must.
import { once } from 'node:events';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { createChangeStore } from '../../src/changes/store.js';
import { useApp } from '../support/app.js';
import { listen, type Reader } from './reader.js';
import { startStreams } from './streams.js';
import { topicChange, writeChanges } from './writing.js';

const api = useApp('empty');
const last = () => createChangeStore(api.database).last();
const write = (...slugs: string[]) =>
  writeChanges(
    api.database,
    slugs.map((slug) => topicChange(slug)),
  );
const slugsOf = ({ entries }: Reader) => entries.map(({ slug }) => slug);
/** Large enough that a few of them fill what a socket holds. */
const large = (slug: string) => topicChange(slug, { document: { slug, name: 'x'.repeat(100_000) } });

let opened: Awaited<ReturnType<typeof startStreams>> | undefined;
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

describe('what is sent', () => {
  test('events of an id, a name and an entry as the list has it, after a hint when to come back', async () => {
    const { address } = await listen(api);
    const since = await last();
    await write('one', 'two');
    const reader = address.read({ since });
    await expect.poll(() => slugsOf(reader)).toEqual(['one', 'two']);
    expect(reader.entries).toEqual((await api.get(`/v1/changes?since=${since}`)).json().data);
    expect(reader.events).toEqual(reader.entries.map(({ seq }) => ({ id: String(seq), event: 'change' })));
    expect(reader.retry).toBeGreaterThan(0);
    await address.close();
  });

  test('headers of a stream that nobody keeps or buffers, with those that all data has', async () => {
    const { address } = await listen(api);
    const { status, headers } = await address.read().response;
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/./),
    });
    await address.close();
  });

  test('HEAD answers as GET does, and ends', async () => {
    const { statusCode, headers, body } = await api.app.inject({ method: 'HEAD', url: '/v1/changes/stream' });
    expect([statusCode, headers['content-type'], body]).toEqual([200, 'text/event-stream', '']);
  });
});

describe('where it begins', () => {
  test('now, where no position is sent', async () => {
    const { address } = await listen(api);
    await write('before');
    const reader = address.read();
    await reader.response;
    await write('after');
    await expect.poll(() => slugsOf(reader)).toEqual(['after']);
    await address.close();
  });

  test('after Last-Event-ID, which goes before since', async () => {
    const { address } = await listen(api);
    const since = await last();
    await write('three', 'four');
    const reader = address.read({ since, lastEventId: String(since + 1) });
    await expect.poll(() => slugsOf(reader)).toEqual(['four']);
    await address.close();
  });

  test.each(['abc', '-1', '1.5', '99999999999999999999'])('Last-Event-ID %s is none, and is refused', async (id) => {
    const answer = await api.get('/v1/changes/stream', { headers: { 'last-event-id': id } });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0]).toMatchObject({ parameter: 'Last-Event-ID', detail: expect.stringMatching(/whole number/) });
  });

  test('one in the future is refused, with the last change', async () => {
    const answer = await api.get('/v1/changes/stream', { headers: { 'last-event-id': '999999' } });
    expect(answer.json().detail).toBe(`Last-Event-ID is 999999, but the last change is ${await last()}; send that or a lesser number.`);
  });

  test('what was missed comes before what is new, once, also where it takes many pages', async () => {
    const { address } = await listen(api);
    const since = await last();
    const many = Array.from({ length: 950 }, (_, n) => `missed-${n}`);
    await write(...many);
    const readers = [0, 1, 2].map(() => address.read({ since }));
    const live: string[] = [];
    for (let n = 0; n < 30; n++) {
      live.push(`live-${n}`);
      await write(`live-${n}`);
    }
    for (const reader of readers) await expect.poll(() => slugsOf(reader)).toEqual([...many, ...live]);
    await address.close();
  });
});

test('filters hold for what was missed and for what is new', async () => {
  const { address } = await listen(api);
  const since = await last();
  const actor = (slug: string) => topicChange(slug, { entity: 'actor' });
  await writeChanges(api.database, [topicChange('t-1'), actor('a-1')]);
  const reader = address.read({ since, query: '&entity=actor' });
  await expect.poll(() => slugsOf(reader)).toEqual(['a-1']);
  await writeChanges(api.database, [topicChange('t-2'), actor('a-2')]);
  await expect.poll(() => slugsOf(reader)).toEqual(['a-1', 'a-2']);
  await address.close();
});

describe('while nothing happens', () => {
  test('a comment keeps it alive', async () => {
    opened = await startStreams(api, { heartbeat_ms: 20 });
    const reader = opened.address.read();
    await expect.poll(() => reader.comments.length).toBeGreaterThan(2);
    expect(reader.entries).toEqual([]);
  });

  test('one whom no event has concerned is told from where to go on', async () => {
    opened = await startStreams(api, { heartbeat_ms: 20 });
    const reader = await opened.readRaw('/v1/changes/stream?topic=nothing');
    await write('of no concern');
    const seq = await last();
    await expect.poll(reader.text).toContain(`:\nid: ${seq}\n\n`);
    expect(reader.text()).not.toContain('data:');
  });
});

describe('a reader who does not keep up', () => {
  test('is cut off, and little is held for it meanwhile; the others get all', async () => {
    opened = await startStreams(api, { most_waiting: 200_000, stalled_ms: 300 });
    const slow = await opened.readRaw('/v1/changes/stream');
    const quick = opened.address.read();
    await quick.response;
    slow.socket.pause();
    let most = 0;
    // More than what the kernel holds for a socket.
    for (let n = 0; n < 120; n++) {
      await writeChanges(api.database, [large(`large-${n}`)]);
      most = Math.max(most, ...opened.waiting());
    }
    await expect.poll(() => opened!.count(), { timeout: 10_000 }).toBe(1);
    expect(most).toBeGreaterThan(100_000);
    expect(most).toBeLessThan(600_000);
    await expect.poll(() => quick.entries.length).toBe(120);
  });

  test('who only lags gets all, at its own pace', async () => {
    opened = await startStreams(api, { most_waiting: 50_000 });
    const lagging = await opened.readRaw('/v1/changes/stream');
    lagging.socket.pause();
    await writeChanges(
      api.database,
      Array.from({ length: 60 }, (_, n) => large(`lag-${n}`)),
    );
    await expect.poll(() => Math.max(...opened!.waiting())).toBeGreaterThan(50_000);
    lagging.socket.resume();
    await write('the-last-one');
    await expect.poll(lagging.text).toContain('the-last-one');
    const ids = [...lagging.text().matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    expect(ids).toHaveLength(61);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });
});

describe('how many there are', () => {
  test('is limited: one more is answered 503, and taken when another has left', async () => {
    opened = await startStreams(api, { most: 2 });
    const { address } = opened;
    const [first, second] = [address.read(), address.read()];
    await Promise.all([first.response, second.response]);
    const refused = await fetch(`${address.url}/v1/changes/stream`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30']);
    expect(((await refused.json()) as { detail: string }).detail).toMatch(/As many readers .+ask \/v1\/changes/);
    first.leave();
    await expect.poll(() => opened!.count()).toBe(1);
    expect((await address.read().response).status).toBe(200);
  });

  test('nobody listens any more when the last has left', async () => {
    opened = await startStreams(api, {});
    const reader = opened.address.read();
    await reader.response;
    await expect.poll(opened.listening).toBe(1);
    reader.leave();
    await expect.poll(opened.listening).toBe(0);
  });
});

test('the stream of a bearer ends after a time, so that a key that was revoked is noticed; others go on', async () => {
  opened = await startStreams(api, { bearer_ms: 50, heartbeat_ms: 20 });
  const { key, id } = await api.services.keys.create({ name: 'brief', role: 'contributor', expires_at: null });
  const [bearer, other] = [opened.address.read({ key }), opened.address.read()];
  expect((await bearer.response).status).toBe(200);
  await bearer.ended;
  await api.services.keys.revoke(id);
  expect((await opened.address.read({ key }).response).status).toBe(401);
  expect(opened.count()).toBe(1);
  other.leave();
});

test('the streams of a key that is revoked end within a moment, and no others do', async () => {
  opened = await startStreams(api, { admitted_ms: 50 });
  const { key, id } = await api.services.keys.create({ name: 'revoked', role: 'editor', expires_at: null });
  const [first, second] = [opened.address.read({ key }), opened.address.read({ key })];
  const [other, open] = [opened.address.read({ key: api.keys.editor }), opened.address.read()];
  for (const { response } of [first, second, other, open]) expect((await response).status).toBe(200);
  await api.services.keys.revoke(id);
  await Promise.all([first.ended, second.ended]);
  await expect.poll(() => opened!.count()).toBe(2);
  await write('after-the-end');
  await expect.poll(() => [other, open].map(({ entries }) => entries.length)).toEqual([1, 1]);
  expect([first, second].map(({ entries }) => entries.length)).toEqual([0, 0]);
});

test('a server that stops ends them all, and does not wait for one that takes nothing', async () => {
  opened = await startStreams(api, {});
  const readers = [opened.address.read(), opened.address.read()];
  const stuck = await opened.readRaw('/v1/changes/stream');
  stuck.socket.pause();
  await Promise.all(readers.map(({ response }) => response));
  await writeChanges(
    api.database,
    Array.from({ length: 80 }, (_, n) => large(`stuck-${n}`)),
  );
  await expect.poll(() => Math.max(...opened!.waiting())).toBeGreaterThan(100_000);
  const began = performance.now();
  await opened.close();
  opened = undefined;
  await Promise.all(readers.map(({ ended }) => ended));
  // Far below the time-outs that would end them otherwise.
  expect(performance.now() - began).toBeLessThan(8_000);
});

test.each(['left by its reader', 'ended by the server'])('the log has one line for a stream that is %s', async (how) => {
  let log = '';
  const logTo = new Writable({
    write(chunk, _encoding, done) {
      log += chunk;
      done();
    },
  });
  const app = await buildApp({ config: { logLevel: 'info' }, logTo, database: api.database, services: api.services, openapi: '{}' });
  const { address } = await listen({ app });
  const reader = address.read({ query: '&topic=canary' });
  await reader.response;
  expect(log).not.toContain('streamChanges');
  if (how === 'left by its reader') {
    reader.leave();
    await expect.poll(() => log).toContain('streamChanges');
  }
  await app.close();
  await reader.ended;
  const lines = log.split('\n').filter((line) => line.includes('streamChanges'));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({ method: 'GET', path: '/v1/changes/stream', status: 200 });
  expect(log).not.toMatch(/canary|premature/);
});

test('a request over HTTP/1.0 is served until the connection ends', async () => {
  const { address } = await listen(api);
  const { hostname, port } = new URL(address.url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('data', (data) => (text += data));
  socket.write('GET /v1/changes/stream HTTP/1.0\r\nHost: x\r\n\r\n');
  await expect.poll(() => text).toContain('retry:');
  await write('for-the-old');
  await expect.poll(() => text).toContain('for-the-old');
  socket.destroy();
  await once(socket, 'close');
});
