// Time on processors of all that serves: the program, a database server on this machine, a cache.
import pg from 'pg';
import { cpuOf } from './product.js';

const EVERY_MS = 500;

export interface Backends {
  /** Time on processors of the server's processes for one database, in seconds; null where the server is on another machine. */
  cpu(): Promise<number | null>;
  stop(): Promise<void>;
}

/** Looks at them now and then, so that what one did that has ended counts, too. @param server a database of the server, to ask */
export async function watchBackends(server: string, database: string): Promise<Backends> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  const seen = new Map<number, number>();
  let isHere = true;
  async function look(): Promise<void> {
    const { rows } = await client.query<{ pid: number }>('select pid from pg_stat_activity where datname = $1', [database]);
    for (const { pid } of rows) {
      try {
        seen.set(pid, cpuOf(pid, false));
      } catch {
        // It ended just now, or none of them is of this machine.
        if (seen.size === 0) isHere = false;
      }
    }
  }
  const timer = setInterval(() => void look().catch(() => {}), EVERY_MS);
  return {
    async cpu() {
      await look();
      return isHere ? [...seen.values()].reduce((sum, one) => sum + one, 0) : null;
    },
    async stop() {
      clearInterval(timer);
      await client.end();
    },
  };
}
