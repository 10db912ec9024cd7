// The pool of a server that may go away. While it does not answer nobody waits for it: who asks is refused at once, and
// who waits already is told as soon as it is known. Of a server that is well, a connection that hangs is thrown away.
import type pg from 'pg';
import { BoundedPool, type Callback } from './bounded-pool.js';
import { forgetPatience, WatchedClient } from './patience.js';
import { createPulse, giveUp, type Pulse } from './pulse.js';

/** How long a connection may take to be made, in milliseconds. */
const CONNECT_WITHIN = 1_000;

/** pg-pool would have one limit for making a connection and for waiting until another is free. */
class ImpatientClient extends WatchedClient {
  constructor(config: pg.ClientConfig) {
    super({ ...config, connectionTimeoutMillis: CONNECT_WITHIN });
  }
}

/** As libpq calls a connection that failed (SQLSTATE 08006). */
const lostServer = (): Error => Object.assign(new Error('The server does not answer.'), { code: '08006' });

export class WatchedPool extends BoundedPool {
  readonly #pulse: Pulse;
  readonly #clients = new Set<pg.PoolClient & WatchedClient>();
  /** Refuses those that wait for a connection. */
  readonly #waiting = new Set<() => void>();
  #isLost = false;

  constructor(config: pg.PoolConfig & { connectionString: string }) {
    super({ ...config, Client: ImpatientClient as unknown as new () => pg.ClientBase });
    this.on('connect', (client) => {
      this.#clients.add(client as pg.PoolClient & WatchedClient);
      // One that breaks tells so to whoever waits for an answer; that it tells so besides must not end the process.
      client.on('error', () => {});
    });
    this.on('remove', (client) => void this.#clients.delete(client as pg.PoolClient & WatchedClient));
    this.on('release', (_error, client) => forgetPatience(client));
    this.#pulse = createPulse({
      url: config.connectionString,
      isBusy: () => this.#waiting.size > 0 || this.totalCount > this.idleCount,
      onBeat: () => this.#giveUpHung(),
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

  #giveUpHung(): void {
    for (const client of [...this.#clients]) if (client.isHung) giveUp(client);
  }

  protected override ask(callback: Callback): void {
    if (this.#isLost) return void process.nextTick(callback, lostServer(), undefined, () => {});
    let isSettled = false;
    const settle: Callback = (error, client, release) => {
      // It came after all, when nobody waited for it any more.
      if (isSettled) return release();
      isSettled = true;
      this.#waiting.delete(refuse);
      callback(error, client, release);
    };
    const refuse = () => settle(lostServer(), undefined, () => {});
    this.#waiting.add(refuse);
    this.#pulse.wake();
    super.ask(settle);
  }

  override async end(): Promise<void> {
    this.#pulse.close();
    await super.end();
  }
}
