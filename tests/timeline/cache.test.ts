// Finished answers are kept: sent again without the database while nothing has changed, and never when something has.
import { setImmediate } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { connectDatabase, type Database } from '../../src/database/connect.js';
import { createServices } from '../../src/services.js';
import { type Sending, useApp } from '../support/app.js';

const api = useApp('seeded');
const ask = async (url: string, sending?: Sending) => {
  let answer = {} as Awaited<ReturnType<typeof api.get>>;
  const statements = await api.countStatements(async () => {
    answer = await api.get(url, sending);
  });
  return { answer, statements: statements.length };
};

const TOPIC = 'export-controls';

const FORMS = [
  '',
  '.csv?limit=3',
  '.ndjson?limit=3',
  '.ics?limit=3',
  '.atom',
  '.feed.json',
  '.timelinejs.json?limit=3&eras=true',
  '.jsonld?limit=3',
];

describe.each([...FORMS.map((form) => `/v1/timeline${form}`), '/v1/timeline/histogram', '/v1/timeline?q=Shangai&facets=topic&total=true'])(
  'GET %s',
  (url) => {
    test('the second time asks the database nothing, and answers the same', async () => {
      const first = await ask(url);
      const second = await ask(url);
      expect(first.statements).toBeGreaterThan(0);
      expect(second.statements).toBe(0);
      expect(second.answer.body).toBe(first.answer.body);
      const { date: _, 'x-request-id': __, ...headers } = first.answer.headers;
      expect(second.answer.headers).toMatchObject(headers);
    });

    test('a reader who has it is told so without the database', async () => {
      const { etag } = (await api.get(url)).headers;
      const { answer, statements } = await ask(url, { headers: { 'if-none-match': String(etag) } });
      expect([answer.statusCode, answer.body, statements]).toEqual([304, '', 0]);
    });
  },
);

test('a question is the same however it is written', async () => {
  const first = await ask('/v1/timeline?topic=export-controls,governance&type=speech&limit=2');
  for (const other of [
    '/v1/timeline?topic=governance,export-controls&type=speech&limit=2',
    '/v1/timeline?limit=2&topic=governance&type=speech&topic=export-controls',
    '/v1/timeline?limit=2&topic=governance%2Cexport-controls&type=speech,speech',
  ]) {
    const again = await ask(other);
    expect([again.statements, again.answer.body], other).toEqual([0, first.answer.body]);
  }
  expect((await ask('/v1/timeline?topic=governance&type=speech&limit=2')).statements).toBe(1);
});

test('a cursor goes with the question, however it is written', async () => {
  const { next } = (await api.get('/v1/timeline?topic=export-controls,governance&limit=2')).json().page;
  const cursor = new URL(next, 'http://host').searchParams.get('cursor');
  expect((await api.get(`/v1/timeline?limit=2&cursor=${cursor}&topic=governance,export-controls`)).statusCode).toBe(200);
});

test('an address that is asked for under another host or form is another answer', async () => {
  const [one, other] = [
    await api.get('/v1/timeline.atom', { headers: { host: 'one.example' } }),
    await api.get('/v1/timeline.atom', { headers: { host: 'other.example' } }),
  ];
  expect(one.body).toContain('http://one.example/');
  expect(other.body).not.toContain('one.example');
  const [json, csv] = [await api.get('/v1/timeline?limit=2'), await api.get('/v1/timeline?limit=2', { headers: { accept: 'text/csv' } })];
  expect([json.headers['content-type'], csv.headers['content-type']].map((type) => String(type).split(';')[0])).toEqual([
    'application/json',
    'text/csv',
  ]);
});

test('a bearer of a key is sent the same, marked as theirs', async () => {
  const open = await api.get('/v1/timeline?limit=4');
  const { answer, statements } = await ask('/v1/timeline?limit=4', { as: 'editor' });
  expect([answer.body, answer.headers['cache-control'], statements]).toEqual([open.body, 'private, no-cache', 1]);
  expect((await api.get('/v1/timeline?limit=4')).headers['cache-control']).toBe('public, max-age=0, must-revalidate');
});

test('what is refused is refused every time', async () => {
  for (let times = 0; times < 2; times++) expect((await api.get('/v1/timeline?from=2026&to=2025')).statusCode).toBe(400);
});

