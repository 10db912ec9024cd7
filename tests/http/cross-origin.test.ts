// Pages of other origins: none may read unless its origin is listed, and none ever as its visitor.
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');
const LISTED = 'https://atlas.example';
const OTHERS = [
  'https://evil.example',
  'https://atlas.example.evil.example',
  'https://evil-atlas.example',
  'https://sub.atlas.example',
  'https://atlas.example:8443',
  'http://atlas.example',
  'https://ATLAS.example',
  'null',
  '*',
];
let app: FastifyInstance;
beforeAll(async () => {
  const config = { logLevel: 'silent', cacheMb: 4, corsOrigins: [LISTED, 'http://localhost:5173'] } as const;
  app = await buildApp({ config, database: api.database, services: api.services, openapi: '{"openapi":"3.1.0"}' });
});
afterAll(() => app.close());

const crossing = (headers: object) => Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));
const READ: Record<string, unknown> = {
  'access-control-allow-origin': LISTED,
  'access-control-expose-headers': expect.stringMatching(
    /^Consistency-Token, ETag, Link, Location, RateLimit, RateLimit-Policy, .*Retry-After/,
  ),
};
const preflight = (origin: string, method = 'PATCH', url = '/v1/events/li-qiang-waic-2025-keynote') =>
  app.inject({
    method: 'OPTIONS',
    url,
    headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization,content-type,if-match' },
  });

describe('off, as it is unless origins are listed', () => {
  test('no answer says anything of other origins, and nothing is answered beforehand', async () => {
    for (const url of ['/v1/timeline', '/v1/nothing', '/openapi.json']) {
      const { headers } = await api.app.inject({ url, headers: { origin: LISTED } });
      expect(crossing(headers)).toEqual({});
      expect(String(headers.vary ?? '')).not.toMatch(/origin/);
    }
    const asked = await api.app.inject({
      method: 'OPTIONS',
      url: '/v1/timeline',
      headers: { origin: LISTED, 'access-control-request-method': 'GET' },
    });
    expect([asked.statusCode, crossing(asked.headers)]).toEqual([405, {}]);
  });
});

describe('a listed origin', () => {
  test.each([
    ['/v1/timeline?limit=2', 200],
    ['/v1/timeline?limit=2', 200],
    ['/v1/timeline.csv?limit=2', 200],
    ['/v1/events/li-qiang-waic-2025-keynote', 200],
    ['/v1/events/nothing', 404],
    ['/v1/nothing', 404],
    ['/v1/timeline?form=2025', 400],
    ['/v1/keys', 401],
    ['/health/live', 200],
  ])('may read %s, whatever is answered: %i', async (url, status) => {
    const { statusCode, headers } = await app.inject({ url, headers: { origin: LISTED } });
    expect([statusCode, crossing(headers)]).toEqual([status, READ]);
    expect(String(headers.vary).split(', ')).toContain('origin');
  });

  test('may read a 304, and an answer that was kept for somebody else', async () => {
    const url = '/v1/timeline?limit=3';
    const { headers: first } = await app.inject({ url });
    expect(crossing(first)).toEqual({});
    const again = await app.inject({ url, headers: { origin: LISTED } });
    const held = await app.inject({ url, headers: { origin: 'http://localhost:5173', 'if-none-match': String(first.etag) } });
    expect(crossing(again.headers)).toEqual(READ);
    expect([held.statusCode, held.headers['access-control-allow-origin']]).toEqual([304, 'http://localhost:5173']);
  });

  test('is answered beforehand, without a key and without effect', async () => {
    const statements = await api.countStatements(async () => {
      const answer = await preflight(LISTED);
      expect([answer.statusCode, answer.body, answer.headers.vary]).toEqual([204, '', 'origin']);
      expect(crossing(answer.headers)).toEqual({
        ...READ,
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': expect.stringMatching(/authorization.*if-match.*last-event-id/),
        'access-control-max-age': '7200',
      });
    });
    expect(statements).toEqual([]);
  });

  test('OPTIONS that asks nothing beforehand is answered as it always was', async () => {
    const { statusCode, headers } = await app.inject({ method: 'OPTIONS', url: '/v1/timeline', headers: { origin: LISTED } });
    expect([statusCode, headers.allow]).toEqual([405, expect.stringContaining('GET')]);
  });
});

describe('CORS that reflects (Strapi GHSA-9329-mxxw-qwf8): any other origin', () => {
  test.each(OTHERS)('%s may read nothing', async (origin) => {
    for (const url of ['/v1/timeline?limit=2', '/v1/keys', '/v1/nothing']) {
      const { headers } = await app.inject({ url, headers: { origin, authorization: `Bearer ${api.keys.admin}` } });
      expect([crossing(headers), String(headers.vary).includes('origin')]).toEqual([{}, true]);
    }
    const answer = await preflight(origin);
    expect([answer.statusCode, crossing(answer.headers)]).toEqual([405, {}]);
  });

  test('no answer ever lets credentials go along', async () => {
    for (const origin of [LISTED, ...OTHERS])
      for (const { headers } of [await app.inject({ url: '/v1/timeline', headers: { origin } }), await preflight(origin)])
        expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });
});

test('a stream can be followed from a listed origin, and is for it alone', async () => {
  const { headers } = await app.inject({ method: 'HEAD', url: '/v1/changes/stream', headers: { origin: LISTED } });
  expect(headers).toMatchObject({ 'access-control-allow-origin': LISTED, vary: 'origin' });
});
