// How many may wait for a connection: more are refused at once, so that those who wait are answered in time and the
// others may go elsewhere.
import type pg from 'pg';
import { Problem } from '../errors.js';

/** For each connection that there may be, and at least. */
const EACH = 50;
const LEAST = 200;

/** @param most how many wait at most */
export function boundWaiting(pool: pg.Pool, most = Math.max(LEAST, EACH * pool.options.max)): void {
  const connect = pool.connect.bind(pool) as (...input: unknown[]) => unknown;
  const bounded = (...input: [told?: (error: Error) => void]): unknown => {
    if (pool.waitingCount < most) return connect(...input);
    const busy = new Problem('unavailable', 'More is asked of the database than it can answer; try again in a moment.', {
      headers: { 'retry-after': '1' },
    });
    const [told] = input;
    if (told === undefined) return Promise.reject(busy);
    setImmediate(told, busy);
  };
  pool.connect = bounded as pg.Pool['connect'];
}
