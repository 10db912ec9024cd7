// How far a server is: the last change that it knows, and how much of the log of the primary it has (its LSN, as a
// number). Both only ever rise, on the primary as on each of its replicas.

export interface Position {
  seq: number;
  lsn: bigint;
}

export interface PositionRow {
  /** bigint, as text. */
  seq: string;
  lsn: string;
}

/** Reads the position of the server that it is sent to. */
export const POSITION = `
  select coalesce((select seq from revisions order by seq desc limit 1), 0) as seq,
    (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end - '0/0'::pg_lsn)::text as lsn`;

export const toPosition = ({ seq, lsn }: PositionRow): Position => ({ seq: Number(seq), lsn: BigInt(lsn) });

/** Whether who is here has all that there was there. */
export const isAt = (here: Position, there: Position): boolean => here.seq >= there.seq && here.lsn >= there.lsn;

/** Where all is that there was at both. */
export const furthest = (one: Position, other: Position): Position => ({
  seq: Math.max(one.seq, other.seq),
  lsn: one.lsn > other.lsn ? one.lsn : other.lsn,
});
