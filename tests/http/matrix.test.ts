// Every operation of the published document, for everybody: a refusal comes before any effect (Directus GHSA-3fff-gqw3-vj86,
// GHSA-p623-wgx3-wxp8), and what one may not see answers byte for byte like what is not there.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { OPENAPI } from '../../src/files.js';
import { ROLES, type Role } from '../../src/http/access.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');

interface Described {
  operationId: string;
  security: object[];
  requestBody?: { content: Record<string, { example: unknown }> };
}
const { paths } = JSON.parse(readFileSync(OPENAPI, 'utf8')) as { paths: Record<string, Record<string, Described>> };
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const OPERATIONS = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
);
const GUARDED = OPERATIONS.filter(({ security }) => security.length === 1);

/** An address at which there is something, so that only the refusal keeps it as it is. */
const THERE: Record<string, string> = {
  '/v1/events/{key}': '/v1/events/li-qiang-waic-2025-keynote',
  '/v1/initiatives/{key}': '/v1/initiatives/world-ai-cooperation-organization',
  '/v1/action-plans/{key}': '/v1/action-plans/global-ai-governance-action-plan',
  '/v1/action-plans/{plan}': '/v1/action-plans/global-ai-governance-action-plan',
  '/v1/actors/{key}': '/v1/actors/li-qiang',
  '/v1/sources/{key}': '/v1/sources/china-calls-for-a-global-alliance-to-govern-ai',
  '/v1/topics/{key}': '/v1/topics/governance',
};
const ids: Record<string, string> = {};
/** What the author of a proposal alone may do; the steps of a review are for all but the author. */
const OF_AUTHOR = /^\/v1\/proposals\/\{id\}(\/withdraw|\/comments)?$/;
function addressOf(path: string): string {
  const [above] = Object.keys(THERE).filter((one) => path.startsWith(one));
  const there = above === undefined ? path : path.replace(above, THERE[above]!);
  const address = there.replace('{number}', '1').replace('{version}', '1').replace('{label}', '2026-11');
  const proposal = OF_AUTHOR.test(path) ? ids.own : ids.proposal;
  return address
    .replace('/v1/proposals/{id}', `/v1/proposals/${proposal}`)
    .replace('/v1/keys/{id}', `/v1/keys/${ids.key}`)
    .replace('/v1/webhooks/{id}', `/v1/webhooks/${ids.webhook}`);
}
/** A request that would be done, were it allowed. */
const requestOf = ({ path, method, requestBody }: (typeof OPERATIONS)[number]) => ({
  method: method as 'POST',
  url: `${addressOf(path)}${path.endsWith('/replay') ? '?since=0' : ''}`,
  ...(requestBody && { payload: Object.values(requestBody.content)[0]!.example as object }),
});
const roleOf = (operationId: string): Role => api.routes.find(({ config }) => config?.operation === operationId)!.config!.access as Role;

/** All that is kept, but for when keys were used. */
async function fingerprint(): Promise<string> {
  const tables = (await api.database.pool.query(`select tablename from pg_tables where schemaname = 'public' order by 1`)).rows;
  const parts = [];
  for (const { tablename } of tables) {
    const text = `select md5(coalesce(string_agg(r, ',' order by r), '')) as digest from (select (to_jsonb(t) - 'last_used_on')::text as r from ${tablename} t) x`;
    parts.push(`${tablename} ${(await api.database.pool.query(text)).rows[0].digest}`);
  }
  return parts.join('\n');
}

beforeAll(async () => {
  ids.key = (await api.post('/v1/keys', { name: 'Target', role: 'contributor' }, { as: 'admin' })).json().id;
  const proposal = { target: { entity: 'topic' }, change: { name: 'Proposed' }, rationale: 'A', sources: ['https://example.org/a'] };
  ids.proposal = (await api.post('/v1/proposals', proposal, { as: 'contributor' })).json().id;
  await api.post(`/v1/proposals/${ids.proposal}/take`, {}, { as: 'admin' });
  ids.own = (await api.post('/v1/proposals', proposal, { as: 'admin' })).json().id;
  ids.webhook = (await api.post('/v1/webhooks', { url: 'https://8.8.8.8/' }, { as: 'admin' })).json().id;
});

test('the document tells of all that there is to guard', () => {
  expect(GUARDED.length).toBeGreaterThan(40);
  expect(OPERATIONS.filter(({ method, security }) => method !== 'GET' && security.length !== 1)).toEqual([]);
  for (const { operationId } of GUARDED) expect(ROLES, operationId).toContain(roleOf(operationId));
  for (const { path } of OPERATIONS) expect(addressOf(path).replace('{code}', ''), path).not.toContain('{');
});

