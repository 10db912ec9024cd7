// How anything is written: one transaction, one writer at a time, and a revision for each change.
//
// Writers take turns on an advisory lock. So `seq` counts in the order of commits (a sequence alone does not: a
// transaction may take a number early and commit late), a reader who resumes from the last `seq` it saw misses
// nothing, no two writers can dead-lock or overwrite each other, and `recorded_at` never runs backwards.
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { createTurns, type Turns } from '../turns.js';
import type { Database } from './connect.js';
import { isCollision } from './failures.js';
import { bePatient } from './patience.js';
import { POSITION, type Position, type PositionRow, toPosition } from './position.js';
import { prepared, type Statement } from './statement.js';
import { onConnection } from './transaction.js';
import { begin, type Early, takeTurn } from './turn.js';

/** What statements are sent to: a connection in a transaction, or the pool. */
export interface Transaction {
  query<Row extends object = Record<string, unknown>>(statement: Statement | string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

/** Why something is written. */
export interface Why {
  reason?: string | undefined;
  comment?: string | undefined;
}

/** Who writes and why; goes into each revision. */
export interface Authorship extends Why {
  /** The API key; null for the program itself. */
  author_id: string | null;
  author_name: string;
}

/** What makes a write happen once, however often it is asked for: both run in its transaction. */
export interface Once {
  /**
   * First of all. What it throws ends the write.
   * @param inTurn where nobody else writes meanwhile; else it sees to that the same is not done beside it
   */
  begin(tx: Transaction, inTurn?: 'in turn'): Promise<void>;
  /** Last of all: what is kept here is there exactly when the write is. */
  end(tx: Transaction, result: unknown): Promise<void>;
}

export interface WriteOptions extends Authorship {
  /**
   * How long one of its statements may take, in milliseconds; 0 for any time, and to wait for its turn any time as well. As
   * the pool has it where it is left out.
   */
  statement_timeout_ms?: number | undefined;
  /** Do everything, then roll it back. */
  validate_only?: boolean | undefined;
  once?: Once | undefined;
}

/** A running write: the transaction, and when it is: the one instant that all its changes bear, and the first `seq` that they may have. */
export interface Write {
  readonly tx: Transaction;
  readonly now: Date;
  /** One more than the last change before: what it replaces is known as of all that is less. */
  readonly since: number;
  readonly authorship: Authorship;
  /** Whether it writes down again what was taken once: rules that came later refuse none of it. */
  readonly isReplay?: boolean;
  /** Whether it is not its turn yet: it may save rows, which nobody sees, but record nothing. */
  readonly isEarly?: boolean;
}

/** A change to record: the whole document after it, the one before (null for a new entity), and why, where that is not why all is written. */
export interface Change extends Why {
  entity: string;
  id: string;
  version: number;
  operation: string;
  document: object;
  previous: object | null;
  /** Whether readers without a key may see it. */
  is_public: boolean;
}

/** On this channel listeners are told the number of the last change, when it is committed. A hint: who missed one looks. */
export const CHANGES_CHANNEL = 'demarche_changes';

/** How long a write waits among those of this process, in milliseconds. */
const WAIT_MS = 5_000;

/**
 * How many writes of a process are with the database at a time: one that runs, and one that waits for the lock and begins
 * as soon as it is free. The others wait here, where they take no connection from those who read.
 */
const AT_ONCE = 2;
/** As the server says it of a lock (lock_not_available). */
const inVain = (): Error => Object.assign(new Error('Waited in vain for a turn to write.'), { code: '55P03' });
const TURNS = new WeakMap<Database['pool'], Turns>();

function turnsOf(pool: Database['pool']): Turns {
  const turns = TURNS.get(pool) ?? createTurns(AT_ONCE, inVain);
  TURNS.set(pool, turns);
  return turns;
}

/** How long to wait before a write that collided with another is tried again, in milliseconds; then it is given up. */
const BACK_OFF = [5, 20, 80, 320];

/**
 * Ends it, however long that takes: a time-out while the commit waits for a standby (synchronous_commit) would have it
 * acknowledged although the standby lacks it. Nothing else is sent with it: what failed behind it would be told of a write
 * that is kept.
 */
const COMMIT = 'set local statement_timeout = 0; commit';

/**
 * Runs `work` in a transaction while no other write runs. What it returns is returned once the transaction is
 * committed (or, with `validate_only`, rolled back); if it throws, nothing is kept. Where the database says that it
 * collided with another transaction it runs again, a few times.
 * @param early what can be done before; `work` is given what it returned, if it holds
 */
export async function write<Result, Begun = never>(
  database: Pick<Database, 'pool' | 'state'>,
  options: WriteOptions,
  work: (write: Write, begun?: Begun) => Promise<Result>,
  early?: Early<Begun>,
): Promise<Result> {
  for (let tries = 0; ; tries++) {
    try {
      return await inTurn(database, options, work, tries === 0 ? early : undefined);
    } catch (error) {
      if (tries === BACK_OFF.length || !isCollision(error)) throw error;
      await pause(BACK_OFF[tries]! * (0.5 + Math.random()));
    }
  }
}

async function inTurn<Result, Begun>(
  database: Pick<Database, 'pool' | 'state'>,
  options: WriteOptions,
  work: (write: Write, begun?: Begun) => Promise<Result>,
  early: Early<Begun> | undefined,
): Promise<Result> {
  const turns = turnsOf(database.pool);
  const giveBack = await turns.take(options.statement_timeout_ms === 0 ? 0 : WAIT_MS);
  try {
    const client = await database.pool.connect();
    try {
      if (options.statement_timeout_ms !== undefined) bePatient(client, options.statement_timeout_ms);
      return await onConnection(client, (giveUp) => writeWith(client, giveUp, database.state, options, work, early));
    } catch (error) {
      if ((error as { code?: unknown }).code === '55P03') turns.giveUp();
      throw error;
    } finally {
      database.state.written();
    }
  } finally {
    giveBack();
  }
}

async function writeWith<Result, Begun>(
  client: pg.PoolClient,
  giveUp: () => void,
  state: Database['state'],
  options: WriteOptions,
  work: (write: Write, begun?: Begun) => Promise<Result>,
  early: Early<Begun> | undefined,
): Promise<Result> {
  const begun = early?.isOn() ? await begin(client, options, early) : undefined;
  const { now, since, lsn, ...taken } = await takeTurn(client, options, begun);
  // What is found to be done already was done before.
  state.reached({ seq: Number(since) - 1, lsn: BigInt(lsn) });
  await options.once?.begin(client, 'in turn');
  const result = await work({ tx: client, now, since: Number(since), authorship: options }, taken.begun?.result);
  if (!options.validate_only) await options.once?.end(client, result);
  if (options.validate_only) {
    await client.query('rollback');
  } else {
    await client.query(COMMIT);
    state.reached(await positionAfter(client, Number(since), giveUp));
  }
  return result;
}

/**
 * How far the data is once a write is kept. That the server does not tell makes no failure of the write: its changes bear
 * `since` or more, so who has come to that has them.
 */
async function positionAfter(client: pg.PoolClient, since: number, giveUp: () => void): Promise<Position> {
  try {
    const { rows } = await client.query<PositionRow>(prepared(POSITION));
    return toPosition(rows[0]!);
  } catch {
    // It may be broken, and say so only later.
    giveUp();
    return { seq: since, lsn: 0n };
  }
}

const SUPERSEDE = `
  update revisions set superseded_at = $2::timestamptz, superseded_seq = $3::bigint
  where entity_id = any($1::uuid[]) and superseded_at is null`;

const APPEND = `
  with appended as (
    insert into revisions (entity, entity_id, version, operation, state, changed_fields, is_public,
      reason, comment, author_id, author_name, recorded_at)
    select x.entity, x.entity_id, x.version, x.operation, x.state, x.changed_fields, x.is_public,
      coalesce(x.reason, $2::text), coalesce(x.comment, $3::text), $4::uuid, $5::text, $6::timestamptz
    from jsonb_to_recordset($1::jsonb) as x(entity text, entity_id uuid, version int, operation text, state jsonb, changed_fields text[],
      is_public boolean, reason text, comment text)
    returning seq
  )
  select pg_notify('${CHANGES_CHANNEL}', max(seq)::text) from appended`;

/** Appends one revision for each change and closes the versions that they replace. */
export async function record({ tx, now, since, authorship, isEarly }: Write, changes: Change[]): Promise<void> {
  if (isEarly) throw new Error('Changes are recorded in turn, so that their numbers rise in the order of commits.');
  const replacing = changes.filter(({ version }) => version > 1).map(({ id }) => id);
  if (replacing.length > 0) await tx.query(prepared(SUPERSEDE, [replacing, now, since]));
  const rows = changes.map(({ id, document, previous, ...change }) => ({
    ...change,
    entity_id: id,
    state: document,
    changed_fields: changedFields(previous ?? {}, document),
  }));
  const { reason = null, comment = null, author_id, author_name } = authorship;
  await tx.query(prepared(APPEND, [JSON.stringify(rows), reason, comment, author_id, author_name, now]));
}

/** The top-level members in which two documents differ; those that a new entity has, for `{}` before. */
export function changedFields(before: object, after: object): string[] {
  const [old, young] = [before as Record<string, unknown>, after as Record<string, unknown>];
  return [...new Set([...Object.keys(old), ...Object.keys(young)])].filter((name) =>
    old[name] === undefined ? young[name] !== undefined : !isDeepStrictEqual(old[name], young[name]),
  );
}
