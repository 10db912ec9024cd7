// Applies the migrations of prisma/migrations and keeps Prisma's own `_prisma_migrations` table, so that
// `prisma migrate deploy` can be used beside it. Prisma's runner needs a native engine; this needs a connection.
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { StartupError } from '../errors.js';
import type { Database } from './connect.js';
import { bePatient } from './patience.js';

/** Any constant will do: processes that start at once take turns on it. */
const MIGRATION_LOCK = 7_301_202_507;

const MIGRATIONS_TABLE = `
  create table if not exists _prisma_migrations (
    id varchar(36) primary key not null,
    checksum varchar(64) not null,
    finished_at timestamptz,
    migration_name varchar(255) not null,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz not null default now(),
    applied_steps_count integer not null default 0
  )`;

export interface Migration {
  name: string;
  script: string;
  /** SHA-256 of the script in hexadecimal, as Prisma computes it. */
  checksum: string;
}

/** The migrations in order, as they lie in `directory`. */
export function readMigrations(directory: string): Migration[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const script = readFileSync(join(directory, name, 'migration.sql'), 'utf8');
      return { name, script, checksum: createHash('sha256').update(script).digest('hex') };
    });
}

/**
 * Brings the database up to date, each migration in a transaction of its own. Processes that start together take
 * turns, and the later ones find nothing to do. Nothing is left on the connection, which a pooler may hand on.
 * @returns the names of those applied now
 * @throws StartupError when one was edited after it was applied, failed, or is known only to the database
 */
export async function migrate(database: Pick<Database, 'pool'>, migrations: Migration[]): Promise<string[]> {
  const client = await database.pool.connect();
  const applied: string[] = [];
  try {
    // A migration, and the wait for that of another process, may take any time.
    bePatient(client, 0);
    for (;;) {
      const name = await applyNext(client, migrations);
      if (name === null) return applied;
      applied.push(name);
    }
  } finally {
    client.release();
  }
}

/** A migration, and the wait for that of another process, may take any time. */
const BEGIN = `
  begin; set local statement_timeout = 0; set local lock_timeout = 0;
  select pg_advisory_xact_lock(${MIGRATION_LOCK});
  ${MIGRATIONS_TABLE}`;

/** @returns the name of the migration that was applied; null where all are */
async function applyNext(client: pg.PoolClient, migrations: Migration[]): Promise<string | null> {
  try {
    await client.query(BEGIN);
    const [migration] = await findPending(client, migrations);
    if (migration !== undefined) await apply(client, migration);
    await client.query('commit');
    return migration?.name ?? null;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

async function findPending(client: pg.PoolClient, migrations: Migration[]): Promise<Migration[]> {
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'select migration_name, checksum, finished_at from _prisma_migrations where rolled_back_at is null',
  );
  const applied = new Map(rows.map((row) => [row.migration_name, row]));
  for (const row of rows) {
    if (row.finished_at === null) {
      throw new StartupError(
        `The migration ${row.migration_name} was begun by another tool and not finished; resolve it there (prisma migrate resolve) first.`,
      );
    }
    if (!migrations.some((migration) => migration.name === row.migration_name)) {
      throw new StartupError(
        `The database has the migration ${row.migration_name}, which this version does not know; it was last used by a newer version, so run that one.`,
      );
    }
  }
  return migrations.filter((migration) => {
    const row = applied.get(migration.name);
    if (row !== undefined && row.checksum !== migration.checksum) {
      throw new StartupError(
        `The migration ${migration.name} was edited after it was applied; restore its file and write the change as a new migration (npm run db:diff).`,
      );
    }
    return row === undefined;
  });
}

async function apply(client: pg.PoolClient, migration: Migration): Promise<void> {
  try {
    await client.query(migration.script);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
  } catch (error) {
    throw new StartupError(
      `The migration ${migration.name} failed and was rolled back whole (${(error as Error).message}); the database is as it was.`,
      { cause: error },
    );
  }
}
