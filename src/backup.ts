// Backups: all that is kept, one row a line, in one form for a server and for the embedded database. What is derived (the
// tables of resources and the cards) is left out, since the revisions say it; loading a backup makes it again.
import { createHash } from 'node:crypto';
import type { Database } from './database/connect.js';
import { type Migration, migrate } from './database/migrate.js';
import { isEmpty } from './database/open.js';
import { bePatient } from './database/patience.js';
import { prepared } from './database/statement.js';
import { type Transaction, write } from './database/write.js';
import { StartupError } from './errors.js';
import { ensureCards, rebuildWithin } from './rebuild.js';

/** What is kept and not derived, in an order in which it can be loaded; by what its rows are ordered. */
const HISTORY: [table: string, order: string][] = [
  ['revisions', 'seq'],
  ['releases', 'created_at, label'],
  ['seed_records', 'entity, key'],
];
/** Who may do what, and who is told: digests of keys, and the secrets with which webhooks are signed. */
const ACCESS: [table: string, order: string][] = [
  ['api_keys', 'id'],
  ['webhooks', 'id'],
  ['webhook_deliveries', 'id'],
];
export const KEPT_TABLES = [...HISTORY, ...ACCESS].map(([table]) => table);

/** Columns that count up by themselves. */
const COUNTERS: [table: string, column: string][] = [
  ['revisions', 'seq'],
  ['webhook_deliveries', 'id'],
];

const FORMAT = 1;
const CHUNK = 500;

export interface Header {
  format: number;
  /** The last migration of the database that it was made from. */
  migration: string;
  tables: string[];
}

/** Calls for the lines of a file, each without its end; it is read twice. */
export type Lines = () => AsyncIterable<string>;

const LAST_MIGRATION = `select max(migration_name) as name from _prisma_migrations where finished_at is not null and rolled_back_at is null`;

/**
 * The lines of a backup, of one moment whatever is written meanwhile.
 * @param withAccess whether keys and webhooks are in it
 */
export async function* backupLines({ pool }: Pick<Database, 'pool'>, withAccess: boolean): AsyncGenerator<string> {
  const client = await pool.connect();
  bePatient(client, 0);
  try {
    await client.query("begin isolation level repeatable read read only; set local timezone = 'UTC'; set local statement_timeout = 0");
    const migration = await lastMigration(client);
    if (migration === null) throw new StartupError('The database has no tables yet; there is nothing to back up.');
    const tables = await there(client, withAccess ? [...HISTORY, ...ACCESS] : HISTORY);
    const sum = new Sum();
    const header: Header = { format: FORMAT, migration, tables: tables.map(([table]) => table) };
    yield sum.add(JSON.stringify(['demarche backup', header]));
    for (const [table, order] of tables) {
      await client.query(
        `declare kept no scroll cursor for select row_to_json(t)::text as row from (select * from ${table} order by ${order}) t`,
      );
      for (;;) {
        const { rows } = await client.query<{ row: string }>(`fetch ${CHUNK} from kept`);
        for (const { row } of rows) yield sum.add(`["${table}",${row}]`);
        if (rows.length < CHUNK) break;
      }
      await client.query('close kept');
    }
    yield JSON.stringify(['end', sum.end()]);
    await client.query('commit');
  } finally {
    // What was begun ends with the connection, unless it has come to its end.
    await client.query('rollback').catch(() => {});
    client.release();
  }
}

/** Those of the tables that the database has: an older one lacks some. */
async function there(on: Pick<Transaction, 'query'>, tables: [string, string][]): Promise<[string, string][]> {
  const { rows } = await on.query<{ name: string }>('select name from unnest($1::text[]) name where to_regclass(name) is not null', [
    tables.map(([table]) => table),
  ]);
  return tables.filter(([table]) => rows.some(({ name }) => name === table));
}

/** @throws StartupError where it is no backup, or not the whole of one */
export async function checkBackup(lines: Lines): Promise<Header> {
  const sum = new Sum();
  let header: Header | undefined;
  let last: string | undefined;
  for await (const line of lines()) {
    header ??= headerOf(line);
    if (last !== undefined) sum.add(last);
    last = line;
  }
  if (header === undefined || last !== JSON.stringify(['end', sum.end()]))
    throw new StartupError('The backup was cut off or changed: its last line does not agree with the others. Take another one.');
  return header;
}

