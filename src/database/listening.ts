// Tells listeners that something was written, by whichever process. It is a hint: a hint may come for nothing, and one
// may be lost while the connection is, so who listens also looks from time to time.
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Hosts } from './hosts.js';
import { CHANGES_CHANNEL } from './write.js';

export interface Listening {
  /** @returns ends it */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

/** How long it is until a lost connection is opened again: from the first to the longest, in milliseconds. */
const RETRY_AFTER = { first: 100, longest: 10_000 };
/** How long is waited for a connection to end, in milliseconds. */
const GOODBYE = 1_000;

/** On a server: a connection of its own beside the pool, for as long as somebody listens. */
export function listenOnServer(hosts: Hosts): Listening {
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  let ending: AbortController | undefined;
  let ended: Promise<void> = Promise.resolve();

  /** Opens the connection again and again, until it is no longer wanted. */
  async function listen(signal: AbortSignal): Promise<void> {
    for (let attempts = 0; !signal.aborted; attempts++) {
      const address = hosts.current();
      const client = new pg.Client({
        connectionString: address,
        keepAlive: true,
        connectionTimeoutMillis: 5_000,
        application_name: 'demarche listener',
      });
      let lose = () => {};
      const lost = new Promise<void>((resolve) => {
        lose = resolve;
      });
      client.on('error', lose);
      client.on('end', lose);
      signal.addEventListener('abort', lose);
      client.on('notification', tell);
      try {
        await client.connect();
        await client.query(`listen ${CHANGES_CHANNEL}`);
        attempts = 0;
        // What was written while nobody heard.
        tell();
        await lost;
      } catch {
        // Tried again below; where it is a standby, or gone, with another.
        hosts.turnFrom(address);
      }
      // The signal outlives each connection.
      signal.removeEventListener('abort', lose);
      // A server that cannot be reached does not say goodbye.
      await Promise.race([client.end().catch(() => {}), wait(GOODBYE, undefined, { ref: false })]);
      const longest = Math.min(RETRY_AFTER.first * 2 ** attempts, RETRY_AFTER.longest);
      await wait(longest * (0.5 + Math.random() / 2), undefined, { signal, ref: false }).catch(() => {});
    }
  }

  return {
    onChange(listener) {
      // The same function may listen twice.
      const own = () => listener();
      listeners.add(own);
      if (ending === undefined) {
        ending = new AbortController();
        const { signal } = ending;
        ended = ended.then(() => listen(signal));
      }
      return () => {
        listeners.delete(own);
        if (listeners.size > 0) return;
        ending?.abort();
        ending = undefined;
      };
    },
    async close() {
      listeners.clear();
      ending?.abort();
      await ended;
    },
  };
}

/** On the embedded database, which one process has: it listens from the start, outside of any transaction. */
export async function listenOnEmbedded(listen: (channel: string, callback: () => void) => Promise<unknown>): Promise<Listening> {
  const listeners = new Set<() => void>();
  await listen(CHANGES_CHANNEL, () => {
    for (const listener of listeners) listener();
  });
  return {
    onChange(listener) {
      const own = () => listener();
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    async close() {
      listeners.clear();
    },
  };
}
