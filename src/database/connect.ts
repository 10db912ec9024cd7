// One pool under Prisma and under hand-written SQL, whichever PostgreSQL it reaches: the server that DATABASE_URL
// names, or the embedded one under DATA_DIR. Nothing else opens connections.
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import type { Config } from '../config.js';
import { StartupError } from '../errors.js';
import { BoundedPool } from './bounded-pool.js';
import { PrismaClient } from './client/client.js';
import { type Hosts, hostsOf } from './hosts.js';
import { type Listening, listenOnEmbedded, listenOnServer } from './listening.js';
import { STATEMENT_TIMEOUT } from './patience.js';
import { type Presence, presenceOnEmbedded, presenceOnServer } from './presence.js';
import { type Reads, readFrom, readFromReplicas } from './reading.js';
import { watchReplicas } from './replicas.js';
import { createDataState, type DataState } from './state.js';
import { WatchedPool } from './watched-pool.js';

/** The oldest server that the migrations and queries are tested on. */
const OLDEST_SERVER = 150000;

const LAST_CHANGE = { name: 'last change', text: 'select seq from revisions order by seq desc limit 1' };

export interface Database {
  /** What only reads and may be read from a replica goes here; all else to the pool. */
  readonly reads: Reads;
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  readonly state: DataState;
  /** Calls the listener when something may have been written, by whichever process. A hint. @returns ends it */
  readonly onChange: Listening['onChange'];
  /** Says that it is used, by one of many or by this process alone. @throws StartupError where the others do not allow it */
  readonly enter: Presence['enter'];
  /** How many replicas may be read now, and how many may not. */
  readonly replicas: () => { used: number; left_out: number };
  /** What is at the other end, for people: a version, and whether it is embedded. */
  readonly description: string;
  close(): Promise<void>;
}

export type DatabaseConfig = Pick<Config, 'databaseUrl' | 'dataDir' | 'databasePool'> &
  Partial<Pick<Config, 'databasePooler' | 'databaseDirectUrl' | 'databaseReplicaUrls'>>;

/**
 * Opens the database and proves that it answers.
 * @throws StartupError when it cannot be reached, is too old, or the data directory is open elsewhere
 */
export async function connectDatabase(config: DatabaseConfig): Promise<Database> {
  return config.databaseUrl === undefined ? connectEmbedded(config.dataDir) : connectServer({ ...config, databaseUrl: config.databaseUrl });
}

/** What holds on each connection. A pooler refuses to be asked for that: there the role, or the pooler, has to say it. */
const SESSION = {
  statement_timeout: STATEMENT_TIMEOUT,
  // What readers wait for is a change of the tables themselves; writes have a wait of their own.
  lock_timeout: 1_000,
  idle_in_transaction_session_timeout: 60_000,
  // A page takes a tenth of the time that compiling its statement, or starting others to help with it, would take; the planner
  // cannot know how few rows it reads.
  options: '-c jit=off -c max_parallel_workers_per_gather=0',
};

const poolSettings = (size: number) => ({
  max: size,
  // How long one waits until another gives its connection back.
  connectionTimeoutMillis: 1_500,
  keepAlive: true,
  idleTimeoutMillis: 60_000,
  application_name: 'demarche',
});

async function connectServer(config: DatabaseConfig & { databaseUrl: string }): Promise<Database> {
  const hosts = hostsOf(config.databaseUrl);
  const isPooled = config.databasePooler !== undefined;
  const direct = config.databaseDirectUrl === undefined ? hosts : hostsOf(config.databaseDirectUrl);
  const pool = new WatchedPool(
    { hosts, isPooled },
    { ...poolSettings(config.databasePool), ...(!isPooled && SESSION) },
    { hosts: direct, isPooled: false },
  );
  try {
    const description = await checkServer(pool, hosts, isPooled);
    const replicas = config.databaseReplicaUrls?.map((url) => openReplica(url, config.databasePool)) ?? [];
    return assemble(pool, description, {
      isAlone: false,
      listening: listenOnServer(direct),
      presence: presenceOnServer(direct.current),
      replicas,
      afterwards: async () => {},
    });
  } catch (error) {
    await pool.end();
    if (error instanceof StartupError) throw error;
    throw unreachable(hosts, error);
  }
}

