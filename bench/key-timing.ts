// npm run bench:keys: whether the time of an answer tells what became of a key. The built product is asked over one
// connection, in turns, with keys that are right, unknown, revoked and mistyped, and the medians of rounds are compared with
// how far rounds of one kind lie apart. BENCH_DATABASE_URL names the server; ROUNDS and REQUESTS may be set.
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { readMigrations } from '../src/database/migrate.js';
import { openDatabase } from '../src/database/open.js';
import { MIGRATIONS } from '../src/files.js';
import { newKey } from '../src/keys/form.js';
import { createKeyStore } from '../src/keys/store.js';
import { copyDatabase, databaseUrl, dropDatabase } from '../tests/support/databases.js';
import { median } from './load.js';
import { startProduct, stopAll } from './product.js';

const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const ROUNDS = Number(process.env.ROUNDS ?? 20);
const REQUESTS = Number(process.env.REQUESTS ?? 200);
const NAME = `demarche_bench_keys_${process.pid}`;

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** @returns how long an answer took, in microseconds */
async function ask(address: string, key: string): Promise<number> {
  const began = performance.now();
  // It needs an admin, so that all are refused, the right one by its role.
  const request = get(`${address}/v1/keys`, { agent, headers: { authorization: `Bearer ${key}` } });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  for await (const _ of response);
  return (performance.now() - began) * 1000;
}

/** Each request of a round is followed by one with a key of the next kind, so that what slows one slows all. */
async function runRound(address: string, keys: [string, string][]): Promise<number[]> {
  const times: number[][] = keys.map(() => []);
  for (let request = 0; request < REQUESTS; request++)
    for (const [index, [, key]] of keys.entries()) times[index]!.push(await ask(address, key));
  return times.map(median);
}

await copyDatabase(SERVER, 'template0', NAME);
const url = databaseUrl(SERVER, NAME);
const { database } = await openDatabase({ databaseUrl: url, dataDir: '', databasePool: 1 }, readMigrations(MIGRATIONS));
try {
  const store = createKeyStore(database);
  const make = (name: string) => store.create({ name, role: 'editor', expires_at: null });
  const [right, revoked, unknown] = [await make('right'), await make('revoked'), newKey()];
  await store.revoke(revoked.id);
  const mistyped = `${unknown.slice(0, -1)}${unknown.endsWith('A') ? 'Q' : 'A'}`;
  const keys: [string, string][] = Object.entries({ right: right.key, unknown, revoked: revoked.key, mistyped });
  const { address } = await startProduct(url, 64);
  await runRound(address, keys);
  const rounds: number[][] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await runRound(address, keys));
  console.log(`microseconds, medians of ${ROUNDS} rounds of ${REQUESTS} requests each:`);
  for (const [index, [kind]] of keys.entries()) {
    const medians = rounds.map((round) => round[index]!);
    const range = `${Math.min(...medians).toFixed(0)} to ${Math.max(...medians).toFixed(0)}`;
    console.log(`${kind.padStart(9)} ${median(medians).toFixed(0).padStart(6)}  (rounds: ${range})`);
  }
} finally {
  stopAll();
  agent.destroy();
  await database.close();
  await dropDatabase(SERVER, NAME);
}
