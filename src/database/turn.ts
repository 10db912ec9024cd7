// How a write gets its turn, and what may be done of it before.
import type pg from 'pg';
import type { Write, WriteOptions } from './write.js';

/** Any constant will do; all processes on one database share it. */
const WRITER_LOCK = 7_301_202_508;

/** How long it waits until a write of another process has ended, in milliseconds. */
const WAIT_MS = 2_000;

/**
 * What a write does before its turn, while the one before it has its own. Where anything else was written in between, or it
 * fails, nothing is left of it, and all is done in turn.
 */
export interface Early<Begun> {
  /** The write that has its turn. */
  after: Write;
  /** Whether that still runs. */
  isOn(): boolean;
  work(write: Write): Promise<Begun>;
}

const BY_KEYS = ['seqscan', 'hashjoin', 'mergejoin'].map((way) => `set local enable_${way} = off;`).join(' ');

/**
 * Plans are made once for each connection, since every write is much like the one before it, and look everything up by keys,
 * which is what writes do: statistics say nothing yet of what was written just now.
 */
const beginning = ({ statement_timeout_ms }: WriteOptions): string => `
  begin; set local plan_cache_mode = force_generic_plan; ${BY_KEYS} set local lock_timeout = ${statement_timeout_ms ?? WAIT_MS};`;

/**
 * Waits, and tells what time it is then: that of the database, always after the last change, so that a clock set back cannot
 * disorder the history and no two writes bear one instant. Sent as one, each statement still sees what is committed when it
 * begins.
 */
const turn = ({ statement_timeout_ms }: WriteOptions): string => `
  select pg_advisory_xact_lock(${WRITER_LOCK});
  ${statement_timeout_ms === undefined ? '' : `set local statement_timeout = ${statement_timeout_ms};`}
  select greatest(date_trunc('milliseconds', clock_timestamp()), max(recorded_at) + interval '1 millisecond') as now, max(recorded_at) as previous,
    coalesce(max(seq), 0) + 1 as since, (pg_current_wal_lsn() - '0/0'::pg_lsn)::text as lsn
  from (select seq, recorded_at from revisions order by seq desc limit 1) last`;

interface TurnRow {
  now: Date;
  /** When the last change before was recorded; null where there is none. */
  previous: Date | null;
  since: string;
  lsn: string;
}

const EARLY = `select date_trunc('milliseconds', clock_timestamp()) as now`;

interface BegunEarly<Begun> {
  after: Write;
  /** Instants rise from write to write, and this one comes next. */
  now: Date;
  result: Begun;
}

/** @returns nothing where it fails: its turn will tell why */
export async function begin<Begun>(
  client: pg.PoolClient,
  options: WriteOptions,
  { after, work }: Early<Begun>,
): Promise<BegunEarly<Begun> | undefined> {
  try {
    const clock = await sendAll<{ now: Date }>(client, `${beginning(options)} ${EARLY}`);
    const now = new Date(Math.max(clock.now.getTime(), after.now.getTime() + 1));
    return { after, now, result: await work({ tx: client, now, since: 0, authorship: options, isEarly: true }) };
  } catch {
    await client.query('rollback');
    return undefined;
  }
}

/** Waits for the turn. What was begun early holds where the last change is that of the write before. */
export async function takeTurn<Begun>(
  client: pg.PoolClient,
  options: WriteOptions,
  begun: BegunEarly<Begun> | undefined,
): Promise<TurnRow & { begun?: BegunEarly<Begun> }> {
  if (begun !== undefined) {
    const row = await sendAll<TurnRow>(client, turn(options));
    if (row.previous?.getTime() === begun.after.now.getTime() && begun.now <= row.now) return { ...row, now: begun.now, begun };
    await client.query('rollback');
  }
  return sendAll<TurnRow>(client, `${beginning(options)} ${turn(options)}`);
}

/** @returns the row of the last of several statements that are sent as one */
async function sendAll<Row>(client: pg.PoolClient, text: string): Promise<Row> {
  const results = (await client.query(text)) as unknown as { rows: Row[] }[];
  return results.at(-1)!.rows[0]!;
}
