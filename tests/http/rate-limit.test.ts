// How much one may ask in a minute: who pays, what is told, what costs less, and what happens where nobody can count.
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type AppOptions, buildApp } from '../../src/app.js';
import { openRedisCounter } from '../../src/database/redis.js';
import { addressOf, createCounter } from '../../src/http/rate-limit.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');
const open: FastifyInstance[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

async function limited(config: Partial<AppOptions['config']> = {}, more: Partial<AppOptions> = {}): Promise<FastifyInstance> {
  const app = await buildApp({
    config: { logLevel: 'silent', cacheMb: 16, rateLimit: 5, ...config },
    database: api.database,
    services: api.services,
    openapi: '{}',
    ...more,
  });
  open.push(app);
  return app;
}

const times = async (count: number, app: FastifyInstance, request: InjectOptions | string): Promise<number[]> => {
  const statuses: number[] = [];
  for (let n = 0; n < count; n++) statuses.push((await app.inject(request)).statusCode);
  return statuses;
};
const bearing = (key: string, url = '/v1/topics') => ({ url, headers: { authorization: `Bearer ${key}` } });
const five = [200, 200, 200, 200, 200];

test('each answer tells what is allowed and what is left', async () => {
  const app = await limited();
  const { headers } = await app.inject('/v1/topics');
  expect(headers['ratelimit-policy']).toBe('"default";q=5;w=60');
  expect(headers.ratelimit).toBe('"default";r=4;t=60');
  expect((await app.inject('/v1/topics')).headers.ratelimit).toMatch(/^"default";r=3;t=(60|59)$/);
});

test('what is too much is 429, which says how long to wait', async () => {
  const app = await limited();
  expect(await times(5, app, '/v1/topics')).toEqual(five);
  const refused = await app.inject('/v1/topics');
  expect(refused.statusCode).toBe(429);
  expect(refused.headers['content-type']).toBe('application/problem+json');
  expect(refused.json()).toMatchObject({ type: '/problems/too-many-requests', status: 429 });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50);
  expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
  expect(refused.headers.ratelimit).toMatch(/^"default";r=0;t=\d+$/);
});

test('what is not there counts as well, and writes without a key', async () => {
  const app = await limited();
  expect(await times(3, app, '/v1/nothing')).toEqual([404, 404, 404]);
  expect(await times(2, app, { method: 'POST', url: '/v1/topics', payload: {} })).toEqual([401, 401]);
  expect(await times(1, app, '/nowhere')).toEqual([429]);
});

test('health is always answered, and costs nothing', async () => {
  const app = await limited();
  expect(await times(12, app, '/health/live')).toEqual(Array(12).fill(200));
  expect((await app.inject('/health/ready')).headers.ratelimit).toBeUndefined();
  expect(await times(5, app, '/v1/topics')).toEqual(five);
  expect(await times(2, app, '/health/ready')).toEqual([200, 200]);
});

test('who bears a key pays for that key, wherever it is sent from, and for no other', async () => {
  const app = await limited();
  expect(await times(6, app, '/v1/topics')).toEqual([...five, 429]);
  expect(await times(3, app, bearing(api.keys.editor))).toEqual([200, 200, 200]);
  expect(await times(3, app, { ...bearing(api.keys.editor), remoteAddress: '192.0.2.7' })).toEqual([200, 200, 429]);
  expect(await times(1, app, bearing(api.keys.admin))).toEqual([200]);
});

test('keys that are no good are refused after so many, before they are looked up', async () => {
  const app = await limited();
  const wrong = () => bearing(`dmr_${randomUUID()}`);
  for (let n = 0; n < 5; n++) expect(await times(1, app, wrong())).toEqual([401]);
  const statements = await api.countStatements(async () => expect(await times(1, app, wrong())).toEqual([429]));
  expect(statements).toEqual([]);
  expect(await times(1, app, '/v1/topics')).toEqual([200]);
  expect(await times(1, app, { ...bearing(api.keys.editor), remoteAddress: '192.0.2.7' })).toEqual([200]);
});

test('a 304 costs a fifth', async () => {
  const app = await limited();
  const { etag } = (await app.inject('/v1/timeline')).headers;
  const statuses = await times(20, app, { url: '/v1/timeline', headers: { 'if-none-match': String(etag) } });
  expect(statuses.filter((status) => status === 304)).toHaveLength(16);
  expect(statuses.slice(0, 16)).not.toContain(429);
});

