// A primary and a streaming standby: reads go to the standby as long as it is well, and nobody can tell but by the time
// that it takes.
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { connectDatabase, type Database } from '../../src/database/connect.js';
import { readMigrations } from '../../src/database/migrate.js';
import { openDatabase } from '../../src/database/open.js';
import { MIGRATIONS } from '../../src/files.js';
import { openAppOn, type Tested } from '../support/app.js';
import { type Installed, installPostgres } from '../support/postgres.js';

type Process = Omit<Tested, 'url'>;
let primary: Installed;
let standby: Installed;
/** Two processes: one that writes and reads from the primary alone, and one that reads from the standby. */
let writing: Process;
let reading: Process;
const databases: Database[] = [];

beforeAll(async () => {
  primary = await installPostgres();
  await primary.start();
  const settings = { databaseUrl: primary.url, dataDir: '', databasePool: 4 };
  const { database } = await openDatabase(settings, readMigrations(MIGRATIONS));
  standby = await installPostgres({ primary });
  await standby.start();
  const other = await connectDatabase({ ...settings, databaseReplicaUrls: [standby.url] });
  databases.push(database, other);
  writing = await openAppOn(database);
  reading = await openAppOn(other);
  await writing.post('/v1/topics', { slug: 'chips', name: 'Chips' });
}, 60_000);
afterAll(async () => {
  await writing?.app.close();
  await reading?.app.close();
  for (const database of databases) await database.close();
  await standby?.stop();
  await primary?.stop();
});
afterEach(async () => {
  await onStandby('select pg_wal_replay_resume()');
  await taken();
});

async function onStandby(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: standby.url });
  await client.connect();
  await client.query(text);
  await client.end();
}
const pause = () => onStandby('select pg_wal_replay_pause()');

let written = 0;
const write = async (process = writing) => {
  const slug = `event-${++written}`;
  const made = await process.post('/v1/events', { slug, type: 'other', title: slug, date: '2025-07-26', topics: ['chips'] });
  expect(made.statusCode).toBe(201);
  return { slug, token: made.headers['consistency-token'] as string, etag: made.headers.etag as string };
};
const total = async (process: Process, headers: Record<string, string> = {}): Promise<number> =>
  (await process.get(`/v1/timeline?limit=1&total=true&topic=chips,other-${++written}`, { headers })).json().page.total;

/** Which servers were asked while `work` ran, each statement apart; looks at how they are do not count. */
async function asked(work: () => Promise<unknown>): Promise<('primary' | 'standby')[]> {
  const servers: ('primary' | 'standby')[] = [];
  const prototype = pg.Client.prototype as unknown as { query: (...input: unknown[]) => unknown };
  const original = prototype.query;
  prototype.query = function (this: { port: number }, ...input: unknown[]) {
    const { name } = input[0] as { name?: string };
    if (!['position', 'last change', 'pulse'].includes(name ?? ''))
      servers.push(this.port === Number(new URL(standby.url).port) ? 'standby' : 'primary');
    return original.apply(this, input);
  };
  await work();
  prototype.query = original;
  return servers;
}
/** The standby is read from (again). */
const taken = () => expect.poll(() => asked(() => reading.get('/v1/topics'))).toContain('standby');

const READS = ['/v1/topics', '/v1/topics/chips', '/v1/events?limit=5', '/v1/timeline?q=event', '/v1/changes', '/v1/timeline/histogram'];

test('each read asks one server, the standby; writes ask the primary', async () => {
  await write();
  for (const url of READS) {
    await taken();
    expect(new Set(await asked(() => reading.get(url))), url).toEqual(new Set(['standby']));
  }
  expect(new Set(await asked(() => write(reading)))).toEqual(new Set(['primary']));
  const keys = await asked(() => reading.get('/v1/topics', { as: 'editor' }));
  expect(keys[0]).toBe('primary');
});

test('a stream of all that is there is read from one server to its end', async () => {
  expect(new Set(await asked(() => reading.get('/v1/timeline.csv')))).toEqual(new Set(['standby']));
});

test('whoever writes and then reads sees the write: by the token at another process, without it at the same one', async () => {
  for (let times = 0; times < 20; times++) {
    const { slug, token } = await write();
    expect((await reading.get(`/v1/events/${slug}`, { headers: { 'consistency-token': token } })).statusCode).toBe(200);
    const own = await write(reading);
    expect((await reading.get(`/v1/events/${own.slug}`)).statusCode).toBe(200);
  }
});

test('while the standby stands still, nobody who has seen more is answered by it', async () => {
  const { slug, etag: before } = await write();
  await reading.get(`/v1/events/${slug}`, { headers: { 'consistency-token': (await write()).token } });
  await taken();
  await pause();
  const { headers } = await writing.patch(`/v1/events/${slug}`, { title: 'Changed' });
  const token = headers['consistency-token'] as string;
  const seen = headers.etag as string;
  expect(seen).not.toBe(before);
  // Its own tag, a token, the number of a change and a moment: each tells what was seen.
  expect((await reading.get(`/v1/events/${slug}`, { headers: { 'if-none-match': seen } })).statusCode).toBe(304);
  expect((await reading.get(`/v1/events/${slug}`, { headers: { 'consistency-token': token } })).json().title).toBe('Changed');
  const seq = Number(token.split('-')[0]);
  expect((await reading.get(`/v1/changes?since=${seq}`)).statusCode).toBe(200);
  const tag = (await writing.get('/v1/timeline?topic=chips')).headers.etag as string;
  expect((await reading.get('/v1/timeline?topic=chips', { headers: { 'if-none-match': tag } })).statusCode).toBe(304);
});

test('a release that the standby does not have yet is answered whole', async () => {
  await taken();
  await pause();
  const { slug } = await write();
  expect((await writing.post('/v1/releases', { label: 'now', notes: 'All.' }, { as: 'admin' })).statusCode).toBe(201);
  expect((await reading.get(`/v1/events/${slug}?release=now`)).statusCode).toBe(200);
  expect((await reading.get('/v1/timeline?release=now&limit=200')).body).toContain(slug);
});

test('one that lags is left out within a second, and taken back', async () => {
  await taken();
  await pause();
  const { slug } = await write();
  await wait(1050);
  const answers = await Promise.all(Array.from({ length: 10 }, () => reading.get(`/v1/events/${slug}`)));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200));
  expect(databases[1]!.replicas()).toEqual({ used: 0, left_out: 1 });
  await onStandby('select pg_wal_replay_resume()');
  await taken();
  expect(databases[1]!.replicas()).toEqual({ used: 1, left_out: 0 });
});

test('one that dies in the middle of reading fails no request, and is taken back', async () => {
  await taken();
  let isOver = false;
  const statuses = new Set<number>();
  const readers = Array.from({ length: 4 }, async () => {
    while (!isOver) for (const url of READS) statuses.add((await reading.get(url)).statusCode);
  });
  await wait(100);
  await standby.end('SIGKILL');
  await wait(300);
  await standby.start();
  await taken();
  isOver = true;
  await Promise.all(readers);
  expect([...statuses]).toEqual([200]);
}, 60_000);

test('one that was never there is no hindrance', async () => {
  const database = await connectDatabase({
    databaseUrl: primary.url,
    dataDir: '',
    databasePool: 2,
    databaseReplicaUrls: ['postgresql://127.0.0.1:1/none'],
  });
  const alone = await openAppOn(database);
  for (const url of READS) expect((await alone.get(url)).statusCode).toBe(200);
  expect(await total(alone)).toBe(await total(writing));
  await alone.app.close();
  await database.close();
});