describe('after a write, the process that wrote never answers from before it', () => {
  const title = async () => (await api.get('/v1/timeline?from=2025-07-26&to=2025-07-26&type=speech&limit=1')).json().data[0].title;
  test.each(['an event', 'what an event shows of others', 'a write that is only tried'])('%s', async (what) => {
    const before = await api.get(`/v1/timeline?topic=${TOPIC}`);
    expect(before.json().data.length).toBeGreaterThan(0);
    await title();
    if (what === 'an event') {
      for (let times = 0; times < 10; times++) {
        await api.patch('/v1/events/li-qiang-waic-2025-keynote', { title: `Keynote ${times}` });
        expect(await title()).toBe(`Keynote ${times}`);
      }
    } else if (what === 'what an event shows of others') {
      await api.patch(`/v1/topics/${TOPIC}`, { name: 'Governing' });
      const after = await api.get(`/v1/timeline?topic=${TOPIC}`);
      expect(after.headers.etag).not.toBe(before.headers.etag);
      expect(after.body).toContain('"name":"Governing"');
    } else {
      await api.patch('/v1/events/li-qiang-waic-2025-keynote?validate_only=true', { title: 'Never' });
      const after = await api.get(`/v1/timeline?topic=${TOPIC}`);
      expect(after.headers.etag).toBe(before.headers.etag);
    }
  });

  test('with readers all the while', async () => {
    let isOver = false;
    const seen: number[] = [];
    const reading = (async () => {
      while (!isOver) {
        seen.push((await api.get('/v1/timeline?limit=1')).json().meta.as_of_seq);
        await setImmediate();
      }
    })();
    for (let times = 0; times < 15; times++) {
      await api.patch(`/v1/topics/${TOPIC}`, { description: `Described ${times}` });
      const { seq } = (await api.database.pool.query<{ seq: string }>('select max(seq) as seq from revisions')).rows[0]!;
      expect((await api.get('/v1/timeline?limit=1')).json().meta.as_of_seq).toBe(Number(seq));
    }
    isOver = true;
    await reading;
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});

describe('another process', () => {
  let database: Database;
  let other: Awaited<ReturnType<typeof buildApp>>;
  beforeAll(async () => {
    database = await connectDatabase({ databaseUrl: api.url, dataDir: '', databasePool: 2 });
    const services = createServices(database);
    other = await buildApp({ config: { logLevel: 'silent', cacheMb: 16 }, database, services, openapi: '{"openapi":"3.1.0"}' });
  });
  afterAll(async () => {
    await other.close();
    await database.close();
  });

  test('knows of a write within a second, and gives an answer the same tag', async () => {
    await other.inject('/v1/timeline?limit=1');
    const written = await api.patch(`/v1/topics/${TOPIC}`, { description: 'Described elsewhere' });
    expect(written.statusCode).toBe(200);
    const now = (await api.get('/v1/timeline?limit=1')).headers.etag;
    await expect.poll(async () => (await other.inject('/v1/timeline?limit=1')).headers.etag, { timeout: 1000, interval: 20 }).toBe(now);
  });
});

describe('an answer is sent as small as the reader takes it', () => {
  const url = '/v1/timeline?limit=50';
  test.each([
    ['gzip', 'gzip', gunzipSync],
    ['br', 'br', brotliDecompressSync],
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['br;q=0.5, gzip', 'gzip', gunzipSync],
    ['*', 'br', brotliDecompressSync],
  ])('Accept-Encoding: %s', async (header, encoding, decompress) => {
    const plain = await api.get(url);
    for (let times = 0; times < 2; times++) {
      const answer = await api.app.inject({ url, headers: { 'accept-encoding': header } });
      expect(answer.headers['content-encoding']).toBe(encoding);
      expect(decompress(answer.rawPayload).toString()).toBe(plain.body);
      expect(answer.rawPayload.length).toBeLessThan(plain.rawPayload.length / 3);
      expect(Number(answer.headers['content-length'])).toBe(answer.rawPayload.length);
    }
  });

  test.each(['identity', 'br;q=0, gzip;q=0', 'compress'])('plain for %s', async (header) => {
    const answer = await api.get(url, { headers: { 'accept-encoding': header } });
    expect(answer.headers).not.toHaveProperty('content-encoding');
  });

  test('each encoding has a tag of its own, and any of them is known again', async () => {
    const tags = await Promise.all(
      ['identity', 'gzip', 'br'].map(
        async (header) => (await api.app.inject({ url, headers: { 'accept-encoding': header } })).headers.etag,
      ),
    );
    expect(new Set(tags).size).toBe(3);
    for (const tag of tags) {
      const again = await api.get(url, { headers: { 'if-none-match': String(tag), 'accept-encoding': 'br' } });
      expect([again.statusCode, again.headers.etag]).toEqual([304, tag]);
    }
  });

  test('what is short is sent plain', async () => {
    const answer = await api.get('/problems/not-found', { headers: { 'accept-encoding': 'gzip' } });
    expect(answer.headers).not.toHaveProperty('content-encoding');
  });
});

test('with CACHE_MB=0 nothing is kept, and readers are still spared what they have', async () => {
  const services = createServices(api.database);
  const app = await buildApp({ config: { logLevel: 'silent', cacheMb: 0 }, database: api.database, services, openapi: '{}' });
  const get = (headers = {}) => app.inject({ url: '/v1/timeline?limit=3', headers });
  const { etag } = (await get()).headers;
  const statements = await api.countStatements(async () => {
    expect((await get({ 'if-none-match': etag })).statusCode).toBe(304);
  });
  expect(statements).toHaveLength(1);
  await app.close();
});

test('what is kept stays within its bytes', async () => {
  const services = createServices(api.database);
  const app = await buildApp({ config: { logLevel: 'silent', cacheMb: 1 }, database: api.database, services, openapi: '{}' });
  for (let limit = 1; limit <= 50; limit++) await app.inject(`/v1/timeline?limit=${limit}`);
  const asks = (limit: number) => api.countStatements(() => app.inject(`/v1/timeline?limit=${limit}`));
  expect(await asks(50)).toHaveLength(0);
  expect(await asks(2)).toHaveLength(1);
  await app.close();
});
