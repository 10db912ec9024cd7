// The replicas of a server and how far each of them is. They are looked at while somebody reads, together with the
// primary: one that has all that the primary had at a moment may be read for a second from then on. So one that falls
// behind, stops or dies is left out within that second, and taken back by the first look that finds it well.
import type pg from 'pg';
import { isAt, POSITION, type Position, type PositionRow, toPosition } from './position.js';

export interface Replica {
  readonly pool: pg.Pool;
  /** Waits a moment until it is there. @returns whether it is */
  comesTo(position: Position): Promise<boolean>;
  /** It failed: it is read again once a look finds it well. */
  leaveOut(): void;
}

export interface Replicas {
  /** One that may be read and is there, or soon is; they take turns. Null where there is none. */
  at(position: Position): Promise<Replica | null>;
  /** Where the primary is by now; null where it does not say. */
  present(): Promise<Position | null>;
  figures(): { used: number; left_out: number };
  close(): Promise<void>;
}

/** For how long what a look found is good, how often is looked, and after how long without a reader no more; in milliseconds. */
const GOOD_FOR = 1000;
const LOOK_EVERY = 200;
const IDLE_AFTER = 5000;
/** How long is waited for a replica, and how often it is asked meanwhile; in milliseconds. */
const WAIT = { most: 50, step: 5 };

const LOOK = { name: 'position', text: POSITION };
const look = async (pool: pg.Pool): Promise<Position> => toPosition((await pool.query<PositionRow>(LOOK)).rows[0]!);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export function watchReplicas(primary: pg.Pool, pools: pg.Pool[]): Replicas {
  const ofPrimary = createLooks(primary);
  const replicas = pools.map(createReplica);
  /** Where the primary was at moments of the last second. */
  let marks: { at: number; position: Position }[] = [];
  let askedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let turn = 0;

  async function lookOn(): Promise<void> {
    const at = performance.now();
    const position = await ofPrimary.fresh().catch(() => null);
    marks = marks.filter((mark) => mark.at > at - GOOD_FOR);
    if (position !== null) marks.push({ at, position });
    // One that hangs holds nobody up.
    for (const replica of replicas) void replica.look(marks);
    timer = performance.now() - askedAt < IDLE_AFTER ? setTimeout(lookOn, LOOK_EVERY).unref() : undefined;
  }

  return {
    async at(position) {
      askedAt = performance.now();
      timer ??= setTimeout(lookOn, 0).unref();
      const good = replicas.filter((replica) => replica.isGood());
      const ordered = good.map((_, index) => good[(turn + index) % good.length]!);
      turn++;
      const there = ordered.find((replica) => replica.isAt(position));
      if (there !== undefined) return there;
      const [first] = ordered;
      return first !== undefined && (await first.comesTo(position)) ? first : null;
    },
    present: () => ofPrimary.fresh().catch(() => null),
    figures() {
      const used = replicas.filter((replica) => replica.isGood()).length;
      return { used, left_out: replicas.length - used };
    },
    async close() {
      clearTimeout(timer);
      askedAt = Number.NEGATIVE_INFINITY;
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
}

function createReplica(pool: pg.Pool) {
  const looks = createLooks(pool);
  let position: Position = { seq: 0, lsn: 0n };
  let goodUntil = Number.NEGATIVE_INFINITY;
  const lookNow = async (): Promise<void> => {
    position = await looks.fresh();
  };
  const isThere = (wanted: Position): boolean => isAt(position, wanted);
  return {
    pool,
    isAt: isThere,
    isGood: (): boolean => performance.now() < goodUntil,
    async look(marks: { at: number; position: Position }[]): Promise<void> {
      try {
        await lookNow();
        const last = marks.findLast((mark) => isThere(mark.position));
        if (last !== undefined) goodUntil = last.at + GOOD_FOR;
      } catch {
        goodUntil = Number.NEGATIVE_INFINITY;
      }
    },
    async comesTo(wanted: Position): Promise<boolean> {
      const until = performance.now() + WAIT.most;
      while (!isThere(wanted)) {
        // Whatever it takes: who waits has the primary.
        await Promise.race([lookNow().catch(() => {}), pause(WAIT.most)]);
        if (isThere(wanted)) break;
        if (performance.now() > until) return false;
        await pause(WAIT.step);
      }
      return true;
    },
    leaveOut(): void {
      goodUntil = Number.NEGATIVE_INFINITY;
    },
  };
}

/** Looks that many share: who asks while one is under way is told by the next, which began after it asked. */
function createLooks(pool: pg.Pool) {
  let running: Promise<Position> | undefined;
  let next: Promise<Position> | undefined;
  function begin(): Promise<Position> {
    const own = look(pool).finally(() => {
      if (running === own) running = undefined;
    });
    running = own;
    return own;
  }
  return {
    fresh(): Promise<Position> {
      if (running === undefined) return begin();
      next ??= running
        .catch(() => {})
        .then(() => {
          next = undefined;
          return begin();
        });
      return next;
    },
  };
}
