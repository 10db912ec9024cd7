// npm run bench:written: what a write adds to the log of a server that nobody else uses (WAL), and what a version that is
// kept adds to the tables, on the first data set. Brings its own PostgreSQL; WRITES may be set.
import { readMigrations } from '../src/database/migrate.js';
import { openDatabase } from '../src/database/open.js';
import { MIGRATIONS, SEED } from '../src/files.js';
import { readDataSet } from '../src/seed/files.js';
import { loadDataSet } from '../src/seed/load.js';
import { createServices } from '../src/services.js';
import { copyDatabase, databaseUrl } from '../tests/support/databases.js';
import { installPostgres } from '../tests/support/postgres.js';
import { startProduct, stopAll } from './product.js';

const WRITES = Number(process.env.WRITES ?? 2000);
const KEY = `written-${'k'.repeat(40)}`;

const server = await installPostgres({ settings: ['max_wal_size=4GB', 'checkpoint_timeout=1h'] });
await server.start();
await copyDatabase(server.url, 'template0', 'written');
const { database } = await openDatabase(
  { databaseUrl: databaseUrl(server.url, 'written'), dataDir: '', databasePool: 2 },
  readMigrations(MIGRATIONS),
);
const services = createServices(database);
await loadDataSet(readDataSet(SEED), { database, services });
const one = async <Value>(text: string): Promise<Value> => Object.values((await database.pool.query(text)).rows[0]!)[0] as Value;
const wal = async () => Number(await one<string>("select pg_current_wal_lsn() - '0/0'"));
const bytes = async () => {
  await database.pool.query('vacuum (full, analyze)');
  const { rows } = await database.pool.query<{ name: string; bytes: string }>(
    "select relname as name, pg_total_relation_size(oid) as bytes from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
  );
  return new Map(rows.map(({ name, bytes: size }) => [name, Number(size)]));
};

/** WAL of so many writes, in bytes each: right after a checkpoint, when pages are logged whole, or not. */
async function logged(count: number, write: (n: number) => Promise<unknown>): Promise<number> {
  const before = await wal();
  for (let n = 0; n < count; n++) await write(n);
  return (await wal()) - before;
}
const slugs = (await database.pool.query<{ slug: string }>("select slug from events where state = 'published' order by id")).rows;
const { address } = await startProduct(databaseUrl(server.url, 'written'), 64, { ADMIN_KEY: KEY, LOG_LEVEL: 'error' });
async function send(method: string, path: string, body: object): Promise<void> {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const answer = await fetch(`${address}${path}`, { method, headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
}
const patch = (n: number) =>
  send('PATCH', `/v1/events/${slugs[n % slugs.length]!.slug}`, { significance: 1 + (n % 5), caveat: `As of ${n}` });
const create = (n: number) =>
  send('POST', '/v1/events', {
    slug: `written-${n}`,
    type: 'meeting',
    title: `Written, part ${n}`,
    date: '2026-05-05',
    topics: ['governance'],
  });

try {
  const before = await bytes();
  await database.pool.query('checkpoint');
  const first = (await logged(slugs.length, patch)) / slugs.length;
  const later = (await logged(WRITES, (n) => patch(n + 1))) / WRITES;
  const after = await bytes();
  const versions = slugs.length + WRITES;
  const created = (await logged(500, create)) / 500;
  const kb = (value: number) => `${(value / 1024).toFixed(1)} kB`;
  console.log(`WAL of a patch: ${kb(later)}; of the first ones after a checkpoint, ${kb(first)}; of a small new event: ${kb(created)}`);
  for (const [name, size] of after) {
    const added = (size - (before.get(name) ?? 0)) / versions;
    if (Math.abs(added) > 1) console.log(`a version adds to ${name}: ${Math.round(added).toLocaleString('en')} bytes`);
  }
  const seeded = [...before.values()].reduce((sum, size) => sum + size, 0);
  console.log(`the first data set, packed: ${(seeded / 2 ** 20).toFixed(1)} MB, ${kb(seeded / slugs.length)} an event of ${slugs.length}`);
} finally {
  stopAll();
  await database.close();
  await server.stop();
}
process.exit();
