// The holes that similar systems had; each is tried here.
import { Writable } from 'node:stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import type { Database } from '../../src/database/connect.js';
import { createServices } from '../../src/services.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');
const count = async (query: string): Promise<number> => (await api.database.pool.query<{ count: number }>(query)).rows[0]!.count;
const countRevisions = () => count('select count(*)::int as count from revisions');
const event = { type: 'statement', title: 'An event', date: '2025-07-26' };

describe('a body cannot reach the inside of objects', () => {
  test.each(['{"__proto__": {"admin": true}}', '{"constructor": {"prototype": {"admin": true}}}', '{"details": {"__proto__": {"a": 1}}}'])(
    '%s',
    async (payload) => {
      for (const [method, url] of [
        ['POST', '/v1/events'],
        ['PUT', '/v1/events/li-qiang-waic-2025-keynote'],
        ['PATCH', '/v1/events/li-qiang-waic-2025-keynote'],
      ] as const) {
        const answer = await api.app.inject({
          method,
          url,
          payload,
          headers: { 'content-type': 'application/json', authorization: `Bearer ${api.keys.editor}` },
        });
        expect(answer.statusCode).toBe(400);
      }
      expect(({} as { admin?: unknown }).admin).toBeUndefined();
    },
  );
});

describe('no parameter is ever part of the SQL', () => {
  const attack = "'); drop table events; --";
  test.each([
    '/v1/timeline?topic=X',
    '/v1/timeline?from=X',
    '/v1/timeline?cursor=X',
    '/v1/events?sort=X',
    '/v1/events/X',
    '/v1/sources?publisher=X',
    '/v1/sources?url=https://example.org/X',
    '/v1/action-plans/X/items',
    '/v1/topics?broader=X',
  ])('%s', async (url) => {
    const answer = await api.get(url.replace('X', encodeURIComponent(attack)));
    expect(answer.statusCode).toBeLessThan(500);
    expect(await count('select count(*)::int as count from events')).toBeGreaterThan(200);
  });
});

describe('nothing asks for what readers do not see', () => {
  test.each([
    '/v1/events?deleted_at=2025',
    '/v1/events?sort=caveat',
    '/v1/events?filter[state]=draft',
    '/v1/timeline?state=draft',
    '/v1/actors?fields=*',
    '/v1/sources?url_key=x',
  ])('%s', async (url) => {
    expect((await api.get(url)).statusCode).toBe(400);
  });
});

