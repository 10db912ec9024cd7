// A transaction on one connection, which is given back after it or given up where it broke.
import type pg from 'pg';
import type { Database } from './connect.js';
import type { Once, Transaction } from './write.js';

/**
 * Runs `work`, which begins the transaction and ends it; rolls back where it fails, and gives the connection back.
 * @param work is handed what gives the connection up instead, where it broke after all was done
 */
export async function onConnection<Result>(client: pg.PoolClient, work: (giveUp: () => void) => Promise<Result>): Promise<Result> {
  // A connection that breaks tells so to whoever waits for an answer; that it tells so besides is no fault of its own.
  const overhear = () => {};
  client.on('error', overhear);
  let isBroken = false;
  const giveUp = () => {
    isBroken = true;
  };
  try {
    return await work(giveUp);
  } catch (error) {
    await client.query('rollback').catch(giveUp);
    throw error;
  } finally {
    client.off('error', overhear);
    // A connection that could not roll back is given up.
    client.release(isBroken);
  }
}

/**
 * Runs what is no write of facts, such as a change of a webhook: one statement, or with `once` a transaction, in which it is
 * done together with what is kept of it or not at all.
 */
export async function transact<Result>(
  { pool }: Pick<Database, 'pool'>,
  once: Once | undefined,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  if (once === undefined) return work(pool);
  const client = await pool.connect();
  return onConnection(client, async () => {
    await client.query('begin');
    await once.begin(client);
    const result = await work(client);
    await once.end(client, result);
    await client.query('commit');
    return result;
  });
}
