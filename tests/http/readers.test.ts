// Caches keyed without the reader (Directus GHSA-c6w9-5g5j-jh2p): no answer, tag or 304 that was made for one reader ever
// serves another one who may see less. And private servers, on which nobody reads without a key.
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { ROLES, registerAccess } from '../../src/http/access.js';
import { registerProblems } from '../../src/http/problems.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');
const READERS = [null, ...ROLES] as const;
type Reader = (typeof READERS)[number];
const bear = (reader: Reader) => (reader === null ? {} : { authorization: `Bearer ${api.keys[reader]}` });

/** What has an answer for each reader, without or with what is hidden. */
const HIDDEN = [
  '/v1/events/was-hidden/revisions',
  '/v1/events/was-hidden/revisions?limit=1',
  '/v1/events/was-hidden/revisions/3',
  '/v1/changes?since=0&limit=200',
  '/v1/changes?entity=event',
  '/v1/events/a-draft',
  '/v1/events/a-draft/provenance',
  '/v1/events?total=true&limit=1',
  '/v1/events?state=draft',
  '/v1/timeline?from=2031',
  '/v1/timeline.csv?from=2031',
];
/** The examples of all that can be read without a key. */
const examples = () =>
  api.routes.flatMap(({ method, config }) =>
    [method].flat().includes('GET') && config?.access === 'public' && config.example !== undefined && config.operation !== 'streamChanges'
      ? [config.example.url]
      : [],
  );
const addresses = () => [...new Set([...examples(), ...HIDDEN])];

beforeAll(async () => {
  const event = { type: 'statement', title: 'A statement', date: '2031' };
  await api.post('/v1/events', { ...event, slug: 'a-draft', state: 'draft' });
  await api.post('/v1/events', { ...event, slug: 'was-hidden' });
  await api.patch('/v1/events/was-hidden', { state: 'draft', title: 'Not for readers' });
  await api.patch('/v1/events/was-hidden', { caveat: 'Not for readers either' });
  await api.patch('/v1/events/was-hidden', { state: 'published', title: 'A statement', caveat: null });
  expect((await api.post('/v1/releases', { label: '2026-11' }, { as: 'admin' })).statusCode).toBe(201);
});

describe('a tag is good for those alone who are answered the same', () => {
  test('of every address, for each pair of readers, whoever came first', async () => {
    let [same, other] = [0, 0];
    for (const url of addresses()) {
      const answers = new Map<Reader, { statusCode: number; body: string; etag: string | undefined }>();
      for (const reader of READERS) {
        const { statusCode, body, headers } = await api.app.inject({ url, headers: bear(reader) });
        answers.set(reader, { statusCode, body, etag: headers.etag as string | undefined });
        const secret = reader === null && statusCode === 200 && /Not for readers|a-draft/.test(body);
        expect(secret, `${url} for ${reader}`).toBe(false);
      }
      for (const [one, { etag, body }] of answers) {
        if (etag === undefined) continue;
        for (const [reader, mine] of answers) {
          const { statusCode } = await api.app.inject({ url, headers: { ...bear(reader), 'if-none-match': etag } });
          const isSame = mine.statusCode === 200 && mine.body === body;
          if (isSame) same++;
          else other++;
          expect(statusCode, `${url}: ${reader} with the tag of ${one}`).toBe(isSame ? 304 : mine.statusCode);
        }
      }
    }
    // There are addresses of both kinds, or nothing was shown.
    expect(addresses().length).toBeGreaterThan(40);
    expect([same > 500, other > 20]).toEqual([true, true]);
  }, 120_000);

  test('only answers that nobody bore a key for may be kept by shared caches', async () => {
    for (const url of addresses())
      for (const reader of READERS) {
        const { statusCode, headers } = await api.app.inject({ url, headers: bear(reader) });
        const caching = String(headers['cache-control']);
        if (statusCode >= 400) expect(caching, url).toBe('no-store');
        else expect(caching, `${url} for ${reader}`).toBe(reader === null ? 'public, max-age=0, must-revalidate' : 'private, no-cache');
        if (statusCode < 400) expect(String(headers.vary), url).toMatch(/\bauthorization\b/);
      }
  });

  test('what the process keeps is the same for all: the timeline never depends on who asks', async () => {
    const ofTimeline = addresses().filter((url) => url.startsWith('/v1/timeline'));
    expect(ofTimeline.length).toBeGreaterThan(9);
    for (const url of ofTimeline) {
      const bodies = [];
      for (const reader of [...READERS, ...READERS.toReversed()]) bodies.push((await api.app.inject({ url, headers: bear(reader) })).body);
      expect(new Set(bodies).size, url).toBe(1);
    }
  });
});