describe('a change is held to what a new one is held to', () => {
  test.each([
    { type: 'nothing' },
    { date: 'soon' },
    { significance: 9 },
    { state: 'secret' },
    { version: 9 },
    { id: '1' },
    { actors: [{ actor: 'nobody', role: 'host' }] },
    { topics: [''] },
  ])('%j', async (members) => {
    const before = await countRevisions();
    const url = '/v1/events/li-qiang-waic-2025-keynote';
    const answers = [
      await api.post('/v1/events', { ...event, ...members }),
      await api.put(url, { ...event, ...members }),
      await api.patch(url, members),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([422, 422, 422]);
    expect(await countRevisions()).toBe(before);
  });

  test('and a refused one has no effect before the refusal', async () => {
    const before = await countRevisions();
    const inline = { topics: [{ name: 'Never made' }], actors: [{ actor: 'nobody', role: 'host' }] };
    await api.post('/v1/events', { ...event, ...inline });
    await api.patch('/v1/events/li-qiang-waic-2025-keynote', inline);
    for (const as of [null, 'contributor'] as const) await api.post('/v1/topics', { name: 'Never made' }, { as });
    expect((await api.get('/v1/topics/never-made')).statusCode).toBe(404);
    expect(await countRevisions()).toBe(before);
  });
});

describe('text that cannot be kept is refused, wherever it stands', () => {
  test.each([
    { title: 'a\u0000b' },
    { title: 'a\ud800b' },
    { place: { city: '\u0000' } },
    { details: { particulars: { note: { '\u0000': 1 } } } },
    { sources: [{ source: 'a\u0000' }] },
    { sources: [{ source: { url: 'https://example.org/\u0000', title: 'A' } }] },
  ])('%j', async (members) => {
    expect((await api.post('/v1/events', { ...event, ...members })).statusCode).toBe(422);
  });
  test.each(['/v1/events/a%00', '/v1/action-plans/a%00/items', '/v1/topics?broader=%00', '/v1/sources?publisher=%00'])(
    '%s',
    async (url) => {
      expect((await api.get(url)).statusCode).toBe(400);
    },
  );
});

describe('the log', () => {
  const lines: string[] = [];
  beforeAll(async () => {
    const logTo = new Writable({
      write(line, _, done) {
        lines.push(String(line));
        done();
      },
    });
    const app = await buildApp({ config: { logLevel: 'trace' }, logTo, database: api.database, services: api.services, openapi: '{}' });
    const headers = { authorization: `Bearer ${api.keys.admin}`, cookie: 'session=canary-cookie', 'x-request-id': 'from-a-proxy-1' };
    await app.inject({ url: '/v1/keys', headers });
    const made = await app.inject({ method: 'POST', url: '/v1/keys', headers, payload: { name: 'logged', role: 'editor' } });
    lines.push(`made ${made.json().key.slice(0, 4)}`);
    await app.inject({ url: '/v1/topics', headers: { authorization: 'Bearer dmr_canary-key' } });
    await app.inject({ url: '/v1/sources?publisher=canary-query' });
    await app.inject({ method: 'POST', url: '/v1/topics', headers, payload: { name: 'canary-body' } });
    await app.inject('/v1/%zz');
    await app.close();
    expect(lines.join('')).not.toContain(made.json().key);
    const broken = Object.assign(new Error('broken inside'), { config: { authorization: 'canary-config' }, row: ['canary-row'] });
    const pool = { query: () => Promise.reject(Object.assign(new Error('broken', { cause: broken }), { detail: 'canary-detail' })) };
    const services = createServices({ ...api.database, pool, reads: { ...api.database.reads, query: pool.query } } as unknown as Database);
    const breaking = await buildApp({ config: { logLevel: 'trace' }, logTo, database: api.database, services, openapi: '{}' });
    expect((await breaking.inject('/v1/timeline')).statusCode).toBe(500);
    await breaking.close();
  });

  test('has one line for each request, with its id, operation, status and duration', () => {
    const requests = lines
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
      .filter(({ msg }) => msg === 'request');
    expect(requests.map(({ operation, status }) => [operation, status])).toEqual([
      ['listKeys', 200],
      ['createKey', 201],
      ['listTopics', 401],
      ['listSources', 200],
      ['createTopic', 201],
      [null, 400],
      ['getTimeline', 500],
    ]);
    expect(requests[0]).toMatchObject({ reqId: 'from-a-proxy-1', method: 'GET', path: '/v1/keys', duration_ms: expect.any(Number) });
  });

  test('tells of an error what it was and whence, with what caused it', () => {
    const { err } = JSON.parse(lines.find((line) => line.includes('broken inside'))!);
    expect(err).toMatchObject({
      type: 'Error',
      message: 'broken',
      stack: expect.stringContaining('hardening.test'),
      cause: { message: 'broken inside' },
    });
  });

  test('holds no key, no cookie, no body and nothing that was asked for', () => {
    expect(lines.join('')).not.toMatch(/canary/);
    expect(lines.join('')).not.toContain(api.keys.admin);
  });
});

describe('headers', () => {
  test('tell browsers to be careful', async () => {
    for (const url of ['/v1/timeline', '/v1/nothing', '/docs/', '/']) {
      const { headers } = await api.app.inject(url);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    }
  });

  test('let no page of another origin read with credentials', async () => {
    const { headers } = await api.get('/v1/timeline', { headers: { origin: 'https://evil.example' } });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  test('give back the id of a request only where it looks like one', async () => {
    const idOf = async (given: string) => (await api.get('/health/live', { headers: { 'x-request-id': given } })).headers['x-request-id'];
    expect(await idOf('proxy-0123456789')).toBe('proxy-0123456789');
    for (const given of ['short', 'a b c d e f g h', '<script>alert(1)</script>', 'x'.repeat(65)])
      expect(await idOf(given)).not.toBe(given);
  });
});

test('many checks of readiness at once share one look at the database', async () => {
  const statements = await api.countStatements(() => Promise.all(Array.from({ length: 50 }, () => api.get('/health/ready'))));
  expect(statements.length).toBeLessThanOrEqual(1);
});