function headerOf(line: string): Header {
  const isOurs = line.startsWith('["demarche backup",');
  const header = isOurs ? (JSON.parse(line)[1] as Header) : null;
  if (header === null) throw new StartupError('The file is no backup of this program.');
  if (header.format !== FORMAT || header.tables.some((table) => !KEPT_TABLES.includes(table)))
    throw new StartupError('The backup was made by a newer version of this program; restore it with that one.');
  return header;
}

export interface Restoring {
  migrations: Migration[];
  /** Whether what the database holds may be replaced. */
  force: boolean;
  progress?: (done: number, all: number) => void;
}

/**
 * Puts what a backup holds in the place of what the database holds: all of it, or nothing where it fails.
 * @returns how many rows of each table
 * @throws StartupError where the database holds something and `force` is not set, or the two are of different versions
 */
export async function restoreBackup(
  database: Database,
  lines: Lines,
  { migrations, force, progress }: Restoring,
): Promise<Map<string, number>> {
  const header = await checkBackup(lines);
  const until = migrations.findIndex(({ name }) => name === header.migration);
  if (until < 0) throw new StartupError('The backup was made by a newer version of this program; restore it with that one.');
  const isNew = (await lastMigration(database.pool)) === null;
  const isOld = until < migrations.length - 1;
  if (isOld && !isNew)
    throw new StartupError(
      'The backup was made by an older version of this program; restore it into a database that is new, which is then brought up to date.',
    );
  // A backup of an older version is loaded into the tables that it was made from.
  await migrate(database, migrations.slice(0, until + 1));
  if (!force && !(await isEmpty(database)))
    throw new StartupError('The database is not empty; add --force to replace what it holds, or name another one.');
  const counts = await write(database, { author_id: null, author_name: 'restore', statement_timeout_ms: 0 }, async (running) => {
    const loaded = await load(running.tx, header, lines);
    if (!isOld) await rebuildWithin(running, progress);
    return loaded;
  });
  await migrate(database, migrations);
  await ensureCards(database, progress);
  return counts;
}

async function load(tx: Transaction, header: Header, lines: Lines): Promise<Map<string, number>> {
  for (const table of [...header.tables].reverse()) {
    // What is never changed otherwise, such as releases, gives way to what was backed up.
    await tx.query(`alter table ${table} disable trigger user`);
    await tx.query(`delete from ${table}`);
    await tx.query(`alter table ${table} enable trigger user`);
  }
  const counts = new Map(header.tables.map((table) => [table, 0]));
  let [table, rows]: [string, string[]] = ['', []];
  const flush = async () => {
    if (rows.length > 0)
      await tx.query(
        prepared(`insert into ${table} select * from json_populate_recordset(null::${table}, $1::json)`, [`[${rows.join(',')}]`]),
      );
    rows = [];
  };
  for await (const line of lines()) {
    const of = line.slice(2, line.indexOf('"', 2));
    if (!counts.has(of)) continue;
    if (of !== table || rows.length === CHUNK) await flush();
    table = of;
    rows.push(line.slice(of.length + 4, -1));
    counts.set(of, counts.get(of)! + 1);
  }
  await flush();
  for (const [of, column] of COUNTERS.filter(([of]) => header.tables.includes(of)))
    await tx.query(
      `select setval(pg_get_serial_sequence('${of}', '${column}'), coalesce(max(${column}), 1), max(${column}) is not null) from ${of}`,
    );
  return counts;
}

/** The name of the last migration; null where there are no tables. */
async function lastMigration(on: Pick<Transaction, 'query'>): Promise<string | null> {
  const { rows } = await on.query<{ found: boolean }>(`select to_regclass('_prisma_migrations') is not null as found`);
  return rows[0]!.found ? ((await on.query<{ name: string | null }>(LAST_MIGRATION)).rows[0]!.name ?? null) : null;
}

/** Adds up lines: the digest, and how many there are. */
class Sum {
  private readonly hash = createHash('sha256');
  private lines = 0;

  /** @returns the line */
  add(line: string): string {
    this.hash.update(`${line}\n`);
    this.lines++;
    return line;
  }

  /** Call it once. */
  end() {
    return { lines: this.lines, sha256: this.hash.digest('hex') };
  }
}
