// The database that is measured: a server's, filled once with generated events and kept for the next run.
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { refreshCards } from '../src/cards.js';
import { connectDatabase, type Database } from '../src/database/connect.js';
import { migrate, readMigrations } from '../src/database/migrate.js';
import { bePatient } from '../src/database/patience.js';
import { write } from '../src/database/write.js';
import { MIGRATIONS } from '../src/files.js';
import { multiply } from './multiplied.js';

const CHUNK = 2000;
/** What is larger, and a multiple of it, is copied from one of this size. */
const BASE = 100_000;
const GENERATE = new URL('generate.sql', import.meta.url);
const AGE = new URL('age.sql', import.meta.url);

const say = (text: string) => process.stderr.isTTY && process.stderr.write(`\r${text.padEnd(60)}`);

/**
 * @param server a database of the server, in which others may be made
 * @returns the address of a database of its own with `count` events, each of so many versions
 */
export async function prepareDatabase(server: string, count: number, versions = 1): Promise<string> {
  const name = `demarche_bench_${count}${versions === 1 ? '' : `_${versions}`}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const administrator = new pg.Client({ connectionString: server });
  await administrator.connect();
  try {
    const { rowCount } = await administrator.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) {
      if (versions === 1 && count > BASE && count % BASE === 0) {
        const base = new URL(await prepareDatabase(server, BASE)).pathname.slice(1);
        await multiply(server, { name: base, size: BASE }, name, count, say);
      } else {
        await administrator.query(`create database ${name} template template0 encoding 'UTF8'`);
        await fill(url.href, count, versions);
      }
    }
  } finally {
    await administrator.end();
  }
  return url.href;
}

async function fill(url: string, count: number, versions: number): Promise<void> {
  const database = await connectDatabase({ databaseUrl: url, dataDir: '', databasePool: 1 });
  await migrate(database, readMigrations(MIGRATIONS));
  const run = (file: URL) =>
    runScript(database, readFileSync(file, 'utf8').replaceAll(':count', String(count)).replaceAll(':versions', String(versions)), say);
  await run(GENERATE);
  await makeCards(database, say);
  if (versions > 1) await run(AGE);
  say('');
  await runScript(database, 'vacuum analyze', say);
  await database.close();
}

/** The tables are filled by hand, so there are no revisions to make the cards from; they are as of the beginning. */
async function makeCards(database: Database, say: (text: string) => void): Promise<void> {
  for (const [entity, table] of [
    ['topic', 'topics'],
    ['actor', 'actors'],
    ['source', 'sources'],
    ['action_item', 'action_items'],
    ['event', 'events'],
  ] as const) {
    const { rows } = await database.pool.query<{ id: string }>(`select id from ${table} order by id`);
    for (let start = 0; start < rows.length; start += CHUNK) {
      const ids = rows.slice(start, start + CHUNK).map(({ id }) => id);
      await write(database, { author_id: null, author_name: 'bench', statement_timeout_ms: 0 }, (running) =>
        refreshCards({ ...running, since: 0 }, entity, ids, true),
      );
      say(`${start + ids.length} of ${rows.length} ${entity} cards`);
    }
  }
}

async function runScript({ pool }: Pick<Database, 'pool'>, script: string, say: (text: string) => void): Promise<void> {
  const client = await pool.connect();
  bePatient(client, 0);
  await client.query('set statement_timeout = 0');
  for (const statement of script
    .replace(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .filter((text) => text.trim() !== '')) {
    say(statement.trim().split('\n')[0]!.slice(0, 60));
    await client.query(statement);
  }
  say('analyze');
  await client.query('analyze');
  client.release();
}
