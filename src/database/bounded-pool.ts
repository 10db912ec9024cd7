// A pool in which only so many wait for a connection: more are refused at once, so that those who wait are answered in
// time and the others may go elsewhere.
import pg from 'pg';
import { Problem } from '../errors.js';

export type Callback = (error: Error | undefined, client: pg.PoolClient | undefined, release: (error?: boolean | Error) => void) => void;

/** For each connection that there may be, and at least. */
const EACH = 50;
const LEAST = 200;

export class BoundedPool extends pg.Pool {
  readonly #most: number;

  /** @param most how many wait at most */
  constructor(config: pg.PoolConfig, most?: number) {
    super(config);
    this.#most = most ?? Math.max(LEAST, EACH * this.options.max);
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | undefined {
    if (callback === undefined)
      return new Promise((resolve, reject) => this.ask((error, client) => (error === undefined ? resolve(client!) : reject(error))));
    this.ask(callback);
    return undefined;
  }

  protected ask(callback: Callback): void {
    if (this.waitingCount < this.#most)
      return void super.connect((error, client, release) => callback(error ?? undefined, client, release));
    const busy = new Problem('unavailable', 'More is asked of the database than it can answer; try again in a moment.', {
      headers: { 'retry-after': '1' },
    });
    setImmediate(callback, busy, undefined, () => {});
  }
}
