// Which process delivers to which webhook: a job for each webhook in pg-boss, locked by whoever works on it. A job says
// no more than "there is something to deliver": what is delivered already stands in the table of webhooks, so a job
// that is lost loses nothing. pg-boss makes its own schema when it is first needed, on a server as on the embedded
// database.
import type PgBoss from 'pg-boss';
import type { Database } from '../database/connect.js';

type Pool = Database['pool'];

const QUEUE = 'webhooks';

/** A process that dies leaves its jobs locked until they expire; that may happen any number of times. */
const MOST_RETRIES = 1_000_000;

/** A job that this process has taken; since when tells it from a later taking of the same one. */
export interface Job {
  id: string;
  takenAt: number;
}

export interface Queue {
  /** Makes sure of one job for each. */
  push(ids: string[]): Promise<void>;
  /** @returns up to `most` that were waiting, and are now this process's until they are done or expire */
  take(most: number): Promise<Job[]>;
  /** Gives a job back, unless it has expired and another process has it by now. */
  done(job: Job): Promise<void>;
}

/** @param expireSeconds after how long another process may take over what one has taken */
export function createQueue({ pool, expireSeconds }: { pool: Pool; expireSeconds: number }): Queue {
  let opening: Promise<PgBoss> | undefined;
  /** When to look again for what others have let expire. */
  let expiresAt = 0;

  function open(): Promise<PgBoss> {
    opening ??= openBoss(pool).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  }

  return {
    async push(ids) {
      const boss = await open();
      // The job bears the webhook's id, so there is never more than one.
      await boss.insert(ids.map((id) => ({ id, name: QUEUE, expireInSeconds: expireSeconds, retryLimit: MOST_RETRIES })));
    },

    async take(most) {
      const boss = await open();
      if (performance.now() > expiresAt) {
        expiresAt = performance.now() + expireSeconds * 250;
        await boss.expire();
      }
      const jobs = await boss.fetch(QUEUE, { batchSize: most, ignoreStartAfter: true, includeMetadata: true });
      return jobs.map(({ id, startedOn }) => ({ id, takenAt: startedOn.getTime() }));
    },

    async done({ id, takenAt }) {
      const boss = await open();
      const job = await boss.getJobById(QUEUE, id);
      if (job?.startedOn.getTime() === takenAt) await boss.deleteJob(QUEUE, id);
    },
  };
}

async function openBoss(pool: Pool): Promise<PgBoss> {
  const { default: Boss } = await import('pg-boss');
  const boss = new Boss({ db: { executeSql: (text, values) => execute(pool, text, values) }, supervise: false, schedule: false });
  boss.on('error', () => {});
  await boss.start();
  await boss.createQueue(QUEUE);
  return boss;
}

/** What pg-boss sends as several statements begins a transaction of its own, which must not outlive a failure. */
async function execute(pool: Pool, text: string, values: unknown[] | undefined): Promise<{ rows: unknown[] }> {
  if (values !== undefined) return pool.query(text, values);
  const client = await pool.connect();
  try {
    const results: unknown = await client.query(text);
    return (Array.isArray(results) ? results.at(-1) : results) as { rows: unknown[] };
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}
