// Idempotency-Key: what is sent again is done once, and told the same again, to whoever sent it and to nobody else.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectDatabase, type Database } from '../../src/database/connect.js';
import { openAppOn, type Sending, type Tested, useApp } from '../support/app.js';

const api = useApp('empty');
let key = '';
let count = 0;
beforeEach(() => {
  key = `key-${count++}`;
});

const keyed = (sending: Sending = {}, value = key): Sending => ({ ...sending, headers: { ...sending.headers, 'idempotency-key': value } });
const number = async (text: string): Promise<number> => (await api.database.pool.query<{ n: number }>(text)).rows[0]!.n;
const revisions = () => number('select count(*)::int as n from revisions');
const replayed = 'idempotency-replayed';
const WAITING = `select count(*)::int as n from pg_locks
  where not granted and database = (select oid from pg_database where datname = current_database())`;

test('the same request is answered the same again, and writes once', async () => {
  const topic = { name: `Topic ${key}` };
  const first = await api.post('/v1/topics', topic, keyed());
  const before = await revisions();
  const second = await api.post('/v1/topics', topic, keyed());
  expect(first.statusCode).toBe(201);
  expect(first.headers[replayed]).toBeUndefined();
  expect(second.headers[replayed]).toBe('true');
  expect(second.statusCode).toBe(201);
  expect(second.body).toBe(first.body);
  for (const name of ['location', 'etag', 'content-type', 'cache-control']) expect(second.headers[name], name).toBe(first.headers[name]);
  expect(await revisions()).toBe(before);
});

test('it is answered what it was then, whatever has become of the resource', async () => {
  const first = await api.post('/v1/topics', { name: `Topic ${key}` }, keyed());
  await api.patch(first.headers.location!, { description: 'Another one' });
  await api.delete(first.headers.location!);
  expect((await api.post('/v1/topics', { name: `Topic ${key}` }, keyed())).body).toBe(first.body);
});

test('so are restoring and reverting', async () => {
  const { location } = (await api.post('/v1/topics', { name: `Topic ${key}` })).headers;
  await api.delete(location!);
  for (const [path, body] of [
    ['restore', undefined],
    ['revert', { version: 1 }],
  ] as const) {
    if (path === 'revert') await api.patch(location!, { description: 'Changed' });
    const first = await api.post(`${location}/${path}`, body, keyed({}, `${key}-${path}`));
    const before = await revisions();
    const second = await api.post(`${location}/${path}`, body, keyed({}, `${key}-${path}`));
    expect([first.statusCode, second.statusCode, second.body]).toEqual([200, 200, first.body]);
    expect(second.headers[replayed]).toBe('true');
    expect(await revisions()).toBe(before);
  }
});

test('another body, another address and another question under the key are refused', async () => {
  await api.post('/v1/topics', { name: `Topic ${key}` }, keyed());
  const before = await revisions();
  for (const [url, body] of [
    ['/v1/topics', { name: `Topic ${key}`, description: 'More' }],
    ['/v1/actors', { kind: 'bloc', name: 'A bloc' }],
    ['/v1/topics?reason=correction', { name: `Topic ${key}` }],
  ] as const) {
    const answer = await api.post(url, body, keyed());
    expect(answer.statusCode, url).toBe(422);
    expect(answer.json()).toMatchObject({ type: '/problems/key-reused', detail: expect.stringContaining(key) });
  }
  const release = await api.post('/v1/releases', { label: 'never', notes: 'Notes' }, keyed({ as: 'admin' }));
  expect(release.statusCode).toBe(201);
  expect((await api.post('/v1/releases', { label: 'ever', notes: 'Notes' }, keyed({ as: 'admin' }))).statusCode).toBe(422);
  expect(await revisions()).toBe(before);
});

test('a key belongs to who sent it: nobody meets the answer of another', async () => {
  const first = await api.post('/v1/topics', { name: `Topic ${key}` }, keyed({ as: 'editor' }));
  const other = await api.post('/v1/topics', { name: `Topic ${key}` }, keyed({ as: 'admin' }));
  expect(other.statusCode).toBe(201);
  expect(other.headers[replayed]).toBeUndefined();
  expect(other.json().id).not.toBe(first.json().id);
  expect((await api.post('/v1/topics', { name: `Topic ${key}` }, keyed({ as: null }))).statusCode).toBe(401);
  expect((await api.post('/v1/topics', { name: `Topic ${key}` }, keyed({ as: 'contributor' }))).statusCode).toBe(403);
});

