// What POSTs were answered under the keys that their senders gave them (Idempotency-Key), kept for a day, so that what is
// sent again is done once.
//
// Whatever is written keeps its answer in its own transaction: both are there or neither is. Writers of facts take turns, so
// the next one sees it; others hold their key while they run. What is more than a transaction claims its key first; a claim
// that nobody settles, because its process is gone, may be taken over after a while.
import type { Database } from './connect.js';
import { prepared } from './statement.js';
import type { Transaction } from './write.js';

/** A request as it is told from others: who sent it, under which key, and a digest of what was asked. */
export interface Asked {
  principal_id: string;
  key: string;
  fingerprint: string;
}

export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  /** Null where it may not be kept. */
  body: string | null;
}

/** What there is under a key: which request it was, and what it was answered; null while it runs. */
export interface Found {
  fingerprint: string;
  answer: KeptAnswer | null;
}

/** Whether a row counts no more: it is a day old, or a claim older than any request. */
const isOver = (row: string): string => `
  (${row}.created_at < now() - interval '24 hours' or (${row}.status is null and ${row}.created_at < now() - interval '2 minutes'))`;

const FIND = `
  select k.fingerprint, k.status, k.headers, k.body from idempotency_keys k
  where k.principal_id = $1 and k.key = $2 and not ${isOver('k')}`;

/** Until the transaction ends; false where another one holds it. */
const HOLD = 'select pg_try_advisory_xact_lock(hashtextextended($1::text || $2::text, 0)) as is_held';

const CLAIM = `
  insert into idempotency_keys as k (principal_id, key, fingerprint, created_at) values ($1, $2, $3, now())
  on conflict (principal_id, key) do update
  set fingerprint = excluded.fingerprint, status = null, headers = null, body = null, created_at = excluded.created_at
  where ${isOver('k')} returning 1`;

const KEEP = `
  insert into idempotency_keys (principal_id, key, fingerprint, status, headers, body, created_at) values ($1, $2, $3, $4, $5, $6, now())
  on conflict (principal_id, key) do update set fingerprint = excluded.fingerprint, status = excluded.status,
    headers = excluded.headers, body = excluded.body, created_at = excluded.created_at`;

const RELEASE = 'delete from idempotency_keys where principal_id = $1 and key = $2 and fingerprint = $3 and status is null';

const RENEW = 'update idempotency_keys set created_at = now() where principal_id = $1 and key = $2 and fingerprint = $3 and status is null';

/** Few at a time, so that nobody waits for it; what is left goes the next time. */
const SWEEP = `
  delete from idempotency_keys where (principal_id, key) in
    (select principal_id, key from idempotency_keys where created_at < now() - interval '24 hours' limit 10000)`;

export type AnswerStore = ReturnType<typeof createAnswerStore>;

export function createAnswerStore({ pool }: Pick<Database, 'pool'>) {
  async function find(tx: Transaction, { principal_id, key }: Asked): Promise<Found | null> {
    const { rows } = await tx.query<{ fingerprint: string; status: number | null; headers: KeptAnswer['headers']; body: string | null }>(
      prepared(FIND, [principal_id, key]),
    );
    if (rows[0] === undefined) return null;
    const { fingerprint, status, headers, body } = rows[0];
    return { fingerprint, answer: status === null ? null : { status, headers, body } };
  }

  return {
    find,

    /** The same, for what takes no turns: nobody else finds nothing under the key until the transaction ends. */
    async findAlone(tx: Transaction, asked: Asked): Promise<Found | null> {
      const { rows } = await tx.query<{ is_held: boolean }>(prepared(HOLD, [asked.principal_id, asked.key]));
      return rows[0]!.is_held ? find(tx, asked) : { fingerprint: asked.fingerprint, answer: null };
    },

    /** @param tx the transaction of the write; null where there is none */
    async keep(tx: Transaction | null, { principal_id, key, fingerprint }: Asked, { status, headers, body }: KeptAnswer): Promise<void> {
      const target: Transaction = tx ?? pool;
      await target.query(prepared(KEEP, [principal_id, key, fingerprint, status, JSON.stringify(headers), body]));
    },

    /** @returns null when the key was free and is claimed now, else what there is under it */
    async claim(asked: Asked): Promise<Found | null> {
      const { principal_id, key, fingerprint } = asked;
      if ((await pool.query(prepared(CLAIM, [principal_id, key, fingerprint]))).rowCount === 1) return null;
      // What was given up in the meantime counts as running; the sender tries again.
      return (await find(pool, asked)) ?? { fingerprint, answer: null };
    },

    /** A claim whose request still runs is as good as new. */
    async renew({ principal_id, key, fingerprint }: Asked): Promise<void> {
      await pool.query(prepared(RENEW, [principal_id, key, fingerprint]));
    },

    /** Gives a claim up: nothing was done. */
    async release({ principal_id, key, fingerprint }: Asked): Promise<void> {
      await pool.query(prepared(RELEASE, [principal_id, key, fingerprint]));
    },

    /** Removes what is a day old. @returns how many there were */
    async sweep(): Promise<number> {
      return (await pool.query(SWEEP)).rowCount ?? 0;
    },
  };
}
