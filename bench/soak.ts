// npm run soak -- --minutes 10: the built product under a mixed load with faults, for as long as is asked. Prints what it
// holds (memory, handles, files, connections) after the first fifth of the time and at the end, at rest before and after,
// and ends with 1 where something was not given back. BENCH_DATABASE_URL names the server.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readMigrations } from '../src/database/migrate.js';
import { openDatabase } from '../src/database/open.js';
import { MIGRATIONS, SEED } from '../src/files.js';
import { readDataSet } from '../src/seed/files.js';
import { loadDataSet } from '../src/seed/load.js';
import { createServices } from '../src/services.js';
import { copyDatabase, databaseUrl, dropDatabase } from '../tests/support/databases.js';
import { median } from './load.js';
import { startMixedLoad } from './mixed-load.js';
import { startProduct, stopAll } from './product.js';

const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const DURATION_MS = Number(values.minutes) * 60_000;
const NAME = `demarche_soak_${process.pid}`;
const KEY = `soak-${'k'.repeat(40)}`;

/** How much more may be held at the end than after the warm-up, and at rest than before. */
const MEMORY_GROWTH = 1.2;
const MOST_LEFT = 5;

interface Held {
  memory_mb: number;
  heap_mb: number;
  handles: number;
  files: number;
  connections: number;
  streams: number;
  requests: number;
}

async function look(address: string): Promise<Held> {
  const answer = await fetch(`${address}/metrics`, { headers: { authorization: `Bearer ${KEY}` } });
  const text = await answer.text();
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce((total, [, value]) => total + Number(value), 0);
  return {
    memory_mb: sum('process_resident_memory_bytes') / 2 ** 20,
    heap_mb: sum('nodejs_heap_size_used_bytes') / 2 ** 20,
    handles: sum('nodejs_active_handles_total'),
    files: sum('process_open_fds'),
    connections: Number(/^demarche_database_connections\{state="total"\} (\d+)/m.exec(text)?.[1]),
    streams: sum('demarche_streams'),
    requests: sum('demarche_request_duration_seconds_count'),
  };
}

const shown = (held: Held): string =>
  Object.entries(held)
    .map(([name, value]) => `${name} ${Number(value).toFixed(name.endsWith('mb') ? 1 : 0)}`)
    .join(', ');

/** How long the server keeps connections of clients that ask nothing more, in seconds, and some. */
const KEPT_ALIVE = 90;

/** What is held once clients are gone and their connections closed, or have had the time to be. */
async function atRest(address: string, isEnough: (held: Held) => boolean): Promise<Held> {
  for (let seconds = 0; ; seconds++) {
    await pause(1000);
    const held = await look(address);
    if (seconds >= 5 && (isEnough(held) || seconds > KEPT_ALIVE)) return held;
  }
}

async function soak(url: string): Promise<boolean> {
  process.env.ADMIN_KEY = KEY;
  const { address } = await startProduct(url, 16);
  const before = await atRest(address, () => true);
  console.log(`at rest before    ${shown(before)}`);
  const load = startMixedLoad({ address, key: KEY, databaseUrl: url });
  const held: Held[] = [];
  const until = performance.now() + DURATION_MS;
  while (performance.now() < until) {
    await pause(Math.min(10_000, DURATION_MS / 20));
    held.push(await look(address));
    console.log(`${String(Math.round((DURATION_MS - (until - performance.now())) / 1000)).padStart(6)} s          ${shown(held.at(-1)!)}`);
  }
  await load.stop();
  const hasLeft = ({ files, handles, connections }: Held) =>
    files <= before.files + MOST_LEFT + connections && handles <= before.handles + MOST_LEFT + connections;
  const after = await atRest(address, hasLeft);
  console.log(`at rest after     ${shown(after)}`);
  console.log(
    `answers by status ${[...load.statuses]
      .sort(([a], [b]) => a - b)
      .map(([status, count]) => `${status}: ${count}`)
      .join(', ')}`,
  );
  console.log(`database connections ended: ${load.ended()}`);
  const fifth = Math.ceil(held.length / 5);
  const memoryOf = (part: Held[]) => median(part.map(({ memory_mb }) => memory_mb));
  const [warm, end] = [memoryOf(held.slice(fifth, 2 * fifth)), memoryOf(held.slice(-fifth))];
  const checks: [string, boolean][] = [
    [`resident memory, MB: ${warm.toFixed(1)} after warm-up, ${end.toFixed(1)} at the end`, end <= warm * MEMORY_GROWTH],
    [`at rest, handles: ${before.handles} before, ${after.handles} after; open files: ${before.files}, ${after.files}`, hasLeft(after)],
    [`streams at rest: ${after.streams}`, after.streams === 0],
    [`answers 500: ${load.statuses.get(500) ?? 0}`, !load.statuses.has(500)],
  ];
  for (const [what, holds] of checks) console.log(`${holds ? 'yes' : 'NO '} ${what}`);
  return checks.every(([, holds]) => holds);
}

await copyDatabase(SERVER, 'template0', NAME);
const url = databaseUrl(SERVER, NAME);
const { database } = await openDatabase({ databaseUrl: url, dataDir: '', databasePool: 2 }, readMigrations(MIGRATIONS));
await loadDataSet(readDataSet(SEED), { database, services: createServices(database) });
await database.close();
let holds = false;
try {
  holds = await soak(url);
} finally {
  stopAll();
  await pause(500);
  await dropDatabase(SERVER, NAME);
}
process.exit(holds ? 0 : 1);
