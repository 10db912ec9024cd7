// The database that is measured: a server's, filled once with generated events and kept for the next run.
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { connectDatabase } from '../src/database/connect.js';
import { migrate, readMigrations } from '../src/database/migrate.js';
import { rebuildCards } from '../src/events/cards.js';
import { MIGRATIONS } from '../src/files.js';

const GENERATE = new URL('generate.sql', import.meta.url);

/**
 * @param server a database of the server, in which others may be made
 * @returns the address of a database of its own with `count` events
 */
export async function prepareDatabase(server: string, count: number): Promise<string> {
  const name = `demarche_bench_${count}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const administrator = new pg.Client({ connectionString: server });
  await administrator.connect();
  try {
    const { rowCount } = await administrator.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) {
      await administrator.query(`create database ${name} template template0 encoding 'UTF8'`);
      await fill(url.href, count);
    }
  } finally {
    await administrator.end();
  }
  return url.href;
}

async function fill(url: string, count: number): Promise<void> {
  const database = await connectDatabase({ databaseUrl: url, dataDir: '', databasePool: 1 });
  const say = (text: string) => process.stderr.isTTY && process.stderr.write(`\r${text.padEnd(60)}`);
  await migrate(database, readMigrations(MIGRATIONS));
  const script = readFileSync(GENERATE, 'utf8')
    .replaceAll(':count', String(count))
    .replace(/^--.*$/gm, '');
  const client = await database.pool.connect();
  await client.query('set statement_timeout = 0');
  for (const statement of script.split(/;\s*$/m).filter((text) => text.trim() !== '')) {
    say(statement.trim().split('\n')[0]!.slice(0, 60));
    await client.query(statement);
  }
  say('analyze');
  await client.query('analyze');
  client.release();
  await rebuildCards(database, (done, all) => say(`${done} of ${all} cards`), 86_400_000);
  say('');
  await database.pool.query('set statement_timeout = 0');
  await database.pool.query('vacuum analyze');
  await database.close();
}
