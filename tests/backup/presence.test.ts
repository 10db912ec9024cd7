// A backup is restored into a database that nobody uses: not while the program runs, whether or not somebody listens to it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { connectDatabase } from '../../src/database/connect.js';
import { presenceOnServer } from '../../src/database/presence.js';
import { type Program, runToEnd, startProgram } from '../process/program.js';
import { useDatabase } from '../support/app.js';

const used = useDatabase('seeded');
const directory = mkdtempSync(join(tmpdir(), 'demarche-presence-'));
const file = join(directory, 'backup.ndjson');
const STOP_FIRST = 'The program or one of its commands runs on this database; stop it first, and start it again afterwards.\n';
const RESTORING = 'A backup is being restored into this database; start again when that is over.';
const HOLDERS = `select pid from pg_stat_activity where datname = current_database() and application_name = 'demarche presence'`;

const programs: Program[] = [];
const start = async (): Promise<Program> => {
  const program = await startProgram({ DATABASE_URL: used.url });
  programs.push(program);
  return program;
};
const restore = () => runToEnd('cli/main.js', ['restore', '--force', '--file', file], { DATABASE_URL: used.url });
const pids = async () => (await used.database.pool.query<{ pid: number }>(HOLDERS)).rows.map(({ pid }) => pid);

beforeAll(async () => {
  expect(await runToEnd('cli/main.js', ['backup', '--file', file], { DATABASE_URL: used.url })).toMatchObject({ code: 0 });
});
afterEach(async () => {
  for (const { process, ended } of programs.splice(0)) {
    process.kill('SIGKILL');
    await ended();
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

test('while it runs a restore is refused, also after its connections were lost; when it was stopped or killed it is not', async () => {
  const first = await start();
  expect(await restore()).toEqual({ code: 1, output: STOP_FIRST });

  const [lost] = await pids();
  await used.database.pool.query('select pg_terminate_backend($1)', [lost]);
  await expect.poll(pids, { timeout: 10_000 }).not.toContain(lost);
  await expect.poll(pids, { timeout: 10_000 }).toHaveLength(1);
  expect(await restore()).toEqual({ code: 1, output: STOP_FIRST });

  const second = await start();
  first.process.kill('SIGTERM');
  expect(await first.ended()).toBe(0);
  expect(await restore()).toEqual({ code: 1, output: STOP_FIRST });

  second.process.kill('SIGKILL');
  await second.ended();
  expect(await restore()).toMatchObject({ code: 0, output: expect.stringMatching(/^Restored into PostgreSQL/m) });
  expect(await pids()).toEqual([]);
}, 120_000);

test('while one is under way no program starts, and a second restore is refused', async () => {
  const alone = await connectDatabase({ databaseUrl: used.url, dataDir: '', databasePool: 1 });
  try {
    await alone.enter('alone');
    const { code, output } = await runToEnd('main.js', [], { DATABASE_URL: used.url, PORT: '0' });
    expect([code, output]).toEqual([1, `${RESTORING}\n`]);
    expect(await restore()).toEqual({ code: 1, output: STOP_FIRST });
  } finally {
    await alone.close();
  }
  await start();
}, 60_000);

test('one that was away while a restore began is told, instead of going on with what it remembers', async () => {
  let address = used.url;
  const told: string[] = [];
  const running = presenceOnServer(
    () => address,
    ({ message }) => told.push(message),
  );
  const alone = await connectDatabase({ databaseUrl: used.url, dataDir: '', databasePool: 1 });
  try {
    await running.enter('one of many');
    address = 'postgresql://127.0.0.1:1/gone';
    await used.database.pool.query('select pg_terminate_backend($1)', await pids());
    await expect.poll(pids).toEqual([]);
    await alone.enter('alone');
    address = used.url;
    await expect.poll(() => told, { timeout: 10_000 }).toEqual([expect.stringMatching(/start the program again/)]);
  } finally {
    await running.leave();
    await alone.close();
  }
}, 30_000);
