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

/** A running write: the transaction, and when it is: the one instant that all its changes bear, and the first `seq` that they may have. */
export interface Write {
  readonly tx: Transaction;
  readonly now: Date;
  /** One more than the last change before: what it replaces is known as of all that is less. */
  readonly since: number;
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
  /** Whether readers without a key may see it. */
  is_public: boolean;
}

/** On this channel listeners are told the number of the last change, when it is committed. A hint: who missed one looks. */
export const CHANGES_CHANNEL = 'demarche_changes';

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
        result = { value: await work({ tx, ...(await tellTime(tx)), authorship: options }) };
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
async function tellTime(tx: Transaction): Promise<Pick<Write, 'now' | 'since'>> {
  const rows = await tx.$queryRaw<{ now: Date; since: bigint }[]>`
    select greatest(date_trunc('milliseconds', clock_timestamp()), max(recorded_at)) as now, coalesce(max(seq), 0) + 1 as since
    from (select seq, recorded_at from revisions order by seq desc limit 1) last`;
  const { now, since } = rows[0]!;
  return { now, since: Number(since) };
}

/** Appends one revision for each change and closes the versions that they replace. */
export async function record({ tx, now, since, authorship }: Write, changes: Change[]): Promise<void> {
  await tx.revision.updateMany({
    where: { entity_id: { in: changes.map((change) => change.id) }, superseded_at: null },
    data: { superseded_at: now, superseded_seq: since },
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
      is_public: change.is_public,
    })),
  });
  await tx.$executeRaw`select pg_notify(${CHANGES_CHANNEL}, max(seq)::text) from revisions`;
}

/** The top-level members in which two documents differ; those that a new entity has, for `{}` before. */
export function changedFields(before: object, after: object): string[] {
  const [old, young] = [before as Record<string, unknown>, after as Record<string, unknown>];
  return [...new Set([...Object.keys(old), ...Object.keys(young)])].filter((name) => !isDeepStrictEqual(old[name], young[name]));
}