test('what was refused left nothing behind: the same key serves once it is mended', async () => {
  expect((await api.post('/v1/topics', { name: '' }, keyed())).statusCode).toBe(422);
  expect((await api.post('/v1/topics', { name: 'A', broader: 'nowhere' }, keyed())).statusCode).toBe(422);
  expect((await api.post('/v1/topics', { name: `Topic ${key}` }, keyed())).statusCode).toBe(201);
  expect((await api.post('/v1/releases', { label: 'taken', notes: 'Notes' }, { as: 'admin' })).statusCode).toBe(201);
  expect((await api.post('/v1/releases', { label: 'taken', notes: 'Notes' }, keyed({ as: 'admin' }))).statusCode).toBe(409);
  expect((await api.post('/v1/releases', { label: 'not-taken', notes: 'Notes' }, keyed({ as: 'admin' }))).statusCode).toBe(201);
});

test('a request that keeps nothing takes no key', async () => {
  const url = '/v1/topics?validate_only=true';
  for (const name of ['One', 'Another']) expect((await api.post(url, { name }, keyed())).statusCode).toBe(200);
  const kept = await api.post('/v1/topics', { name: `Topic ${key}` }, keyed());
  expect(kept.statusCode).toBe(201);
  expect(kept.headers[replayed]).toBeUndefined();
});

test.each(['', 'a b', 'é', 'x'.repeat(256), 'a\u007f'])('a key is 1 to 255 visible ASCII characters: %j is none', async (value) => {
  const answer = await api.post('/v1/topics', { name: 'Never made' }, keyed({}, value));
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors).toEqual([{ parameter: 'Idempotency-Key', detail: expect.stringContaining('255') }]);
});

test.each(['~', '"8e03978e-40d5-43dd-bc93-6894a57f9324"', 'x'.repeat(255)])('%j is one', async (value) => {
  expect((await api.post('/v1/topics', { name: 'Made' }, keyed({}, value))).statusCode).toBe(201);
});

describe('at once', () => {
  let other: Database;
  let second: Omit<Tested, 'url'>;
  beforeAll(async () => {
    other = await connectDatabase({ databaseUrl: api.url, dataDir: '', databasePool: 4 });
    second = await openAppOn(other);
  });
  afterAll(async () => {
    await second?.app.close();
    await other?.close();
  });

  test('while the first runs the same is told to wait, and another one that the key is taken', async () => {
    const blocker = await api.database.pool.connect();
    await blocker.query('begin; lock table topics in exclusive mode');
    try {
      const first = api.post('/v1/topics', { name: `Topic ${key}` }, keyed());
      await expect.poll(() => number(WAITING)).toBeGreaterThan(0);
      const same = await api.post('/v1/topics', { name: `Topic ${key}` }, keyed());
      expect([same.statusCode, same.json().type, same.headers['retry-after']]).toEqual([409, '/problems/still-running', '1']);
      expect((await api.post('/v1/topics', { name: 'Another' }, keyed())).statusCode).toBe(422);
      await blocker.query('rollback');
      expect((await first).statusCode).toBe(201);
      expect((await api.post('/v1/topics', { name: `Topic ${key}` }, keyed())).body).toBe((await first).body);
    } finally {
      blocker.release(true);
    }
  });

  test('many that are the same write once, in one process', async () => {
    const before = await revisions();
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.post('/v1/topics', { name: `Topic ${key}` }, keyed())));
    expect(await revisions()).toBe(before + 1);
    expect(answers.filter(({ statusCode }) => statusCode === 201).length).toBeGreaterThan(0);
    for (const { statusCode } of answers) expect([201, 409]).toContain(statusCode);
  });

  test('and in two, where the later one waits its turn and is answered what the first was', async () => {
    const before = await revisions();
    const send = (one: Omit<Tested, 'url'>) => {
      const headers = { 'idempotency-key': key, authorization: `Bearer ${api.keys.editor}` };
      return one.app.inject({ method: 'POST', url: '/v1/topics', headers, payload: { name: `Topic ${key}` } });
    };
    const answers = await Promise.all([send(api), send(second)]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201]);
    expect(answers[0]!.body).toBe(answers[1]!.body);
    expect(answers.filter(({ headers }) => headers[replayed] === 'true')).toHaveLength(1);
    expect(await revisions()).toBe(before + 1);
  });

  test('so do keys, which take no turns: one of two processes makes it', async () => {
    const answers = await Promise.all(
      [api, second].map(({ app }) =>
        app.inject({
          method: 'POST',
          url: '/v1/keys',
          headers: { 'idempotency-key': key, authorization: `Bearer ${api.keys.admin}` },
          payload: { name: `Key ${key}`, role: 'editor' },
        }),
      ),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409]);
    expect(await number(`select count(*)::int as n from api_keys where name = 'Key ${key}'`)).toBe(1);
  });
});

