// npm run bench:cdn: readers of all kinds and a writer, with Varnish in front as deploy/cdn has it and `demarche purge` beside
// it, and without: how many answers are kept, what reaches the server and what that costs, and for how long a write is not
// seen. Writes bench/CDN.md. BENCH_DATABASE_URL names the server; SIZE (events that are made besides; the first data set
// where it is left out), DURATION (seconds), RATE (requests a second of a steady pace) and WRITES (a second) may be set.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { readMigrations } from '../src/database/migrate.js';
import { openDatabase } from '../src/database/open.js';
import { MIGRATIONS, SEED } from '../src/files.js';
import { readDataSet } from '../src/seed/files.js';
import { loadDataSet } from '../src/seed/load.js';
import { createServices } from '../src/services.js';
import { copyDatabase, databaseUrl, dropDatabase } from '../tests/support/databases.js';
import { startVarnish, type Varnish } from '../tests/support/varnish.js';
import { type Row, reportOn } from './cdn-report.js';
import { prepareDatabase } from './database.js';
import { generator, load } from './load.js';
import { type Backends, watchBackends } from './processors.js';
import { cpuOf, type Program, startProduct, stopAll } from './product.js';
import { drawPaths, ENCODINGS, findQuestions, type Read, readAtPace, writeScript } from './readers.js';
import { createWriter, type Writer } from './watched-writes.js';

const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const SIZE = Number(process.env.SIZE ?? 0);
const DURATION = Number(process.env.DURATION ?? 30);
const RATE = Number(process.env.RATE ?? 300);
const WRITES = (process.env.WRITES ?? '0.2,1,5').split(',').map(Number);
const WARM_UP_SECONDS = 3;
const KEY = `bench-${'k'.repeat(40)}`;
const NAME = `demarche_cdn_${process.pid}`;
const CDN_MAX_AGE = 3600;

const say = (text: string) => process.stderr.write(`${text}\n`);

/** A database of its own, since it is written to. */
async function makeDatabase(): Promise<string> {
  const url = databaseUrl(SERVER, NAME);
  if (SIZE > 0) {
    await copyDatabase(SERVER, new URL(await prepareDatabase(SERVER, SIZE)).pathname.slice(1), NAME);
    return url;
  }
  await copyDatabase(SERVER, 'template0', NAME);
  const { database } = await openDatabase({ databaseUrl: url, dataDir: '', databasePool: 2 }, readMigrations(MIGRATIONS));
  await loadDataSet(readDataSet(SEED), { database, services: createServices(database) });
  await database.close();
  return url;
}

/** `demarche purge`, once it follows the changes. */
async function startPurging(origin: string, cache: string) {
  const child = spawn(process.execPath, ['dist/cli/main.js', 'purge', '--url', origin, '--to', cache], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data) => (said += data));
  while (!said.includes('Following the changes')) {
    if (child.exitCode !== null) throw new Error(`demarche purge ended: ${said}`);
    await pause(20);
  }
  return child;
}

interface Served {
  program: Program;
  varnish: Varnish;
  purging: number;
  backends: Backends;
}

/** What is counted of all that serves; of a row, the difference. */
async function look({ program, varnish, purging, backends }: Served) {
  const text = await (await fetch(`${program.address}/metrics`)).text();
  const counted = [...text.matchAll(/^demarche_request_duration_seconds_count\{(.*)\} (\d+)$/gm)];
  const asked = counted.filter(
    ([, labels]) => labels!.includes('method="GET"') && !/"(get(Liveness|Readiness|Metrics)|streamChanges)"/.test(labels!),
  );
  const counts = varnish.counts();
  return {
    asked: asked.reduce((sum, [, , count]) => sum + Number(count), 0),
    fetched: counts['MAIN.backend_req']!,
    hits: counts['MAIN.cache_hit']!,
    misses: counts['MAIN.cache_miss']! + counts['MAIN.s_pass']!,
    bytes: counts['MAIN.s_resp_bodybytes']! + counts['MAIN.s_resp_hdrbytes']!,
    program_s: program.cpu(),
    database_s: await backends.cpu(),
    varnish_s: cpuOf(varnish.pid),
    purge_s: cpuOf(purging),
  };
}

interface Asking {
  name: string;
  isBehind: boolean;
  writes: number;
  read(address: string, seconds: number): Promise<Read>;
}

