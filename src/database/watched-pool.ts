// The pool of a server that may go away. While it does not answer nobody waits for it: who asks is refused at once, and
// who waits already is told as soon as it is known. Of a server that is well, a connection that hangs is thrown away.
import type pg from 'pg';
import { BoundedPool, type Callback } from './bounded-pool.js';
import { forgetPatience, type WatchedClient } from './patience.js';
import { createPulse, type Pulse } from './pulse.js';
import { clientFor, giveUp, lostServer, type Reach } from './server-client.js';

export class WatchedPool extends BoundedPool {
  readonly #pulse: Pulse;
  readonly #clients = new Set<pg.PoolClient & WatchedClient>();
  /** Refuses those that wait for a connection. */
  readonly #waiting = new Set<() => void>();
  #isLost = false;

  /** @param heard where its pulse is taken: past a pooler, at which a look would wait for the transactions of others */
  constructor(reach: Reach, config: pg.PoolConfig, heard = reach) {
    super({ ...config, Client: clientFor(reach) as unknown as new () => pg.ClientBase });
    // A connection that breaks while idle is dropped by the pool; the next query opens another.
    this.on('error', () => {});
    this.on('connect', (client) => void this.#clients.add(client as pg.PoolClient & WatchedClient));
    this.on('remove', (client) => void this.#clients.delete(client as pg.PoolClient & WatchedClient));
    this.on('release', (_error, client) => forgetPatience(client));
    this.#pulse = createPulse({
      ...heard,
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
