// Connections to a server: made in a second or not at all, and only to one that takes writes. Behind a pooler that hands
// out its connections for one transaction each, nothing may be left on them: statements are sent without their names.
import type pg from 'pg';
import type { Hosts } from './hosts.js';
import { WatchedClient } from './patience.js';

/** How a server is reached. */
export interface Reach {
  hosts: Hosts;
  /** Whether a pooler is between, in transaction mode. */
  isPooled: boolean;
  /** Whether a server that takes no writes will do. */
  mayBeStandby?: boolean;
}

/** How long a connection may take to be made, in milliseconds. */
const CONNECT_WITHIN = 1_000;

/** As libpq calls a connection that failed (SQLSTATE 08006). */
export const lostServer = (): Error => Object.assign(new Error('The server does not answer.'), { code: '08006' });

/** Ends a connection without waiting for a server that may not answer. */
export function giveUp(client: pg.ClientBase): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

type Told = (error?: Error) => void;

/** @returns the class of connections that a pool is to make */
export function clientFor({ hosts, isPooled, mayBeStandby = false }: Reach): new (config: pg.ClientConfig) => pg.Client {
  class ServerClient extends WatchedClient {
    readonly #address: string;
    #failure: Error | undefined;

    constructor(config: pg.ClientConfig) {
      const address = hosts.current();
      // pg-pool would have one limit for making a connection and for waiting until another is free.
      super({ ...config, connectionString: address, connectionTimeoutMillis: CONNECT_WITHIN });
      this.#address = address;
      // One that breaks tells so to whoever waits for an answer; that it tells so besides must not end the process, from the
      // first moment on: the pool listens only when it is told of the connection, a moment after it is there.
      this.on('error', (error) => {
        this.#failure ??= error;
      });
    }

    override connect(): Promise<this>;
    override connect(told: Told): void;
    override connect(told?: Told): Promise<this> | undefined {
      const opened = this.#open();
      if (told === undefined) return opened;
      // What has ended by now is no connection; from here on the pool listens.
      opened.then(() => told(this.#failure), told);
      return undefined;
    }

    async #open(): Promise<this> {
      try {
        await super.connect();
        if (hosts.all.length > 1 && !mayBeStandby && (await isStandby(this))) throw lostServer();
        return this;
      } catch (error) {
        giveUp(this);
        hosts.turnFrom(this.#address);
        throw error;
      }
    }
  }
  return isPooled ? withoutNames(ServerClient) : ServerClient;
}

/** PgBouncer knows no prepared statements before 1.21: whoever is given the connection next would not have them. */
function withoutNames(Client: new (config: pg.ClientConfig) => pg.Client): new (config: pg.ClientConfig) => pg.Client {
  return class extends Client {
    override query(...input: unknown[]): never {
      const [statement, ...rest] = input as [{ name?: string; submit?: unknown } | string];
      const isNamed = typeof statement === 'object' && statement.submit === undefined && statement.name !== undefined;
      const sent = isNamed ? { ...statement, name: undefined, unsentName: statement.name } : statement;
      return (super.query as (...input: unknown[]) => unknown).call(this, sent, ...rest) as never;
    }
  };
}

/** Whether a server takes no writes. */
export async function isStandby(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ standby: boolean }>({ name: 'pulse', text: 'select pg_is_in_recovery() as standby' });
  return rows[0]!.standby;
}
