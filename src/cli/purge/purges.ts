// What one cache has still to be told: at once, and again a little later, because an answer that was being made when the
// change came may be kept after the first purge. What fails is tried again until it is done.
import { setTimeout as pause } from 'node:timers/promises';
import { ALL } from '../../contract/surrogate-keys.js';
import { type Cache, tellCache } from './cache.js';

interface Options {
  again_ms: number;
  signal: AbortSignal;
  say: (line: string) => void;
  tell?: typeof tellCache;
}

/** With more keys than this waiting, everything is dropped. */
const MOST_WAITING = 1000;
/** Between tries, in milliseconds. */
const RETRY = { first: 500, most: 10_000 };

export function createPurges(cache: Cache, { again_ms, signal, say, tell = tellCache }: Options) {
  let waiting = new Set<string>();
  /** When each is due again, by the clock of `performance`; the soonest first. */
  const again = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> | undefined;

  function takeDue(): string[] {
    const now = performance.now();
    const due = [...again].filter(([, at]) => at <= now).map(([key]) => key);
    for (const key of due) again.delete(key);
    return due;
  }

  async function work(): Promise<void> {
    for (;;) {
      const fresh = bounded(waiting);
      waiting = new Set();
      const keys = bounded(new Set([...fresh, ...takeDue()]));
      if (keys.length === 0 || !(await insist(keys))) return;
      for (const key of fresh) again.set(key, performance.now() + again_ms);
    }
  }

  /** @returns false where it was interrupted */
  async function insist(keys: string[]): Promise<boolean> {
    for (let wait = RETRY.first; ; wait = Math.min(2 * wait, RETRY.most)) {
      try {
        await tell(cache, keys, signal);
        if (wait > RETRY.first) say(`${cache.address} takes purges again.`);
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        if (wait === RETRY.first) say(`${(error as Error).message}; trying again.`);
        await pause(wait, undefined, { signal }).catch(() => {});
        if (signal.aborted) return false;
      }
    }
  }

  function begin(): void {
    clearTimeout(timer);
    working ??= work().finally(() => {
      working = undefined;
      // What came after the last look.
      if (waiting.size > 0 && !signal.aborted) return begin();
      const soonest = Math.min(...again.values());
      if (Number.isFinite(soonest) && !signal.aborted) timer = setTimeout(begin, Math.max(0, soonest - performance.now()));
    });
  }

  return {
    /** To be called for each change, in any number. */
    add(keys: string[]): void {
      for (const key of keys) waiting.add(key);
      begin();
    },
    /** Waits until all that was added is told once; what is told a second time is told later. */
    async told(): Promise<void> {
      while (working !== undefined) await working;
    },
    /** The same, and then nothing is told any more. */
    async done(): Promise<void> {
      while (working !== undefined) await working;
      clearTimeout(timer);
    },
  };
}

const bounded = (keys: Set<string>): string[] => (keys.size > MOST_WAITING || keys.has(ALL) ? [ALL] : [...keys]);
