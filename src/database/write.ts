// How anything is written: one transaction, one writer at a time, and a revision for each change.
//
// Writers take turns on an advisory lock. So `seq` counts in the order of commits (a sequence alone does not: a
// transaction may take a number early and commit late), a reader who resumes from the last `seq` it saw misses
// nothing, no two writers can dead-lock or overwrite each other, and `recorded_at` never runs backwards.
import { isDeepStrictEqual } from 'node:util';
import type { Prisma } from './client/client.js';
import type { Database } from './connect.js';

export type Transaction = Prisma.TransactionClient;

/** Any constant will do; all processes on one database share it. */
const WRITER_LOCK = 7_301_202_508;

/** Who writes and why; goes into each revision. */
export interface Authorship {
  /** The API key; null for the program itself. */
  author_id: string | null;
  author_name: string;
  reason?: string | undefined;
  comment?: string | undefined;
}

export interface WriteOptions extends Authorship {
  /** How long it may take, in milliseconds; a minute where it is left out. */
  timeout_ms?: number | undefined;
  /** Do everything, then roll it back. */
  validate_only?: boolean | undefined;
}

/** A running write: the transaction and the one instant that all its changes bear. */
export interface Write {
  readonly tx: Transaction;
  readonly now: Date;
  readonly authorship: Authorship;
}

/** A change to record: the whole document after it, and the one before (null for a new entity). */
export interface Change {
  entity: string;
  id: string;
  version: number;
  operation: string;
  document: object;
  previous: object | null;
}

class NotKept extends Error {}

/**
 * Runs `work` in a transaction while no other write runs. What it returns is returned once the transaction is
 * committed (or, with `validate_only`, rolled back); if it throws, nothing is kept.
 */
export async function write<Result>(
  database: Pick<Database, 'prisma' | 'state'>,
  options: WriteOptions,
  work: (write: Write) => Promise<Result>,
): Promise<Result> {
  let result: { value: Result } | undefined;
  try {
    await database.prisma.$transaction(
      async (tx) => {
        await tx.$executeRaw`select pg_advisory_xact_lock(${WRITER_LOCK})`;
        const now = await tellTime(tx);
        result = { value: await work({ tx, now, authorship: options }) };
        if (options.validate_only) throw new NotKept();
      },
      options.timeout_ms === undefined ? undefined : { timeout: options.timeout_ms },
    );
  } catch (error) {
    if (!(error instanceof NotKept)) throw error;
  } finally {
    database.state.written();
  }
  return result!.value;
}

/** The time of the database, never before the last change, so that a clock set back cannot disorder the history. */
async function tellTime(tx: Transaction): Promise<Date> {
  const rows = await tx.$queryRaw<{ now: Date }[]>`
    select greatest(
      date_trunc('milliseconds', clock_timestamp()),
      (select recorded_at from revisions order by seq desc limit 1)
    ) as now`;
  return rows[0]!.now;
}

/** Appends one revision for each change and closes the versions that they replace. */
export async function record({ tx, now, authorship }: Write, changes: Change[]): Promise<void> {
  await tx.revision.updateMany({
    where: { entity_id: { in: changes.map((change) => change.id) }, superseded_at: null },
    data: { superseded_at: now },
  });
  await tx.revision.createMany({
    data: changes.map((change) => ({
      entity: change.entity,
      entity_id: change.id,
      version: change.version,
      operation: change.operation,
      reason: authorship.reason ?? null,
      comment: authorship.comment ?? null,
      author_id: authorship.author_id,
      author_name: authorship.author_name,
      recorded_at: now,
      state: change.document as Prisma.InputJsonObject,
      changed_fields: changedFields(change.previous ?? {}, change.document),
    })),
  });
}

/** The top-level members in which two documents differ; those that a new entity has, for `{}` before. */
export function changedFields(before: object, after: object): string[] {
  const [old, young] = [before as Record<string, unknown>, after as Record<string, unknown>];
  return [...new Set([...Object.keys(old), ...Object.keys(young)])].filter((name) => !isDeepStrictEqual(old[name], young[name]));
}
