// In which state the data is, as far as this process can tell: the number of its last change. Whoever keeps an answer
// asks here whether it is still one of the present.
//
// Guarantee: once a write of this process has ended, no state from before it is ever told again; a change by another
// process is told of within a second; where neither can be promised, null is told.
import { furthest, type Position } from './position.js';

export interface DataState {
  /** The number of the last change (`seq` of the revisions); null while it cannot be told. */
  current(): number | null;
  /** Call it when a read begins, and what it returns with the number of the last change that the read saw. */
  reading(): (seq: number) => void;
  /** Call it when a write has ended, however it did. */
  written(): void;
  /** Call it when the server tells how far the data is. */
  reached(position: Position): void;
  /** How far the data is, as far as this process has seen it or brought it; null before that. */
  position(): Position | null;
  close(): void;
}

/** How long what was seen may be told while others may write, and how often it is looked at meanwhile; in milliseconds. */
const TELL_FOR = 1000;
const LOOK_EVERY = 400;
/** Nobody has asked for so long: nobody looks any more. */
const IDLE_AFTER = 5000;

/**
 * @param look reads the number of the last change
 * @param isAlone whether no other process can write
 */
export function createDataState(look: () => Promise<number>, isAlone: boolean): DataState {
  let seen: { seq: number; until: number } | null = null;
  /** How many writes have ended; what was read before the last of them tells nothing. */
  let writes = 0;
  let position: Position | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  function reached(there: Position): void {
    position = position === null ? there : furthest(position, there);
  }

  function reading(): (seq: number) => void {
    const [before, beganAt] = [writes, performance.now()];
    return (seq) => {
      reached({ seq, lsn: 0n });
      if (writes !== before || (seen !== null && seq < seen.seq)) return;
      const until = isAlone ? Number.POSITIVE_INFINITY : beganAt + TELL_FOR;
      if (seen === null || seq > seen.seq || until > seen.until) seen = { seq, until };
    };
  }

  async function lookAgain(): Promise<void> {
    const saw = reading();
    // Where it cannot be seen, nothing is told as soon as the last look is too old.
    await look().then(saw, () => {});
    timer = performance.now() - askedAt < IDLE_AFTER ? setTimeout(lookAgain, LOOK_EVERY).unref() : undefined;
  }

  return {
    current() {
      const now = performance.now();
      askedAt = now;
      if (!isAlone) timer ??= setTimeout(lookAgain, LOOK_EVERY).unref();
      return seen !== null && now < seen.until ? seen.seq : null;
    },
    reading,
    written() {
      writes++;
      seen = null;
    },
    reached,
    position: () => position,
    close() {
      clearTimeout(timer);
      // A look that is under way begins no other.
      askedAt = Number.NEGATIVE_INFINITY;
    },
  };
}
