// Where reads go: to the server, or to one of its replicas (streaming standbys), where there are any.
//
// Guarantee: all reads of a request go to one server, which is chosen before the first: one that has what this process
// has seen, what the reader has seen, and all that was committed a second ago. Where none has it the primary is read, and
// where a replica fails or turns out to lack something in the middle of a request: it is never behind. Whoever reads
// outside of a request reads the primary.
import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';
import { problemOf } from './failures.js';
import { furthest, type Position } from './position.js';
import type { Replica, Replicas } from './replicas.js';
import type { DataState } from './state.js';
import type { Statement } from './statement.js';

/** What statements that only read are sent to. */
export interface Reader {
  query<Row extends object = Record<string, unknown>>(statement: Statement | string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

/** What a reader has seen. */
export interface Seen {
  position: Position | null;
  /** Whether it has seen something of which nobody can tell how far that was: it must be the present. */
  isUnknown: boolean;
}

export interface Telling extends Reader {
  /** As DataState.reading; of a replica it tells nothing. */
  reading(): (seq: number) => void;
}

export interface Reads extends Telling {
  /** Runs the rest of a request; left out where there are no replicas. */
  readonly within?: (seen: Seen, rest: () => void) => void;
  /** Call it before a read that is about this change: what is read then knows it, provided that there is one. */
  reach(seq: number): Promise<void>;
  /** As this request reads, for what goes on outside of it. */
  pinned(): Telling;
}

/** Without replicas. */
export function readFrom(pool: pg.Pool, { reading }: Pick<DataState, 'reading'>): Reads {
  const reads: Telling = { query: (statement, values) => pool.query(statement as string, values), reading };
  return { ...reads, reach: async () => {}, pinned: () => reads };
}

/** Where a request reads; null for the primary. */
interface Place {
  replica: Replica | null;
}

const NOWHERE: Position = { seq: 0, lsn: 0n };

export function readFromReplicas(primary: pg.Pool, state: Pick<DataState, 'reading' | 'position'>, replicas: Replicas): Reads {
  const places = new AsyncLocalStorage<Place>();

  async function choose({ position, isUnknown }: Seen): Promise<Replica | null> {
    const least = furthest(state.position() ?? NOWHERE, position ?? NOWHERE);
    if (!isUnknown) return replicas.at(least);
    const present = await replicas.present();
    return present === null ? null : replicas.at(furthest(least, present));
  }

  async function read<Row extends object>(place: Place | undefined, statement: Statement | string, values?: unknown[]) {
    const replica = place?.replica ?? null;
    if (replica === null) return primary.query<Row>(statement as string, values);
    try {
      return await replica.pool.query<Row>(statement as string, values);
    } catch (error) {
      if (!isOfServer(error)) throw error;
      replica.leaveOut();
      place!.replica = null;
      return primary.query<Row>(statement as string, values);
    }
  }

  const at = (placeOf: () => Place | undefined): Telling => ({
    query: (statement, values) => read(placeOf(), statement, values),
    reading: () => ((placeOf()?.replica ?? null) === null ? state.reading() : () => {}),
  });

  return {
    ...at(() => places.getStore()),
    within(seen, rest) {
      // What one request asks for another, as a page does, is part of its answer.
      if (places.getStore() !== undefined) return rest();
      void choose(seen)
        .catch(() => null)
        .then((replica) => places.run({ replica }, rest));
    },
    async reach(seq) {
      const place = places.getStore();
      const replica = place?.replica ?? null;
      if (replica !== null && !(await replica.comesTo({ seq, lsn: 0n }))) place!.replica = null;
    },
    pinned() {
      const place = places.getStore();
      return at(() => place);
    },
  };
}

/** Whether it is the server that cannot answer; what takes too long (57014) would take as long elsewhere. */
const isOfServer = (error: unknown): boolean => problemOf(error)?.code === 'unavailable' && (error as { code?: unknown }).code !== '57014';
