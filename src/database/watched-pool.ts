// The pool of a server that may go away. While it does not answer nobody waits for it: who asks is refused at once, and
// who waits already is told as soon as it is known.
import pg from 'pg';
import { createPulse, type Pulse } from './pulse.js';
import { clientFor, giveUp, lostServer, type Reach } from './server-client.js';

type Callback = (error: Error | undefined, client: pg.PoolClient | undefined, release: (error?: boolean | Error) => void) => void;

export class WatchedPool extends pg.Pool {
  readonly #pulse: Pulse;
  readonly #clients = new Set<pg.PoolClient>();
  /** Refuses those that wait for a connection. */
  readonly #waiting = new Set<() => void>();
  #isLost = false;

  constructor(reach: Reach, config: pg.PoolConfig) {
    super({ ...config, Client: clientFor(reach) as unknown as new () => pg.ClientBase });
    // A connection that breaks while idle is dropped by the pool; the next query opens another.
    this.on('error', () => {});
    this.on('connect', (client) => {
      this.#clients.add(client);
      // One that breaks tells so to whoever waits for an answer; that it tells so besides must not end the process.
      client.on('error', () => {});
    });
    this.on('remove', (client) => void this.#clients.delete(client));
    this.#pulse = createPulse({
      ...reach,
      isBusy: () => this.#waiting.size > 0 || this.totalCount > this.idleCount,
      onTurn: (isLost) => this.#turn(isLost),
    });
  }

  #turn(isLost: boolean): void {
    this.#isLost = isLost;
    if (!isLost) return;
    for (const refuse of [...this.#waiting]) refuse();
    // What hangs in them would hang for as long as the server does; the next find out whether it is there again.
    for (const client of [...this.#clients]) giveUp(client);
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | undefined {
    if (callback === undefined)
      return new Promise((resolve, reject) => this.#ask((error, client) => (error === undefined ? resolve(client!) : reject(error))));
    this.#ask(callback);
    return undefined;
  }

  #ask(callback: Callback): void {
    if (this.#isLost) return void process.nextTick(callback, lostServer(), undefined, () => {});
    let isSettled = false;
    const settle: Callback = (error, client, release) => {
      // It came after all, when nobody waited for it any more.
      if (isSettled) return release();
      isSettled = true;
      this.#waiting.delete(refuse);
      callback(error ?? undefined, client, release);
    };
    const refuse = () => settle(lostServer(), undefined, () => {});
    this.#waiting.add(refuse);
    this.#pulse.wake();
    super.connect(settle);
  }

  override async end(): Promise<void> {
    this.#pulse.close();
    await super.end();
  }
}
