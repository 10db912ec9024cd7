// A server that takes proposals from everybody: with tighter limits, and without telling anybody what is not published.
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { proposal } from '../../src/proposals/schema.js';
import { MOST_WAITING } from '../../src/proposals/service.js';
import { useApp } from '../support/app.js';
import { development, proposeChange, proposeNew, proposing, why } from './proposing.js';

const api = useApp('empty');
const { event, take } = proposing(api);
const apps: FastifyInstance[] = [];

/** A server of its own, which counts for itself. */
async function openServer(): Promise<FastifyInstance> {
  const app = await buildApp({
    config: { logLevel: 'silent', publicProposals: true },
    database: api.database,
    services: api.services,
    openapi: '{"openapi":"3.1.0"}',
  });
  apps.push(app);
  return app;
}

let address = 0;
/** From an address that has sent nothing yet. */
const from = () => ({ remoteAddress: `10.0.${Math.floor(++address / 250)}.${address % 250}` });
let server: FastifyInstance;
const post = (url: string, payload: object, more: object = {}) => server.inject({ method: 'POST', url, payload, ...from(), ...more });
const sent = async (payload: object) => {
  const answer = await post('/v1/proposals', payload);
  expect(answer.statusCode, answer.body).toBe(201);
  return proposal.parse(answer.json());
};
const below = (url: string, name: string) => url.replace('?', `/${name}?`);

beforeAll(async () => {
  server = await openServer();
  await event('shown', { related: [] });
  await event('canary', { state: 'draft' });
});
afterAll(() => Promise.all(apps.map((app) => app.close())));

test('where it is not said, nobody sends one without a key', async () => {
  const answer = await api.post('/v1/proposals', proposeNew(development(1)), { as: null });
  expect(answer.statusCode).toBe(401);
});

describe('what nobody in particular sends', () => {
  test('has no author, and is followed, revised and withdrawn by its tracking address alone', async () => {
    const { id, url, author } = await sent(proposeNew(development(2)));
    expect([author, url]).toEqual([null, expect.stringMatching(new RegExp(`^/v1/proposals/${id}\\?tracking=[\\w-]{22}$`))]);
    const get = async (address: string) => (await server.inject({ url: address, ...from() })).json();
    await take(id, 'comments', { text: 'Where?' });
    expect((await get(url)).comments).toHaveLength(1);
    expect((await get(`/v1/proposals/${id}`)).comments).toEqual([]);
    await take(id, 'request-changes', { comment: 'Where?' });
    const wrong = `/v1/proposals/${id}?tracking=${'A'.repeat(22)}`;
    for (const other of [wrong, `/v1/proposals/${id}`]) {
      const patched = await server.inject({ method: 'PATCH', url: other, payload: { rationale: 'Mine' }, ...from() });
      expect(patched.statusCode).toBe(403);
      expect((await get(other)).comments).toEqual([]);
    }
    const revised = await server.inject({ method: 'PATCH', url, payload: { rationale: 'In the gazette.' }, ...from() });
    expect(revised.json()).toMatchObject({ state: 'open', rationale: 'In the gazette.', url });
    expect((await post(below(url, 'comments'), { text: 'There.' })).json().comments[1]).toMatchObject({
      author: 'anonymous',
      by: 'author',
    });
    expect((await post(`/v1/proposals/${id}/withdraw`, {})).statusCode).toBe(403);
    expect((await post(below(url, 'withdraw'), {})).json().state).toBe('withdrawn');
  });

  test('when it is rejected, is read by that address, and not by the one that all know', async () => {
    const { id, url } = await sent(proposeNew(development(3), { rationale: 'spam and canary' }));
    await take(id, 'reject', { reason: 'Spam' });
    const bodies = await Promise.all(
      [url, `/v1/proposals/${id}`, '/v1/proposals'].map(async (one) => (await server.inject({ url: one, ...from() })).body),
    );
    expect(bodies.map((body) => body.includes('spam and canary'))).toEqual([true, false, false]);
    expect(bodies.every((body) => body.includes('rejected'))).toBe(true);
  });

  test('is accepted by an editor, and credited to nobody', async () => {
    const { id } = await sent(proposeNew(development(4)));
    const { verdict } = await take(id, 'accept');
    expect((await api.get(verdict!.revision!.url)).json().author).toBe('anonymous, accepted by test editor');
  });

  test('is kept as nothing but its digest: no secret is in the database', async () => {
    const { url } = await sent(proposeNew(development(5)));
    const { rows } = await api.database.pool.query('select state::text from revisions');
    expect(JSON.stringify(rows)).not.toContain(url.split('tracking=')[1]);
  });
});

