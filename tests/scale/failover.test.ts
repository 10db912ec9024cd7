// The primary is killed under load, with all its processes at once as when its machine fails, and its synchronous standby
// takes its place; this script does what Patroni does. The program knows the addresses of both. FAULT_ROUNDS=10 for ten
// failovers, there and back again.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectDatabase } from '../../src/database/connect.js';
import { createAddress, type Reader } from '../changes/reader.js';
import { type Answered, type Load, layGround, slowest, startLoad, wronglyAnswered } from '../faults/load.js';
import { rounds, tell } from '../faults/rounds.js';
import { type Program, startProgram } from '../process/program.js';
import { findFaults } from '../support/consistency.js';
import { copyDatabase, databaseUrl } from '../support/databases.js';
import { type Installed, installPostgres } from '../support/postgres.js';

const KEY = 'a-secret-of-at-least-thirty-two-characters';
/** What is committed is at the standby before it is acknowledged, once there is one. */
const SETTINGS = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=on', 'wal_keep_size=256MB'];
let primary: Installed;
let standby: Installed;
let program: Program;
let load: Load;
let stream: Reader;
let address: ReturnType<typeof createAddress>;
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
  await layGround(program.address, KEY);
}, 120_000);
afterAll(async () => {
  await load?.stop();
  await address?.close();
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

/** All at once, so that none of them can finish anything. */
function kill(server: Installed): void {
  const children = readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1] === String(server.pid());
    } catch {
      return false;
    }
  });
  for (const pid of [server.pid(), ...children.map(Number)]) process.kill(pid, 'SIGKILL');
}

/** Kills the primary, has its standby take over and gives that one a standby of its own. @returns how long nothing could be written, in milliseconds */
async function failOver(): Promise<number> {
  const killedAt = performance.now();
  kill(primary);
  // It is never asked again before it is made anew as a standby: that is what fencing is for.
  const gone = primary;
  await gone.end('SIGKILL');
  await on(standby, 'select pg_promote()');
  primary = standby;
  const again = () => load.answers.find(({ status, at, ms }) => status === 201 && at - ms > killedAt);
  await expect.poll(again, { interval: 20, timeout: 60_000 }).toBeDefined();
  const port = Number(new URL(gone.url).port);
  await gone.stop();
  // The name of the standby that it was a copy of.
  standby = await follow(primary, port);
  return Math.round(again()!.at - killedAt);
}

/** Follows the feed by asking, as those do who do not hold a stream open. */
async function pull(seen: number[], isOver: () => Promise<boolean>): Promise<void> {
  for (;;) {
    const isLast = await isOver();
    const response = await fetch(`${program.address}/v1/changes?since=${seen.at(-1) ?? 0}&limit=200`, {
      headers: { authorization: `Bearer ${KEY}` },
    });
    if (response.ok) seen.push(...((await response.json()) as { data: { seq: number }[] }).data.map(({ seq }) => seq));
    else await response.arrayBuffer();
    if (isLast && response.ok) return;
  }
}

test.runIf(process.platform === 'linux')(
  'no acknowledged write is lost, and the feed neither skips nor repeats',
  { timeout: 600_000 },
  async () => {
    address = createAddress(program.address);
    stream = address.read({ since: 0, key: KEY });
    load = startLoad(program.address, { key: KEY, readers: ['/v1/events?limit=5', '/v1/timeline?limit=5', '/v1/topics'], writers: 4 });
    let isOver = false;
    const pulled: number[] = [];
    const pulling = pull(pulled, async () => isOver);
    const away: number[] = [];
    for (const _ of rounds(1)) {
      const before = load.answers.length;
      await expect.poll(() => load.answers.slice(before).filter(({ status }) => status === 201).length).toBeGreaterThan(30);
      away.push(await failOver());
    }
    const answers = await load.stop();
    const written = answers.filter(({ status }) => status === 201).map(({ slug }) => slug);

    const database = await connectDatabase({ databaseUrl: url(), dataDir: '', databasePool: 2 });
    const { rows } = await database.pool.query<{ slug: string }>('select slug from events');
    const kept = new Set(rows.map(({ slug }) => slug));
    const lost = written.filter((slug) => !kept.has(slug!));
    const { rows: revisions } = await database.pool.query<{ seq: string }>('select seq from revisions order by seq');
    const seqs = revisions.map(({ seq }) => Number(seq));
    const faults = await findFaults(database);
    await database.close();
    isOver = true;
    await pulling;
    await expect.poll(() => stream.entries.length).toBe(seqs.length);

    const refused = answers.filter(({ status }) => status === 503);
    tell('failovers', {
      failovers: away.length,
      written: written.length,
      lost: lost.length,
      refused: refused.length,
      slowest_ms: slowest(answers),
      away_ms: away,
    });
    expect(lost).toEqual([]);
    expect(faults).toEqual([]);
    expect(pulled).toEqual(seqs);
    expect(stream.entries.map(({ seq }) => seq)).toEqual(seqs);
    expect(wronglyAnswered(answers) satisfies Answered[]).toEqual([]);
    expect(refused.length).toBeGreaterThan(0);
    expect(program.process.exitCode).toBeNull();
  },
);