describe('a private server (REQUIRE_KEY_FOR_READS)', () => {
  let app: FastifyInstance;
  const routes: RouteOptions[] = [];
  beforeAll(async () => {
    app = await buildApp({
      config: { logLevel: 'silent', cacheMb: 16, requireKeyForReads: true },
      database: api.database,
      services: api.services,
      openapi: '{"openapi":"3.1.0"}',
      onRoute: (route) => routes.push(route),
    });
    await app.ready();
    // Each answer lies in the cache, for whoever may have it.
    for (const url of addresses()) await app.inject({ url, headers: bear('editor') });
  });
  afterAll(() => app.close());
  const ask = (url: string, headers: object = {}, method: 'GET' | 'HEAD' = 'GET') => app.inject({ method, url, headers: { ...headers } });

  test('answers nothing to those without a key, kept or not, by whatever method, and asks nothing of the database', async () => {
    const statements = await api.countStatements(async () => {
      for (const url of [...addresses(), '/v1/changes/stream'])
        for (const method of ['GET', 'HEAD'] as const) {
          const { statusCode, headers, body } = await ask(url, {}, method);
          expect([statusCode, headers['cache-control'], headers.etag], `${method} ${url}`).toEqual([401, 'no-store', undefined]);
          expect(headers['www-authenticate']).toBe('Bearer realm="demarche"');
          if (method === 'GET') expect(JSON.parse(body)).toMatchObject({ type: '/problems/unauthorized' });
        }
    });
    expect(statements).toEqual([]);
  });

  test('does not tell them either whether what they hold is still true', async () => {
    for (const url of addresses()) {
      const { headers } = await ask(url, bear('editor'));
      for (const held of [String(headers.etag), '*'])
        expect((await ask(url, { 'if-none-match': held })).statusCode, `${url} ${held}`).toBe(401);
    }
  });

  test('refuses a key that was revoked after its answer was kept', async () => {
    const { id, key } = await api.services.keys.create({ name: 'brief', role: 'contributor', expires_at: null });
    const bearing = { authorization: `Bearer ${key}` };
    const first = await ask('/v1/timeline?limit=9', bearing);
    expect(first.statusCode).toBe(200);
    await api.services.keys.revoke(id);
    for (const more of [{}, { 'if-none-match': String(first.headers.etag) }])
      expect((await ask('/v1/timeline?limit=9', { ...bearing, ...more })).statusCode).toBe(401);
  });

  test.each(ROLES)('answers the bearer of a key (%s), and no shared cache keeps it', async (role) => {
    for (const url of addresses()) {
      const open = await api.app.inject({ url, headers: bear(role) });
      const { statusCode, headers, body } = await ask(url, bear(role));
      expect([statusCode, /^(private|no-store)\b/.test(String(headers['cache-control']))], url).toEqual([open.statusCode, true]);
      if (statusCode === 200) expect(body, url).toBe(open.body);
      const again = await ask(url, { ...bear(role), 'if-none-match': String(headers.etag ?? '"none"') });
      expect(String(again.headers['cache-control']), url).not.toMatch(/public/);
    }
  });

  test('leaves open what says that it is: health, the document, its page, the problems', async () => {
    for (const url of ['/health/live', '/health/ready', '/openapi.json', '/docs/', '/docs/json', '/problems/not-found'])
      expect((await ask(url)).statusCode, url).toBe(200);
    expect((await ask('/v1/nothing')).statusCode).toBe(404);
    const open = routes.filter(({ config }) => config?.access === null);
    const kinds = new Set(open.map(({ url }) => url.split('/')[1]!));
    expect([...kinds].sort()).toEqual(['assets', 'docs', 'health', 'openapi.json', 'problems', 'v1']);
    // Of the API, only what says that there is no such method.
    for (const { url, method } of open.filter(({ url }) => url.startsWith('/v1/')))
      expect((await app.inject({ url, method: [method].flat()[0] as 'PUT' })).statusCode, url).toBe(405);
  });

  test('holds a route that does not say who may use it for one that needs a key', async () => {
    for (const needsKeyForReads of [true, false]) {
      const bare = Fastify();
      registerProblems(bare, { problemOfDatabase: () => undefined });
      registerAccess(bare, api.services.keys.authenticate, { needsKeyForReads });
      bare.get('/forgotten', async () => 'read');
      expect((await bare.inject('/forgotten')).statusCode).toBe(needsKeyForReads ? 401 : 200);
      expect((await bare.inject({ url: '/forgotten', headers: bear('contributor') })).statusCode).toBe(200);
      await bare.close();
    }
  });
});
