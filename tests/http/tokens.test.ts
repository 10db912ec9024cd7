// Sign-in by OpenID Connect: tokens of the issuer are taken for what they say, and nothing else is.
import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { type CryptoKey, exportSPKI, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { buildApp } from '../../src/app.js';
import type { SignIn } from '../../src/config.js';
import { isId } from '../../src/contract/ids.js';
import { useApp } from '../support/app.js';
import { AUDIENCE, type Issuer, startIssuer } from './issuer.js';

const api = useApp('seeded');
let issuer: Issuer;
let app: FastifyInstance;
const log: string[] = [];

const appFor = (more: Partial<SignIn> = {}, config: object = {}) =>
  buildApp({
    config: {
      logLevel: 'trace',
      cacheMb: 4,
      signIn: { issuer: issuer.url, audience: AUDIENCE, rolesClaim: 'roles', roleMap: undefined, ...more },
      ...config,
    },
    logTo: new Writable({ write: (line, _, done) => done(void log.push(String(line))) }),
    database: api.database,
    services: api.services,
    openapi: '{"openapi":"3.1.0"}',
  });
beforeAll(async () => {
  issuer = await startIssuer();
});
beforeEach(async () => {
  Object.assign(issuer, { asked: {}, broken: null, otherwise: {} });
  app = await appFor();
});
afterEach(() => app.close());
afterAll(() => issuer.close());

const ask = (token: string, url = '/v1/topics', on = app) => on.inject({ url, headers: { authorization: `Bearer ${token}` } });
const write = (token: string, payload: object, on = app) =>
  on.inject({ method: 'POST', url: '/v1/topics', headers: { authorization: `Bearer ${token}` }, payload });
const countRevisions = async () => (await api.database.pool.query('select count(*)::int as count from revisions')).rows[0].count;
const fetches = () => issuer.asked['/keys'] ?? 0;

describe('a token of the issuer', () => {
  test('lets in whom it names, by the highest of its roles', async () => {
    const token = await issuer.sign({ roles: ['contributor', 'editor', 'something'], name: 'Ada Lovelace' });
    expect((await ask(token)).statusCode).toBe(200);
    expect((await ask(token, '/v1/keys')).statusCode).toBe(403);
    expect((await ask(await issuer.sign({ roles: 'openid admin' }), '/v1/keys')).statusCode).toBe(200);
    const made = await write(token, { slug: 'by-token', name: 'By token' });
    expect(made.statusCode).toBe(201);
    const { data } = (await app.inject('/v1/topics/by-token/revisions')).json();
    expect(JSON.stringify(data[0])).toContain('Ada Lovelace');
  });

  test('is one and the same author, whenever they sign in, and nobody else', async () => {
    const authorOf = async (sub: string, slug: string) => {
      await write(await issuer.sign({ sub, roles: ['editor'], name: 'One of two' }), { slug, name: slug });
      const { rows } = await api.database.pool.query(
        `select author_id, author_name from revisions where state ->> 'slug' = $1 or entity_id = (select id from topics where slug = $1)`,
        [slug],
      );
      return rows[0];
    };
    const [one, again, other] = [await authorOf('a', 'written-1'), await authorOf('a', 'written-2'), await authorOf('b', 'written-3')];
    expect(isId(one.author_id)).toBe(true);
    expect([again.author_id === one.author_id, other.author_id === one.author_id]).toEqual([true, false]);
  });

  test('may be signed in any of the ways in which the issuer alone can', async () => {
    for (const alg of ['ES256', 'PS256', 'EdDSA']) {
      const kid = await issuer.addKey(alg);
      const on = await appFor();
      expect([alg, (await ask(await issuer.sign({ roles: ['editor'] }, { kid }), '/v1/topics', on)).statusCode]).toEqual([alg, 200]);
      await on.close();
    }
  });

  test('an address of e-mail never goes into the history; without a name there is a made-up one', async () => {
    for (const [slug, names] of [
      ['named-1', { name: 'ada@desk.example', preferred_username: 'ada' }],
      ['named-2', { email: 'ada@desk.example', preferred_username: 'ada@desk.example' }],
      ['named-3', { name: 'A\u0000d\u202ea' }],
    ] as const)
      expect((await write(await issuer.sign({ roles: ['editor'], ...names }), { slug, name: slug })).statusCode).toBe(201);
    const { rows } = await api.database.pool.query(`select r.author_name from revisions r join topics t on t.id = r.entity_id
      where t.slug like 'named-%' order by t.slug`);
    expect(rows.map(({ author_name }) => author_name)).toEqual(['ada', expect.stringMatching(/^Signed in as [0-9a-f]{8}$/), 'A d a']);
  });

  test('the keys of the issuer are asked for once, not for each request', async () => {
    const token = await issuer.sign({ roles: ['editor'] });
    await Promise.all(Array.from({ length: 10 }, () => ask(token)));
    await ask(token);
    expect(issuer.asked).toEqual({ '/.well-known/openid-configuration': 1, '/keys': 1 });
  });

  test('is told from a key by its form; keys are taken as before, without the issuer', async () => {
    expect((await ask(api.keys.editor)).statusCode).toBe(200);
    expect((await ask(`${api.keys.editor}x`)).statusCode).toBe(401);
    expect(issuer.asked).toEqual({});
    const token = await issuer.sign({ roles: ['editor'] });
    const statements = await api.countStatements(async () => expect((await ask(token, '/v1/keys')).statusCode).toBe(403));
    expect(statements).toEqual([]);
  });
});

describe('which role a claim gives', () => {
  const statusFor = async (more: Partial<SignIn>, claims: object) => {
    const on = await appFor(more);
    const { statusCode } = await ask(await issuer.sign({ ...claims }), '/v1/keys', on);
    await on.close();
    return statusCode;
  };

  test('is found by its name, dots and all, or by the path to it', async () => {
    expect(await statusFor({ rolesClaim: 'https://desk.example/roles' }, { 'https://desk.example/roles': ['admin'] })).toBe(200);
    expect(await statusFor({ rolesClaim: 'realm_access.roles' }, { realm_access: { roles: ['admin'] } })).toBe(200);
    expect(await statusFor({ rolesClaim: 'realm_access.roles' }, { roles: ['admin'] })).toBe(403);
    expect(await statusFor({ rolesClaim: 'constructor.name' }, {})).toBe(403);
  });

  test('is what the map says, and with a map nothing else', async () => {
    const roleMap: SignIn['roleMap'] = [
      ['desk', 'editor'],
      ['heads', 'admin'],
    ];
    expect(await statusFor({ roleMap }, { roles: ['desk', 'heads'] })).toBe(200);
    expect(await statusFor({ roleMap }, { roles: ['desk'] })).toBe(403);
    expect(await statusFor({ roleMap }, { roles: ['admin'] })).toBe(403);
  });

  test.each([{}, { roles: [] }, { roles: ['owner'] }, { roles: 'ADMIN' }, { roles: { admin: true } }, { roles: 1 }])(
    '%j gives none: 403, not 401, wherever a token is looked at',
    async (claims) => {
      const token = await issuer.sign(claims);
      for (const url of ['/v1/topics', '/v1/keys']) {
        const answer = await ask(token, url);
        expect(answer.json()).toMatchObject({ status: 403, detail: expect.stringContaining('claim "roles" gives none of the roles') });
      }
      expect((await ask(token, '/health/live')).statusCode).toBe(200);
    },
  );
});

describe('a token is refused with 401, before any effect', () => {
  const seconds = (from: number) => Math.floor(Date.now() / 1000) + from;
  const rejected: [string, () => Promise<string>][] = [
    ['that has expired', () => issuer.sign({ roles: ['admin'], exp: seconds(-60) })],
    ['that never expires', () => issuer.sign({ roles: ['admin'], exp: null })],
    ['that is not valid yet', () => issuer.sign({ roles: ['admin'], nbf: seconds(60) })],
    ['for another audience', () => issuer.sign({ roles: ['admin'], aud: 'https://other.example' })],
    ['for nobody in particular', () => issuer.sign({ roles: ['admin'], aud: null })],
    ['of another issuer', () => issuer.sign({ roles: ['admin'], iss: 'https://evil.example' })],
    ['of nobody', () => issuer.sign({ roles: ['admin'], sub: null })],
    ['with a key that the issuer does not have', () => issuer.sign({ roles: ['admin'] }, { kid: 'unknown' })],
    [
      'that is not signed (alg none)',
      async () =>
        new UnsecuredJWT({ roles: ['admin'] }).setIssuer(issuer.url).setAudience(AUDIENCE).setSubject('x').setExpirationTime('5m').encode(),
    ],
    [
      'that is signed with the public key as a secret (HS256)',
      async () => {
        const pem = await exportSPKI((await importJWK(issuer.publicKeys[0]!, 'RS256')) as CryptoKey);
        return new SignJWT({ roles: ['admin'] })
          .setProtectedHeader({ alg: 'HS256', kid: issuer.publicKeys[0]!.kid! })
          .setIssuer(issuer.url)
          .setAudience(AUDIENCE)
          .setSubject('x')
          .setExpirationTime('5m')
          .sign(new TextEncoder().encode(pem));
      },
    ],
    [
      'that was changed after it was signed',
      async () => {
        const [header, payload, signature] = (await issuer.sign({ roles: ['contributor'] })).split('.');
        const claims = { ...JSON.parse(Buffer.from(payload!, 'base64url').toString()), roles: ['admin'] };
        return `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
      },
    ],
    ['whose signature is missing', async () => (await issuer.sign({ roles: ['admin'] })).replace(/[^.]+$/, '')],
    ['that is no JSON', async () => 'eyJ4.eyJ4.eHg'],
  ];

  test.each(rejected)('%s', async (_, make) => {
    const [token, before] = [await make(), await countRevisions()];
    for (const answer of [await ask(token), await ask(token, '/v1/keys'), await write(token, { name: 'Never made' })]) {
      expect(answer.json()).toMatchObject({ status: 401, detail: expect.stringMatching(/^The access token .+\.$/) });
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="demarche", error="invalid_token"');
      expect(answer.body).not.toContain(token);
    }
    expect(await countRevisions()).toBe(before);
  });

  test('a clock that is off by a few seconds is forgiven', async () => {
    for (const claims of [{ exp: seconds(-10) }, { nbf: seconds(10) }])
      expect((await ask(await issuer.sign({ roles: ['editor'], ...claims }))).statusCode).toBe(200);
  });

  test('without sign-in no token is taken, and nobody is asked', async () => {
    expect((await ask(await issuer.sign({ roles: ['admin'] }), '/v1/topics', api.app)).statusCode).toBe(401);
    expect(issuer.asked).toEqual({});
  });
});

describe('keys of the issuer that change', () => {
  afterEach(() => void vi.useRealTimers());

  test('a new one is found by asking once more, and unknown ones do not make it ask at every request', async () => {
    expect((await ask(await issuer.sign({ roles: ['editor'] }))).statusCode).toBe(200);
    const kid = await issuer.addKey('ES256');
    expect((await ask(await issuer.sign({ roles: ['editor'] }, { kid }))).statusCode).toBe(401);
    expect(fetches()).toBe(1);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    expect((await ask(await issuer.sign({ roles: ['editor'] }, { kid }))).statusCode).toBe(200);
    for (let times = 0; times < 5; times++)
      expect((await ask(await issuer.sign({ roles: ['editor'] }, { kid: 'unknown' }))).statusCode).toBe(401);
    expect(fetches()).toBe(2);
  });
});

describe('while the issuer cannot be asked', () => {
  const statuses = async (token: string) => {
    const answer = await ask(token);
    return [answer.statusCode, answer.headers['retry-after'], answer.json().type];
  };
  const unavailable = [503, '5', '/problems/unavailable'];

  test.each([
    ['it fails', { broken: { status: 500, body: '' } }],
    ['it sends elsewhere', { broken: { status: 302, body: '' } }],
    ['it answers something else', { broken: { status: 200, body: '<html>' } }],
    ['its document is of another issuer', { otherwise: { issuer: 'https://evil.example' } }],
    ['its keys are elsewhere, and not at an https address', { otherwise: { jwks_uri: 'http://evil.example/keys' } }],
    [
      'its keys are not there',
      {
        otherwise: {
          get jwks_uri() {
            return `${issuer.url}/nothing`;
          },
        },
      },
    ],
    [
      'its keys are none',
      {
        otherwise: {
          get jwks_uri() {
            return `${issuer.url}/.well-known/openid-configuration`;
          },
        },
      },
    ],
  ])('because %s, a token is answered 503 and when to come back, not 401', async (_, state) => {
    Object.assign(issuer, state);
    expect(await statuses(await issuer.sign({ roles: ['editor'] }))).toEqual(unavailable);
    expect((await ask(api.keys.editor)).statusCode).toBe(200);
    expect((await app.inject('/v1/topics')).statusCode).toBe(200);
  });

  test('it is left alone for a moment, and asked again after it', async () => {
    issuer.broken = { status: 500, body: '' };
    const token = await issuer.sign({ roles: ['editor'] });
    for (let times = 0; times < 5; times++) expect(await statuses(token)).toEqual(unavailable);
    expect(Object.values(issuer.asked)).toEqual([1]);
    issuer.broken = null;
    await expect.poll(async () => (await ask(token)).statusCode, { timeout: 5000, interval: 200 }).toBe(200);
  });

  test('tokens are checked with the keys that are there', async () => {
    const token = await issuer.sign({ roles: ['editor'] });
    expect((await ask(token)).statusCode).toBe(200);
    issuer.broken = { status: 500, body: '' };
    expect((await ask(token)).statusCode).toBe(200);
  });
});

test('on a private server a token lets its bearer read', async () => {
  const on = await appFor({}, { requireKeyForReads: true });
  const answer = await ask(await issuer.sign({ roles: ['contributor'] }), '/v1/timeline', on);
  expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'private, no-cache']);
  expect((await on.inject('/v1/timeline')).statusCode).toBe(401);
  await on.close();
});

test('secrets kept in logs (Directus GHSA-mvv8-v4jj-g47j): no token is written down', async () => {
  const tokens = [await issuer.sign({ roles: ['editor'] }), await issuer.sign({ roles: ['editor'], exp: 1 })];
  for (const token of tokens) await ask(token);
  expect(log.length).toBeGreaterThan(2);
  for (const token of tokens) for (const part of token.split('.').slice(1)) expect(log.join('')).not.toContain(part);
});