async function measure(served: Served, writer: Writer, { name, isBehind, writes, read }: Asking): Promise<Row> {
  say(`${name}, ${writes} writes a second`);
  const address = isBehind ? served.varnish.url : served.program.address;
  await read(address, WARM_UP_SECONDS);
  const before = await look(served);
  const [{ requests, failed, p50_ms, p99_ms }, watched] = await Promise.all([read(address, DURATION), writer.write(writes, DURATION)]);
  const after = await look(served);
  const of = (what: 'asked' | 'fetched' | 'hits' | 'misses' | 'bytes' | 'program_s' | 'varnish_s' | 'purge_s') =>
    after[what] - before[what];
  // The looks of the writer are nobody's reading.
  const [hits, misses] = [of('hits') - watched.hits, of('misses') - watched.misses];
  const perMillion = (seconds: number) => (seconds / requests) * 1e6;
  return {
    name,
    isBehind,
    writes: watched.writes / DURATION,
    rate: requests / DURATION,
    failed,
    p50_ms,
    p99_ms,
    hit_rate: isBehind ? hits / (hits + misses) : null,
    origin_rate: isBehind ? (of('fetched') - watched.misses) / DURATION : requests / DURATION,
    counted_rate: of('asked') / DURATION,
    misses_per_write: isBehind ? misses / watched.writes : null,
    kb: isBehind ? of('bytes') / (of('hits') + of('misses')) / 1024 : null,
    program_s: perMillion(of('program_s')),
    database_s: before.database_s === null ? null : perMillion(after.database_s! - before.database_s),
    cache_s: perMillion(isBehind ? of('varnish_s') + of('purge_s') : 0),
    watched,
  };
}

const directory = mkdtempSync(join(tmpdir(), 'demarche-cdn-'));
let varnish: Varnish | undefined;
let purging: Awaited<ReturnType<typeof startPurging>> | undefined;
let backends: Backends | undefined;

async function tidyUp(): Promise<void> {
  purging?.kill('SIGTERM');
  await varnish?.stop();
  await backends?.stop();
  stopAll();
  await pause(500);
  await dropDatabase(SERVER, NAME);
  rmSync(directory, { recursive: true, force: true });
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void tidyUp().finally(() => process.exit(1)));

try {
  const url = await makeDatabase();
  const program = await startProduct(url, 64, {
    ADMIN_KEY: KEY,
    METRICS_PUBLIC: 'true',
    LOG_LEVEL: 'error',
    CDN_MAX_AGE: String(CDN_MAX_AGE),
  });
  const questions = await findQuestions(program.address);
  const paths = drawPaths(questions);
  const script = join(directory, 'readers.lua');
  writeScript(script, paths);
  varnish = await startVarnish(program.address);
  purging = await startPurging(program.address, varnish.url);
  backends = await watchBackends(SERVER, NAME);
  const served: Served = { program, varnish, purging: purging.pid!, backends };

  const atPace = (address: string, seconds: number) => readAtPace(address, paths, RATE, seconds);
  const asMany = async (address: string, seconds: number): Promise<Read> => {
    const { rate, errors, ...times } = await load({ name: '', url: `${address}/v1/timeline`, headers: ENCODINGS, script }, seconds);
    return { requests: rate * seconds, failed: errors, ...times };
  };
  const usual = WRITES[Math.floor(WRITES.length / 2)]!;
  const rows: Row[] = [];
  for (const isBehind of [true, false]) {
    const writer = await createWriter(program.address, isBehind ? varnish.url : null, KEY);
    // What made the writer's events is purged a second time.
    await pause(3000);
    const name = isBehind ? 'through Varnish' : 'without';
    for (const writes of isBehind ? WRITES : [usual])
      rows.push(await measure(served, writer, { name: `steady, ${name}`, isBehind, writes, read: atPace }));
    rows.push(await measure(served, writer, { name: `all it takes, ${name}`, isBehind, writes: usual, read: asMany }));
    writer.close();
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows: about } = await client.query<{ version: string; events: number }>(
    "select version(), (select count(*)::int from events where slug not like 'watched-%') as events",
  );
  await client.end();
  const text = reportOn(rows, {
    when: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]!.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}`,
    versions: `Node ${process.version}; ${about[0]!.version.replace(/,.*/, '')}; ${varnish.version}; ${await generator()}`,
    events: about[0]!.events,
    questions: Object.fromEntries(Object.entries(questions).map(([kind, all]) => [kind, all.length])),
    maxAge_s: CDN_MAX_AGE,
    duration_s: DURATION,
  });
  console.log(text);
  writeFileSync(new URL('CDN.md', import.meta.url), text);
} finally {
  await tidyUp();
}
process.exit();