describe('who asks from where', () => {
  const from = (forwarded: string) => ({ url: '/v1/topics', headers: { 'x-forwarded-for': forwarded, forwarded: `for=${forwarded}` } });

  test('no header that anybody may send says so', async () => {
    const app = await limited();
    for (let n = 0; n < 5; n++) expect(await times(1, app, from(`192.0.2.${n}`))).toEqual([200]);
    expect(await times(1, app, from('192.0.2.9'))).toEqual([429]);
  });

  test('but that of a proxy that is trusted, and of it only what it added itself', async () => {
    const app = await limited({ trustProxy: ['127.0.0.1', '10.0.0.0/8'] });
    for (let n = 0; n < 5; n++) expect(await times(1, app, from(`203.0.113.${n}, 192.0.2.1, 10.1.2.3`))).toEqual([200]);
    expect(await times(1, app, from('203.0.113.9, 192.0.2.1'))).toEqual([429]);
    expect(await times(1, app, from('192.0.2.2'))).toEqual([200]);
    expect(await times(6, app, { ...from('192.0.2.3'), remoteAddress: '198.51.100.1' })).toEqual([...five, 429]);
    expect(await times(1, app, { ...from('192.0.2.4'), remoteAddress: '198.51.100.1' })).toEqual([429]);
  });

  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'],
    ['2001:db8:1:2::9', '2001:db8:1:2::'],
    ['2001:0DB8::1', '2001:db8::'],
    ['::1', '::'],
    ['fe80::1%eth0', 'fe80::'],
  ])('%s counts as %s', (ip, counted) => {
    expect(addressOf(ip)).toBe(counted);
  });
});

test('after a minute one may ask again', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const counter = createCounter();
    expect(counter.spend('a', 5, 60_000)).toEqual({ used: 5, left_ms: 60_000 });
    vi.advanceTimersByTime(59_999);
    expect(counter.spend('a', 5, 60_000)).toEqual({ used: 10, left_ms: 1 });
    expect(counter.spend('b', -4, 60_000)).toEqual({ used: -4, left_ms: 60_000 });
    vi.advanceTimersByTime(1);
    expect(counter.spend('a', 5, 60_000)).toEqual({ used: 5, left_ms: 60_000 });
  } finally {
    vi.useRealTimers();
  }
});

test('without a limit nothing is counted and nothing is told', async () => {
  expect((await api.get('/v1/topics')).headers).not.toHaveProperty('ratelimit');
  expect(await times(12, api.app, '/v1/topics')).toEqual(Array(12).fill(200));
});

const REDIS = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';
const { hostname, port } = new URL(REDIS);
const answers = await new Promise<boolean>((resolve) => {
  const socket = connect(Number(port || 6379), hostname);
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  socket.once('connect', () => socket.destroy());
});
if (!answers) console.warn(`No Redis answers at ${hostname}:${port}: counting for several processes is not tested.`);

describe('in Redis', () => {
  test.skipIf(!answers)('several processes count together', async () => {
    const counters = [openRedisCounter(REDIS), openRedisCounter(REDIS)];
    const apps = await Promise.all(counters.map((counter) => limited({}, { counter })));
    const remoteAddress = `2001:db8:${randomUUID().slice(0, 4)}:${randomUUID().slice(0, 4)}::1`;
    const ask = async (app: FastifyInstance) => app.inject({ url: '/v1/topics', remoteAddress });
    // The connection is made in the background.
    await expect.poll(async () => (await ask(apps[0]!)).headers.ratelimit).toMatch(/r=[0-3];/);
    await expect.poll(async () => (await ask(apps[1]!)).statusCode).toBe(429);
    const refused = await ask(apps[0]!);
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50);
    for (const counter of counters) counter.close();
  });

  test('where it is away nobody is refused, and the log says so once', async () => {
    const lines: string[] = [];
    const logTo = new Writable({
      write(line, _, done) {
        lines.push(String(line));
        done();
      },
    });
    const counter = openRedisCounter('redis://127.0.0.1:1');
    const app = await limited({ logLevel: 'warn' }, { counter, logTo });
    expect(await times(8, app, '/v1/topics')).toEqual(Array(8).fill(200));
    counter.close();
    const warnings = lines.map((line) => JSON.parse(line)).filter(({ level }) => level >= 40);
    expect(warnings).toHaveLength(1);
    expect(warnings[0].msg).toContain('nobody is refused');
  });
});
