// Fills a database by hand with as much as a plan needs to be tried on, however long a busy machine takes for it.

import type { Database } from '../../src/database/connect.js';
import { bePatient } from '../../src/database/patience.js';

/** @param statements one after the other, each in its own transaction, so that `vacuum` may be among them */
export async function fill({ pool }: Pick<Database, 'pool'>, statements: string[]): Promise<void> {
  const client = await pool.connect();
  try {
    bePatient(client, 0);
    for (const statement of ['set statement_timeout = 0', ...statements, 'reset statement_timeout']) await client.query(statement);
  } finally {
    client.release();
  }
}
