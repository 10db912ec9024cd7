// The database goes away under load: every answer meanwhile is a 503 that says when to come back, and not after the long
// time-outs; the process never ends, and is back soon after the database. How soon is told, and held only by the order of
// seconds: a stopwatch on a busy machine measures the machine.

import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Program, startProgram } from '../process/program.js';
import { copyDatabase, databaseUrl } from '../support/databases.js';
import { type Installed, installPostgres } from '../support/postgres.js';
import { type Answered, ask, type Load, layGround, slowest, startLoad, wronglyAnswered } from './load.js';
import { rounds, tell } from './rounds.js';

const KEY = 'a-secret-of-at-least-thirty-two-characters';
/** Above what a machine that does much else adds to a second or two, and below every time-out that is not meant to be met here. */
const SOON = 8000;
let server: Installed;
let program: Program;
let load: Load;

beforeAll(async () => {
  server = await installPostgres();
  await server.start();
  await copyDatabase(server.url, 'template0', 'away');
  program = await startProgram({ DATABASE_URL: databaseUrl(server.url, 'away'), ADMIN_KEY: KEY, SEED: 'false', LOG_LEVEL: 'fatal' });
  await layGround(program.address, KEY);
}, 60_000);
afterAll(async () => {
  program?.process.kill('SIGKILL');
  await program?.ended();
  await server?.stop();
});
beforeEach(async () => {
  load = startLoad(program.address, {
    key: KEY,
    readers: ['/v1/events?limit=5', '/v1/topics', '/v1/timeline?limit=5', '/v1/changes?limit=5', '/v1/timeline?q=written&limit=1'],
    writers: 3,
  });
  await expect.poll(() => load.answers.filter(({ status }) => status === 201).length).toBeGreaterThan(10);
  await expect.poll(() => load.answers.filter(({ status }) => status === 200).length).toBeGreaterThan(20);
});
afterEach(async () => {
  await load.stop();
  // It says why it ended, should it.
  expect([program.process.exitCode, program.process.exitCode === null ? '' : program.output()]).toEqual([null, '']);
});

const administer = async (text: string): Promise<void> => {
  const client = new pg.Client({ connectionString: databaseUrl(server.url, 'away') });
  await client.connect();
  await client.query(text);
  await client.end();
};
const isReady = async () => (await ask(program.address, '/health/ready')).status;

/** After what came back, how long it took until something was read and something written. */
async function recovery(since: number): Promise<number> {
  const after = (status: number) => load.answers.find((answer) => answer.status === status && answer.at - answer.ms > since);
  await expect.poll(() => after(201) !== undefined && after(200) !== undefined, { interval: 20 }).toBe(true);
  await expect.poll(isReady, { interval: 20 }).toBe(200);
  return Math.round(Math.max(after(200)!.at, after(201)!.at) - since);
}

/** Holds what was answered while the database was away. */
async function finish(what: string, since: number, { slow = SOON } = {}): Promise<Answered[]> {
  const ms = await recovery(since);
  const answers = await load.stop();
  const refused = answers.filter(({ status }) => status === 503);
  tell(what, { answers: answers.length, refused: refused.length, slowest_refusal_ms: slowest(refused), back_after_ms: ms });
  expect(wronglyAnswered(answers)).toEqual([]);
  expect(slowest(refused)).toBeLessThan(slow);
  expect(ms).toBeLessThan(SOON);
  return refused;
}

/** The server's process and all that belong to it. */
function processes(): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [[Number(pid), Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1])]];
      } catch {
        return [];
      }
    });
  return [server.pid(), ...parents.flatMap(([pid, parent]) => (parent === server.pid() ? [pid!] : []))];
}

test.each(rounds(1))('it is stopped and started again (round %i)', async () => {
  await server.end('SIGINT');
  await expect.poll(isReady).toBe(503);
  expect((await ask(program.address, '/health/live')).status).toBe(200);
  await wait(1000);
  await server.start();
  const refused = await finish('stopped and started', performance.now());
  expect(refused.length).toBeGreaterThan(20);
});

