// npm run bench:streams: the built product with many idle streams of changes, and a writer in another process. Says how
// much memory they take, and how long it is from a commit to a reader, and to the last of all readers.
// BENCH_DATABASE_URL names the server; STREAMS and WRITES may be set.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createParser } from 'eventsource-parser';
import { readMigrations } from '../src/database/migrate.js';
import { openDatabase } from '../src/database/open.js';
import { MIGRATIONS } from '../src/files.js';
import { copyDatabase, databaseUrl, dropDatabase } from '../tests/support/databases.js';
import { median } from './load.js';
import { startProduct, stopAll } from './product.js';

const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const STREAMS = Number(process.env.STREAMS ?? 1000);
const WRITES = Number(process.env.WRITES ?? 300);
/** How long each write is held open, which sets the pace. */
const HELD_MS = 20;
const NAME = `demarche_bench_streams_${process.pid}`;

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const now = () => performance.timeOrigin + performance.now();
const shown = (value: number) => value.toFixed(1);

/** When each change arrived: at the first stream, and at the last so far. */
const arrivals = new Map<string, { first: number; last: number; times: number; toOne: number | undefined }>();
let ended = 0;

async function openStream(address: string, index: number): Promise<void> {
  const [response] = (await once(get(`${address}/v1/changes/stream`, { agent: false }), 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`A stream was answered ${response.statusCode}.`);
  const parser = createParser({
    onEvent({ data }) {
      const at = now();
      const { slug } = JSON.parse(data);
      const arrival = arrivals.get(slug) ?? { first: at, last: at, times: 0, toOne: undefined };
      arrivals.set(slug, { ...arrival, last: at, times: arrival.times + 1, toOne: index === 0 ? at : arrival.toOne });
    },
  });
  response.setEncoding('utf8').on('data', (text) => parser.feed(text));
  response.on('close', () => ended++);
}

async function writeElsewhere(url: string, name: string): Promise<Map<string, number>> {
  const file = fileURLToPath(new URL('../tests/changes/writer.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file, url, name, String(WRITES), '1', String(HELD_MS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const commits = new Map<string, number>();
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, at, slug] = line.split(' ');
    if (word === 'committed') commits.set(slug!, Number(at));
  }
  return commits;
}

/** From the moment when the writer was told of its commit. */
function say(name: string, commits: Map<string, number>, streams: number): void {
  const waits = (pick: (arrival: { first: number; last: number; toOne: number | undefined }) => number) =>
    [...commits].map(([slug, at]) => Math.max(0, pick(arrivals.get(slug)!) - at));
  const lost = [...commits.keys()].filter((slug) => arrivals.get(slug)?.times !== streams);
  if (lost.length > 0) throw new Error(`${lost.length} changes did not arrive once at each stream.`);
  for (const [whom, waited] of [
    ['one reader', waits(({ toOne }) => toOne!)],
    [`the last of ${streams} readers`, waits(({ last }) => last)],
  ] as const)
    console.log(`${name}: from commit to ${whom}, ms: median ${shown(median(waited))}, most ${shown(Math.max(...waited))}`);
}

await copyDatabase(SERVER, 'template0', NAME);
const url = databaseUrl(SERVER, NAME);
const { database } = await openDatabase({ databaseUrl: url, dataDir: '', databasePool: 1 }, readMigrations(MIGRATIONS));
await database.close();
try {
  const product = await startProduct(url, 64);
  await pause(3000);
  console.log(`resident memory without streams, MB: ${shown(product.memory())}`);
  await openStream(product.address, 0);
  const alone = await writeElsewhere(url, 'alone');
  await pause(1000);
  say('1 stream', alone, 1);
  for (let index = 1; index < STREAMS; index++) await openStream(product.address, index);
  // Two heartbeats.
  await pause(31_000);
  console.log(`resident memory with ${STREAMS} idle streams, MB: ${shown(product.memory())}`);
  const among = await writeElsewhere(url, 'among');
  await pause(1000);
  say(`${STREAMS} streams`, among, STREAMS);
  await pause(3000);
  console.log(`resident memory after ${WRITES} changes to each, MB: ${shown(product.memory())}`);
  if (ended > 0) throw new Error(`${ended} streams ended.`);
} finally {
  stopAll();
  await pause(500);
  await dropDatabase(SERVER, NAME);
}
process.exit(0);