describe('an answer that shows a secret', () => {
  test('is kept nowhere: the same request is told that it was done', async () => {
    const first = await api.post('/v1/keys', { name: `Key ${key}`, role: 'editor' }, keyed({ as: 'admin' }));
    expect(first.statusCode).toBe(201);
    const second = await api.post('/v1/keys', { name: `Key ${key}`, role: 'editor' }, keyed({ as: 'admin' }));
    expect(second.statusCode).toBe(409);
    expect(second.json()).toMatchObject({ type: '/problems/conflict', detail: expect.stringContaining(first.headers.location!) });
    expect(await number(`select count(*)::int as n from api_keys where name = 'Key ${key}'`)).toBe(1);
    const { rows } = await api.database.pool.query('select * from idempotency_keys');
    expect(JSON.stringify(rows)).not.toContain(first.json().key);
  });

  test('nor is that of a webhook, whose secret is made once', async () => {
    const made = await api.post('/v1/webhooks', { url: 'https://8.8.8.8/' }, keyed({ as: 'admin' }));
    const url = `${made.headers.location}/rotate-secret`;
    const rotated = await api.post(url, undefined, keyed({ as: 'admin' }, `${key}-rotate`));
    expect([made.statusCode, rotated.statusCode]).toEqual([201, 200]);
    expect((await api.post(url, undefined, keyed({ as: 'admin' }, `${key}-rotate`))).statusCode).toBe(409);
    const { rows } = await api.database.pool.query('select * from idempotency_keys');
    expect(JSON.stringify(rows)).not.toMatch(/whsec_/);
    const replay = await api.post(`${made.headers.location}/replay?since=0`, undefined, keyed({ as: 'admin' }, `${key}-replay`));
    const again = await api.post(`${made.headers.location}/replay?since=0`, undefined, keyed({ as: 'admin' }, `${key}-replay`));
    expect([again.statusCode, again.body, again.headers[replayed]]).toEqual([200, replay.body, 'true']);
  });
});

describe('for a day', () => {
  const age = (interval: string) =>
    api.database.pool.query(`update idempotency_keys set created_at = now() - interval '${interval}' where key = '${key}'`);

  test('then it is another request, and what was kept is removed', async () => {
    const first = await api.post('/v1/topics', { name: `Topic ${key}` }, keyed());
    await age('23 hours');
    expect((await api.post('/v1/topics', { name: `Topic ${key}` }, keyed())).body).toBe(first.body);
    await api.services.answers.sweep();
    expect(await number(`select count(*)::int as n from idempotency_keys where key = '${key}'`)).toBe(1);
    await age('25 hours');
    const later = await api.post('/v1/topics', { name: `Topic ${key}` }, keyed());
    expect([later.statusCode, later.headers[replayed]]).toEqual([201, undefined]);
    await age('25 hours');
    expect(await api.services.answers.sweep()).toBe(1);
    expect(await number(`select count(*)::int as n from idempotency_keys where key = '${key}'`)).toBe(0);
  });

  test('a claim whose process is gone is taken over after two minutes', async () => {
    const [{ id }] = (await api.database.pool.query(`select id from api_keys where name = 'test admin'`)).rows as [{ id: string }];
    const send = () => api.post('/v1/releases', { label: `label-${count}`, notes: 'Notes' }, keyed({ as: 'admin' }));
    await send();
    await api.database.pool.query(
      `update idempotency_keys set status = null, headers = null, body = null where key = $1 and principal_id = $2`,
      [key, id],
    );
    const waiting = await send();
    expect([waiting.statusCode, waiting.json().type]).toEqual([409, '/problems/still-running']);
    await age('3 minutes');
    // It runs again, and says itself that it was done.
    expect((await send()).json()).toMatchObject({ type: '/problems/conflict', detail: expect.stringContaining('never change') });
  });
});

test('no POST lacks it', async () => {
  const posts = api.routes.filter(({ method }) => [method].flat().includes('POST'));
  expect(posts.length).toBeGreaterThan(20);
  expect(posts.filter(({ config }) => config?.repeated === undefined).map(({ url }) => url)).toEqual([]);
  for (const { url } of posts) {
    const answer = await api.post(url.replace(/:\w+/g, '1'), {}, keyed({ as: 'admin' }, 'a b'));
    expect(answer.statusCode, url).toBe(400);
    expect(answer.json().errors?.[0]?.parameter, url).toBe('Idempotency-Key');
  }
});
