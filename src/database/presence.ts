// Who uses a database on a server: any number of processes that share it, or one that has it alone, such as a restore, under
// which nothing may run on. An advisory lock on a connection of its own says so; it ends with the process, however that ends.
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { StartupError } from '../errors.js';

export interface Presence {
  /**
   * Enters the database, until `leave`.
   * @throws StartupError where the others who are there do not allow it
   */
  enter(as: 'one of many' | 'alone'): Promise<void>;
  leave(): Promise<void>;
}

/** Any constant will do; all processes on one database share it. */
const PRESENCE_LOCK = 7_301_202_511;

/** What asks for the lock, and what is said where it is not to be had. */
const WAYS = {
  'one of many': {
    lock: `select pg_try_advisory_lock_shared(${PRESENCE_LOCK}) as is_in`,
    refusal: 'A backup is being restored into this database; start again when that is over.',
  },
  alone: {
    lock: `select pg_try_advisory_lock(${PRESENCE_LOCK}) as is_in`,
    refusal: 'The program or one of its commands runs on this database; stop it first, and start it again afterwards.',
  },
};

/** One that just ended may be seen for a moment longer, in milliseconds. */
const TRIES = { most: 5, every: 200 };
/** How often a connection that was lost is tried again, in milliseconds: a restore takes longer. */
const AGAIN = 500;
/** How long is waited for a connection to end, in milliseconds. */
const GOODBYE = 1_000;

/**
 * @param address of the server itself, not of a pooler in transaction mode: the lock belongs to a session
 * @param fail told when the database was restored while this process had lost it: what it holds is of a history that is no more
 */
export function presenceOnServer(address: () => string, fail: (error: Error) => void = throwLater): Presence {
  const left = new AbortController();
  let client: pg.Client | undefined;

  /** @returns whether it is in, on a connection that is there until it is lost */
  async function tryLock(lock: string, onLost: () => void): Promise<boolean> {
    const opened = new pg.Client({
      connectionString: address(),
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
      application_name: 'demarche presence',
    });
    opened.on('error', () => {});
    try {
      await opened.connect();
      const { rows } = await opened.query<{ is_in: boolean }>(lock);
      if (!rows[0]!.is_in || left.signal.aborted) {
        await end(opened);
        return rows[0]!.is_in;
      }
    } catch (error) {
      await end(opened);
      throw new StartupError(`The database cannot be reached (${(error as Error).message}).`, { cause: error });
    }
    client = opened;
    opened.on('end', onLost);
    return true;
  }

  async function comeBack(): Promise<void> {
    while (!left.signal.aborted) {
      try {
        if (!(await tryLock(WAYS['one of many'].lock, returnWhenLost)))
          fail(
            new Error('A backup is being restored into the database, which was away before; start the program again when that is over.'),
          );
        return;
      } catch {
        await wait(AGAIN, undefined, { signal: left.signal, ref: false }).catch(() => {});
      }
    }
  }
  const returnWhenLost = () => void comeBack();

  return {
    async enter(as) {
      const { lock, refusal } = WAYS[as];
      for (let tries = 1; !(await tryLock(lock, as === 'alone' ? () => {} : returnWhenLost)); tries++) {
        if (tries === TRIES.most) throw new StartupError(refusal);
        await wait(TRIES.every);
      }
    },
    async leave() {
      left.abort();
      if (client !== undefined) await end(client);
    },
  };
}

/** On the embedded database, whose directory one process has: it is alone. */
export const presenceOnEmbedded: Presence = { enter: async () => {}, leave: async () => {} };

/** A server that cannot be reached does not say goodbye. */
const end = (client: pg.Client): Promise<unknown> => Promise.race([client.end().catch(() => {}), wait(GOODBYE, undefined, { ref: false })]);

function throwLater(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}
