// How long an answer is waited for. A server ends what takes too long by itself (`statement_timeout`), unless the process
// that runs it hangs; so the connection, too, is watched from here, and thrown away where it says nothing for longer.
import pg from 'pg';

/** How long a statement may take, in milliseconds, unless it is said otherwise. */
export const STATEMENT_TIMEOUT = 5_000;

/** How much longer than that its answer may be on its way, in milliseconds: a server that is well has ended it by then. */
const ON_ITS_WAY = 1_000;

const PATIENCE = new WeakMap<object, number>();

/**
 * What is asked of a connection may take so long, until it is given back; whoever calls sets `statement_timeout` to the same.
 * @param ms 0 for any time
 */
export const bePatient = (client: pg.ClientBase, ms: number): void => void PATIENCE.set(client, ms);

export const forgetPatience = (client: pg.ClientBase): void => void PATIENCE.delete(client);

/** A connection that remembers since when it owes an answer. */
export class WatchedClient extends pg.Client {
  #askedAt: number | undefined;

  constructor(config: pg.ClientConfig) {
    super(config);
    // All that was asked has been answered.
    this.on('drain', () => {
      this.#askedAt = undefined;
    });
  }

  override query(...input: unknown[]): never {
    this.#askedAt = performance.now();
    return (super.query as (...input: unknown[]) => never).apply(this, input);
  }

  /** Whether it owes an answer for longer than a server that is well would take to give one. */
  get isHung(): boolean {
    const patience = PATIENCE.get(this) ?? STATEMENT_TIMEOUT;
    return this.#askedAt !== undefined && patience > 0 && performance.now() - this.#askedAt > patience + ON_ITS_WAY;
  }
}
