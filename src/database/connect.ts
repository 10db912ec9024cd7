// One pool under Prisma and under hand-written SQL, whichever PostgreSQL it reaches: the server that DATABASE_URL
// names, or the embedded one under DATA_DIR. Nothing else opens connections.
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import type { Config } from '../config.js';
import { StartupError } from '../errors.js';
import { BoundedPool } from './bounded-pool.js';
import { PrismaClient } from './client/client.js';
import { type Listening, listenOnEmbedded, listenOnServer } from './listening.js';
import { STATEMENT_TIMEOUT } from './patience.js';
import { type Presence, presenceOnEmbedded, presenceOnServer } from './presence.js';
import { createDataState, type DataState } from './state.js';
import { WatchedPool } from './watched-pool.js';

/** The oldest server that the migrations and queries are tested on. */
const OLDEST_SERVER = 150000;

const LAST_CHANGE = { name: 'last change', text: 'select seq from revisions order by seq desc limit 1' };

export interface Database {
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  readonly state: DataState;
  /** Calls the listener when something may have been written, by whichever process. A hint. @returns ends it */
  readonly onChange: Listening['onChange'];
  /** Says that it is used, by one of many or by this process alone. @throws StartupError where the others do not allow it */
  readonly enter: Presence['enter'];
  /** What is at the other end, for people: a version, and whether it is embedded. */
  readonly description: string;
  close(): Promise<void>;
}

export type DatabaseConfig = Pick<Config, 'databaseUrl' | 'dataDir' | 'databasePool'>;

/**
 * Opens the database and proves that it answers.
 * @throws StartupError when it cannot be reached, is too old, or the data directory is open elsewhere
 */
export async function connectDatabase(config: DatabaseConfig): Promise<Database> {
  return config.databaseUrl === undefined ? connectEmbedded(config.dataDir) : connectServer(config.databaseUrl, config.databasePool);
}

async function connectServer(url: string, size: number): Promise<Database> {
  const pool = new WatchedPool({
    connectionString: url,
    max: size,
    // How long one waits until another gives its connection back.
    connectionTimeoutMillis: 1_500,
    keepAlive: true,
    idleTimeoutMillis: 60_000,
    statement_timeout: STATEMENT_TIMEOUT,
    // What readers wait for is a change of the tables themselves; writes have a wait of their own.
    lock_timeout: 1_000,
    idle_in_transaction_session_timeout: 60_000,
    application_name: 'demarche',
    // A page takes a tenth of the time that compiling its statement would take; the planner cannot know how few rows it reads.
    options: '-c jit=off',
  });
  try {
    const { rows } = await pool.query<{ number: string; version: string }>(
      "select current_setting('server_version_num') as number, current_setting('server_version') as version",
    );
    if (Number(rows[0]!.number) < OLDEST_SERVER) {
      throw new StartupError(`The server that DATABASE_URL names runs PostgreSQL ${rows[0]!.version}; 15 is the oldest that is supported.`);
    }
    const presence = presenceOnServer(() => url);
    return assemble(pool, `PostgreSQL ${rows[0]!.version.split(' ')[0]}`, false, listenOnServer(url), presence, async () => {});
  } catch (error) {
    await pool.end();
    if (error instanceof StartupError) throw error;
    const { hostname, port, pathname } = new URL(url);
    throw new StartupError(
      `The database "${decodeURIComponent(pathname.slice(1))}" on ${hostname || 'the local socket'}:${port || 5432} cannot be reached (${reasonOf(error)}); check DATABASE_URL.`,
      { cause: error },
    );
  }
}

async function connectEmbedded(directory: string): Promise<Database> {
  // Loaded only where it is used: it is larger than all else that reaches a server.
  const { openEmbedded } = await import('./embedded.js');
  const embedded = await openEmbedded(directory);
  const listening = await listenOnEmbedded(embedded.listen);
  const pool = new BoundedPool(embedded.poolConfig);
  return assemble(pool, `embedded PostgreSQL in ${directory}`, true, listening, presenceOnEmbedded, embedded.close);
}

/** @param isAlone whether no other process can write */
function assemble(
  pool: pg.Pool,
  description: string,
  isAlone: boolean,
  listening: Listening,
  presence: Presence,
  afterwards: () => Promise<void>,
): Database {
  // A connection that breaks while idle is dropped by the pool; the next query opens another.
  pool.on('error', () => {});
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator: createNames() }),
    transactionOptions: { maxWait: 10_000, timeout: 60_000 },
  });
  const state = createDataState(async () => Number((await pool.query<{ seq: string }>(LAST_CHANGE)).rows[0]?.seq ?? 0), isAlone);
  return {
    prisma,
    pool,
    state,
    onChange: listening.onChange,
    enter: presence.enter,
    description,
    async close() {
      state.close();
      await listening.close();
      await prisma.$disconnect();
      await pool.end();
      await presence.leave();
      await afterwards();
    },
  };
}

/** How many statements each connection keeps prepared for Prisma; there are fewer, but for lists of many lengths. */
const MOST_NAMES = 200;

/** Names for statements, so that a connection parses and plans each once. What comes after the first many stays unnamed. */
function createNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const name = names.get(sql) ?? (names.size < MOST_NAMES ? `prisma ${names.size}` : '');
    if (name !== '') names.set(sql, name);
    return name;
  };
}

function reasonOf(error: unknown): string {
  // A name that resolves to several addresses fails with one error for each.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message : String(first);
}
