// The primary is killed under load, with all its processes at once as when its machine fails, and its synchronous standby
// takes its place; this script does what Patroni does. The program knows the addresses of both. FAULT_ROUNDS=10 for ten
// failovers, there and back again.
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, test, vi } from 'vitest';
import { layGround } from '../faults/load.js';
import { type Program, startProgram } from '../process/program.js';
import { copyDatabase, databaseUrl } from '../support/databases.js';
import { killAtOnce } from '../support/machine.js';
import { type Installed, installPostgres } from '../support/postgres.js';
import { failOverUnderLoad } from './failing-over.js';

const KEY = 'a-secret-of-at-least-thirty-two-characters';
/** What is committed is at the standby before it is acknowledged, once there is one. */
const SETTINGS = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=on', 'wal_keep_size=256MB'];
let primary: Installed;
let standby: Installed;
let gone: Installed | undefined;
let program: Program;
const url = () => databaseUrl(primary.url, 'failover');

beforeAll(async () => {
  primary = await installPostgres({ settings: SETTINGS });
  await primary.start();
  await copyDatabase(primary.url, 'template0', 'failover');
  standby = await follow(primary);
  const both = [standby, primary].map(({ url }) => new URL(url).host).join(',');
  program = await startProgram({
    DATABASE_URL: `postgresql://postgres@${both}/failover?target_session_attrs=read-write`,
    ADMIN_KEY: KEY,
    SEED: 'false',
    LOG_LEVEL: 'fatal',
  });
  await vi.waitFor(() => layGround(program.address, KEY), { interval: 200, timeout: 30_000 });
}, 120_000);
afterAll(async () => {
  program?.process.kill('SIGKILL');
  await program?.ended();
  await standby?.stop();
  await primary?.stop();
});

async function on(server: Installed, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows;
}

/** A new standby that commits are waited for, where a server was that is no more. */
async function follow(server: Installed, port?: number): Promise<Installed> {
  const made = await installPostgres({ settings: SETTINGS, primary: server, ...(port !== undefined && { port }) });
  await made.start();
  await on(server, `alter system set synchronous_standby_names = '*'`);
  await on(server, 'select pg_reload_conf()');
  const follows = `select from pg_stat_replication where sync_state = 'sync' and state = 'streaming'`;
  while ((await on(server, follows)).length === 0) await wait(50);
  return made;
}

/** It is never asked again before it is made anew as a standby: that is what fencing is for. */
async function failOver(): Promise<number> {
  killAtOnce(primary.pid());
  await primary.end('SIGKILL');
  const killedAt = performance.now();
  await on(standby, 'select pg_promote()');
  [gone, primary] = [primary, standby];
  return killedAt;
}

/** The new primary is given a standby, with the address of the old one. */
async function recover(): Promise<void> {
  await gone!.stop();
  standby = await follow(primary, Number(new URL(gone!.url).port));
}

test.runIf(process.platform === 'linux')(
  'no acknowledged write is lost, and the feed neither skips nor repeats',
  { timeout: 600_000 },
  () => failOverUnderLoad({ program, key: KEY, databaseUrl: async () => url(), failOver, recover, what: 'failovers' }),
);