describe('a refusal comes before any effect: nothing is read, nothing is written, and the body is not looked at', () => {
  const refused = [null, ...ROLES];
  test.each(refused)('%s', async (role) => {
    const before = await fingerprint();
    let tried = 0;
    for (const operation of GUARDED) {
      const needed = roleOf(operation.operationId);
      if (role !== null && ROLES.indexOf(role) >= ROLES.indexOf(needed)) continue;
      tried++;
      const headers = role === null ? {} : { authorization: `Bearer ${api.keys[role]}` };
      const whole = requestOf(operation);
      for (const request of [whole, { ...whole, payload: '{"broken', headers: { 'content-type': 'application/json' } }]) {
        const sent = { ...request, headers: { ...('headers' in request ? request.headers : {}), ...headers } };
        const statements = await api.countStatements(async () => {
          const { statusCode, headers: answered } = await api.app.inject(sent);
          expect(statusCode, `${role} ${operation.operationId}`).toBe(role === null ? 401 : 403);
          expect(answered['cache-control']).toBe('no-store');
        });
        // The key alone is looked up.
        expect(statements, operation.operationId).toHaveLength(role === null ? 0 : 1);
      }
    }
    expect(tried > 0).toBe(role !== 'admin');
    expect(await fingerprint()).toBe(before);
  });

  test('and what is tried would have had an effect: an admin is let in', async () => {
    for (const operation of GUARDED.filter(({ method }) => method !== 'DELETE' && method !== 'GET')) {
      const request = requestOf(operation);
      const url = `${request.url}${request.url.includes('?') ? '&' : '?'}validate_only=true`;
      const { statusCode } = await api.app.inject({ ...request, url, headers: { authorization: `Bearer ${api.keys.admin}` } });
      expect([401, 403, 404, 405, 500].includes(statusCode), `${operation.operationId}: ${statusCode}`).toBe(false);
    }
  });
});

test('a method that an address does not take is refused to everybody, without effect', async () => {
  const before = await fingerprint();
  for (const [path, described] of Object.entries(paths))
    for (const method of METHODS.filter((name) => !(name in described)))
      for (const role of [null, 'admin'] as const) {
        const headers = role === null ? {} : { authorization: `Bearer ${api.keys[role]}` };
        const url = addressOf(path).replace('{code}', 'not-found');
        const answer = await api.app.inject({ method: method as 'PUT', url, headers, payload: {} });
        expect([answer.statusCode, answer.headers.allow !== undefined], `${method} ${url}`).toEqual([405, true]);
      }
  expect(await fingerprint()).toBe(before);
});

describe('hidden equals missing', () => {
  const hidden: { id: string; slug: string }[] = [];
  beforeAll(async () => {
    for (const state of ['draft', 'in_review']) {
      const body = { type: 'statement', title: 'Quagmirewort', date: '2031', slug: `hidden-${state.length}`, state };
      const { id, slug } = (await api.post('/v1/events', body)).json();
      hidden.push({ id, slug });
    }
  });
  /** All that is below an event, by each of its two names; with a key that does not exist in place of the name. */
  const below = OPERATIONS.filter(({ path, security }) => path.startsWith('/v1/events/{key}') && security.length !== 1);
  const told = ({ statusCode, headers, body }: { statusCode: number; headers: object; body: string }, name: string) => {
    const { date: _, 'x-request-id': id, ...rest } = headers as Record<string, string>;
    return { statusCode, headers: rest, body: body.replaceAll(name, 'NAME').replaceAll(id!, 'ID') };
  };

  test('there is something below', () => {
    expect(below.map(({ operationId }) => operationId)).toEqual(
      expect.arrayContaining(['getEvent', 'listEventRevisions', 'getEventRevision', 'listRelatedEvents', 'getEventProvenance']),
    );
  });

  test.each(below)('byte for byte, headers and all, by id and by slug: $operationId', async ({ path }) => {
    for (const { id, slug } of hidden)
      for (const [there, absent] of [
        [slug, slug.replace('hidden', 'absent')],
        [id, randomUUID()],
      ])
        for (const method of ['GET', 'HEAD'] as const)
          for (const headers of [{}, { 'if-none-match': '*' }]) {
            const ask = (key: string) => api.app.inject({ method, url: path.replace('{key}', key).replace('{version}', '1'), headers });
            const [one, other] = [told(await ask(there!), there!), told(await ask(absent!), absent!)];
            expect(one).toEqual(other);
            expect(one.statusCode).toBe(404);
          }
  });

  test('as a filter, too (Directus GHSA-38hg-ww64-rrwc, Strapi GHSA-rjg2-95x7-8qmx): no search, count or facet tells of it', async () => {
    const words = ['q=Quagmirewort', 'from=2031&to=2031', 'total=true&q=Quagmirewort', 'facets=year,type&from=2031'];
    for (const question of words) {
      const answer = (await api.get(`/v1/timeline?${question}`)).json();
      expect([answer.data, answer.page.total ?? 0], question).toEqual([[], 0]);
      expect(JSON.stringify(answer.facets ?? {})).not.toContain('2031');
    }
    const counted = (await api.get('/v1/timeline/histogram?interval=year&from=2031&to=2031')).json();
    expect(JSON.stringify(counted)).not.toMatch(/"(count|total)":[1-9]/);
  });
});