test.each(rounds(1))('its connections are broken off again and again (round %i)', async () => {
  for (let times = 0; times < 5; times++) {
    await administer(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await wait(50);
  }
  await finish('connections broken off', performance.now());
});

test.runIf(process.platform === 'linux').each(rounds(1))('it hangs, whole (round %i)', async () => {
  const stopped = processes();
  for (const pid of stopped) process.kill(pid, 'SIGSTOP');
  await wait(1500);
  expect(await isReady()).toBe(503);
  await wait(1500);
  for (const pid of stopped) process.kill(pid, 'SIGCONT');
  const refused = await finish('hangs', performance.now());
  expect(refused.length).toBeGreaterThan(20);
});

test.runIf(process.platform === 'linux').each(rounds(1))('its connections hang, and it takes others (round %i)', async () => {
  const stopped = processes().filter((pid) => pid !== server.pid());
  for (const pid of stopped) process.kill(pid, 'SIGSTOP');
  await wait(3000);
  for (const pid of stopped) process.kill(pid, 'SIGCONT');
  // A write that hangs keeps others from writing, and for that they wait two seconds.
  await finish('connections hang', performance.now());
});

/** Stops the process of a connection of the program that has no part in writing, so that others may write. @returns its number */
async function stopOne(): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl(server.url, 'away') });
  await client.connect();
  // While this has the turn of a writer, who writes or would write is seen to wait for it.
  await client.query('begin; select pg_advisory_xact_lock(7301202508)');
  const isWriting = `exists (select from pg_locks l where l.pid = a.pid and locktype = 'advisory')`;
  const ofProgram = `from pg_stat_activity a where datname = current_database() and application_name = 'demarche'`;
  try {
    for (;;) {
      const { rows } = await client.query<{ pid: number }>(
        `select pid ${ofProgram} and not ${isWriting} order by state = 'active' desc, query_start desc`,
      );
      for (const { pid } of rows) {
        process.kill(pid, 'SIGSTOP');
        if ((await client.query(`select ${ofProgram} and pid = $1 and ${isWriting}`, [pid])).rowCount === 0) return pid;
        process.kill(pid, 'SIGCONT');
      }
    }
  } finally {
    await client.query('rollback');
    await client.end();
  }
}

test.runIf(process.platform === 'linux').each(rounds(1))('one of its connections hangs, and the server is well (round %i)', async () => {
  const hung = await stopOne();
  const from = performance.now();
  try {
    await expect.poll(() => load.answers.some(({ status, at }) => status === 503 && at > from), { timeout: 15_000 }).toBe(true);
    // Meanwhile nobody else was held up, and nobody meets that connection again.
    const then = performance.now();
    await wait(1500);
    for (const since of [
      load.answers.filter(({ at, ms }) => at - ms > from && at < then),
      load.answers.filter(({ at, ms }) => at - ms > then),
    ]) {
      expect(since.filter(({ status }) => status === 200).length).toBeGreaterThan(20);
      expect(since.filter(({ status }) => status === 201).length).toBeGreaterThan(5);
    }
  } finally {
    process.kill(hung, 'SIGCONT');
  }
  const refused = await finish('one connection hangs', performance.now(), { slow: 6000 + SOON });
  expect(refused).toHaveLength(1);
});

test.each(rounds(1))('statements wait for a lock until all connections are taken (round %i)', async () => {
  const client = new pg.Client({ connectionString: databaseUrl(server.url, 'away') });
  await client.connect();
  // In the turn of a writer, so that none has half of what this takes.
  await client.query('begin; select pg_advisory_xact_lock(7301202508)');
  await client.query('lock table events, topics, revisions, event_cards, resource_cards in access exclusive mode');
  await wait(2500);
  await client.query('rollback');
  await client.end();
  await finish('waiting for a lock', performance.now());
});

test('readers hang up in the middle, of their question and of its answer', async () => {
  const { hostname, port } = new URL(program.address);
  const hangUp = async (text: string, after: number) => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.write(text);
    await wait(after);
    socket.destroy();
  };
  const head = `POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: application/json\r\n`;
  const body = JSON.stringify({ slug: 'hung-up', type: 'other', title: 'Hung up', date: '2025' });
  const whole = `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
  await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      [
        () => hangUp(head, 10),
        () => hangUp(whole.slice(0, -10), 10),
        () => hangUp(whole.replace('hung-up', `hung-up-${index}`), index % 7),
        () => hangUp('GET /v1/timeline.ndjson HTTP/1.1\r\nHost: x\r\n\r\n', index % 5),
      ][index % 4]!(),
    ),
  );
  const refused = await finish('hung up', performance.now());
  expect(refused).toEqual([]);
});
