// npm run bench:round-trip: what the command line exports from a running server can be imported into an empty one, and exports
// to the same bytes; prints the SHA-256 of both. The first data set is what is exported; needs npm run build.
// BENCH_DATABASE_URL names the server of databases.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { copyDatabase, databaseUrl, dropDatabase } from '../tests/support/databases.js';
import { type Program, startProduct, stopAll } from './product.js';

const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const COMMAND = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const KEY = 'a-key-for-one-round-trip-and-no-other';
const names = ['full', 'empty'].map((part) => `demarche_bench_trip_${process.pid}_${part}`) as [string, string];
const folder = await mkdtemp(join(tmpdir(), 'demarche-trip-'));

const command = (...words: string[]) => promisify(execFile)(process.execPath, [COMMAND, ...words], { maxBuffer: 64 * 1024 * 1024 });

/** A server on a database of its own. */
async function serve(name: string, seed: boolean): Promise<Program> {
  await copyDatabase(SERVER, 'template0', name);
  return startProduct(databaseUrl(SERVER, name), 64, { SEED: String(seed), ADMIN_KEY: KEY });
}

async function exported({ address }: Program, file: string): Promise<string> {
  await command('export', '--url', address, '--key', KEY, '--output', join(folder, file));
  const bytes = readFileSync(join(folder, file));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  console.log(`${sha256}  ${file}  ${bytes.length.toLocaleString('en')} bytes, ${bytes.toString().split('\n').length - 1} lines`);
  return sha256;
}

try {
  const full = await serve(names[0], true);
  const before = await exported(full, 'before.ndjson');
  await full.stop();
  const empty = await serve(names[1], false);
  console.log((await command('import', join(folder, 'before.ndjson'), '--url', empty.address, '--key', KEY)).stdout.trim());
  const after = await exported(empty, 'after.ndjson');
  if (before !== after) throw new Error('What was imported exports to other bytes.');
  console.log('The same bytes.');
} finally {
  stopAll();
  await rm(folder, { recursive: true });
  for (const name of names) await dropDatabase(SERVER, name);
}
process.exit();