describe('it tells nobody of what is not published', () => {
  test('a draft answers as what is not there', async () => {
    const told = async (id: string, version?: number) => {
      const { statusCode, body, headers } = await post('/v1/proposals', proposeChange(id, { title: 'A' }, {}, version));
      return [statusCode, body.replaceAll(id, 'KEY').replaceAll(String(headers['x-request-id']), 'REQUEST')];
    };
    const { id } = (await api.get('/v1/events/canary', { as: 'editor' })).json();
    for (const version of [undefined, 1, 7]) {
      expect(await told('canary', version)).toEqual(await told('absent', version));
      expect(await told(id, version)).toEqual(await told('0b5f8e1c-6d0e-5c57-9a3b-2f6f1d1c7a40', version));
    }
  });

  test('members that would tell of it are not taken', async () => {
    for (const [member, value] of [
      ['slug', 'canary'],
      ['related', [{ event: 'canary', relation: 'amends' }]],
      ['state', 'draft'],
    ] as const)
      for (const body of [proposeNew(development(6, { [member]: value })), proposeChange('shown', { [member]: value })]) {
        const answer = await post('/v1/proposals', body);
        expect([answer.statusCode, answer.json().errors]).toEqual([
          422,
          [
            {
              pointer: `/change/${member}`,
              detail: expect.stringContaining(member === 'state' ? 'send null as change' : 'set by editors'),
            },
          ],
        ]);
      }
  });

  test('nor does a version from before it was published', async () => {
    await event('late', { state: 'draft', title: 'Canary' });
    await api.patch('/v1/events/late', { title: 'Late' });
    await api.post('/v1/events/late/publish');
    expect((await post('/v1/proposals', proposeChange('late', { title: 'A' }, {}, 1))).json().errors[0].pointer).toBe('/target/version');
    await sent(proposeChange('late', { title: 'A' }, {}, 3));
  });

  test('nor does what still refers to something', async () => {
    await api.post('/v1/topics', { name: 'Used', slug: 'used' });
    await event('canary-using', { state: 'draft', topics: ['used'] });
    const { id } = await sent({ target: { entity: 'topic', id: 'used' }, change: null, ...why });
    expect((await api.post(`/v1/proposals/${id}/accept`)).json().detail).toContain('still in use by 1 event');
  });

  test('nor do its likely duplicates', async () => {
    await event('canary-alike', { state: 'draft', title: 'A rare title of a hidden canary', date: '2031-01-01' });
    const { similar } = await sent(proposeNew({ ...development(7), title: 'A rare title of a hidden canary', date: '2031-01-01' }));
    expect(similar).toEqual([]);
  });
});

describe('the limits', () => {
  test('so many an hour from one address, however they end; a key is not counted', async () => {
    const app = await openServer();
    const send = (more: object = {}) =>
      app.inject({
        method: 'POST',
        url: '/v1/proposals?validate_only=true',
        payload: proposeNew(development(8)),
        remoteAddress: '192.0.2.1',
        ...more,
      });
    const first = await send();
    expect([first.statusCode, first.headers['ratelimit-policy'], first.headers.ratelimit]).toEqual([
      200,
      '"proposals";q=20;w=3600',
      expect.stringMatching(/^"proposals";r=19;t=\d+$/),
    ]);
    for (let sent = 2; sent <= 20; sent++)
      expect((await send({ payload: sent % 2 ? { nothing: true } : proposeNew(development(8)) })).statusCode).toBe(sent % 2 ? 422 : 200);
    const refused = await send();
    expect([refused.statusCode, Number(refused.headers['retry-after']) > 3000]).toEqual([429, true]);
    expect((await send({ remoteAddress: '192.0.2.2' })).statusCode).toBe(200);
    expect((await send({ headers: { authorization: `Bearer ${api.keys.contributor}` } })).statusCode).toBe(200);
    // Of an IPv6 network there is one.
    for (let sent = 0; sent < 20; sent++) await send({ remoteAddress: `2001:db8::${sent}` });
    expect((await send({ remoteAddress: '2001:db8::ffff' })).statusCode).toBe(429);
  });

  test('small bodies, also where they do not say how long they are', async () => {
    const long = proposeNew(
      development(9, { summary: 'x'.repeat(4000), notes: Array.from({ length: 8 }, () => ({ topic: 'A', text: 'x'.repeat(4000) })) }),
    );
    expect((await post('/v1/proposals', long)).statusCode).toBe(413);
    await server.listen({ port: 0, host: '127.0.0.1' });
    const { port } = server.server.address() as { port: number };
    const pieces = new Blob([JSON.stringify(long)]).stream();
    const init = { method: 'POST', body: pieces, duplex: 'half', headers: { 'content-type': 'application/json' } };
    expect((await fetch(`http://127.0.0.1:${port}/v1/proposals`, init as RequestInit)).status).toBe(413);
    const keyed = await api.post('/v1/proposals', long, { as: 'contributor' });
    expect(keyed.statusCode).toBe(201);
  });

  test('no more wait than can be looked through', async () => {
    const { rows } = await api.database.pool.query(
      `select count(*)::int as n from proposals where author_id is null and state in ('open', 'changes_requested')`,
    );
    await api.database.pool.query(
      `insert into proposals (id, version, state, target_entity, is_public, created_at, updated_at)
       select gen_random_uuid(), 1, 'open', 'event', false, now(), now() from generate_series(1, $1)`,
      [MOST_WAITING - rows[0].n],
    );
    const answer = await post('/v1/proposals', proposeNew(development(10)));
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '3600']);
    expect((await api.post('/v1/proposals', proposeNew(development(10)), { as: 'contributor' })).statusCode).toBe(201);
  });
});