/** @returns what it is, for people. @throws StartupError where it will not do */
async function checkServer(pool: pg.Pool, hosts: Hosts, isPooled: boolean): Promise<string> {
  const { rows } = await firstAnswer(hosts.all.length, () =>
    pool.query<{ number: string; version: string; timeout: string }>(
      "select current_setting('server_version_num') as number, current_setting('server_version') as version, current_setting('statement_timeout') as timeout",
    ),
  );
  const { number, version, timeout } = rows[0]!;
  if (Number(number) < OLDEST_SERVER)
    throw new StartupError(`The server that DATABASE_URL names runs PostgreSQL ${version}; 15 is the oldest that is supported.`);
  if (isPooled && timeout === '0')
    throw new StartupError(
      `Behind the pooler nothing ends a statement that takes too long; run once, as the role that DATABASE_URL names: alter role current_user set statement_timeout = '${STATEMENT_TIMEOUT}ms'; alter role current_user set lock_timeout = '1s'; alter role current_user set idle_in_transaction_session_timeout = '60s'; alter role current_user set jit = off; alter role current_user set max_parallel_workers_per_gather = 0; then let the pooler reconnect.`,
    );
  return `PostgreSQL ${version.split(' ')[0]}`;
}

/** Each of several hosts may be the one: a failure leads to the next. */
async function firstAnswer<Answer>(tries: number, ask: () => Promise<Answer>): Promise<Answer> {
  for (let left = tries; ; left--)
    try {
      return await ask();
    } catch (error) {
      if (left <= 1) throw error;
    }
}

function unreachable({ all }: Hosts, error: unknown): StartupError {
  const places = all.map((address) => {
    const { hostname, port } = new URL(address);
    return `${hostname || 'the local socket'}:${port || 5432}`;
  });
  const name = decodeURIComponent(new URL(all[0]!).pathname.slice(1));
  return new StartupError(`The database "${name}" on ${places.join(', ')} cannot be reached (${reasonOf(error)}); check DATABASE_URL.`, {
    cause: error,
  });
}

async function connectEmbedded(directory: string): Promise<Database> {
  // Loaded only where it is used: it is larger than all else that reaches a server.
  const { openEmbedded } = await import('./embedded.js');
  const embedded = await openEmbedded(directory);
  const listening = await listenOnEmbedded(embedded.listen);
  const pool = new BoundedPool(embedded.poolConfig);
  pool.on('error', () => {});
  return assemble(pool, `embedded PostgreSQL in ${directory}`, {
    isAlone: true,
    listening,
    presence: presenceOnEmbedded,
    replicas: [],
    afterwards: embedded.close,
  });
}

/** A replica need not be there: it is read when it is. */
const openReplica = (url: string, size: number): pg.Pool =>
  new WatchedPool({ hosts: hostsOf(url), isPooled: false, mayBeStandby: true }, { ...poolSettings(size), ...SESSION });

interface Parts {
  /** Whether no other process can write. */
  isAlone: boolean;
  listening: Listening;
  presence: Presence;
  replicas: pg.Pool[];
  afterwards: () => Promise<void>;
}

function assemble(pool: pg.Pool, description: string, { isAlone, listening, presence, replicas: pools, afterwards }: Parts): Database {
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator: createNames() }),
    transactionOptions: { maxWait: 10_000, timeout: 60_000 },
  });
  const state = createDataState(async () => Number((await pool.query<{ seq: string }>(LAST_CHANGE)).rows[0]?.seq ?? 0), isAlone);
  const replicas = pools.length === 0 ? null : watchReplicas(pool, pools);
  return {
    reads: replicas === null ? readFrom(pool, state) : readFromReplicas(pool, state, replicas),
    replicas: () => replicas?.figures() ?? { used: 0, left_out: 0 },
    prisma,
    pool,
    state,
    onChange: listening.onChange,
    enter: presence.enter,
    description,
    async close() {
      state.close();
      await listening.close();
      await replicas?.close();
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
