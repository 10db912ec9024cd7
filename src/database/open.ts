// Opens the database, says that it is used, and brings it up to date: what every program does first.

import { connectDatabase, type Database, type DatabaseConfig } from './connect.js';
import type { Migration } from './migrate.js';
import { migrate } from './migrate.js';

/**
 * @returns the database, and the names of the migrations that were applied now
 * @throws StartupError when it cannot be opened, a backup is being restored into it or a migration cannot be applied; it is closed then
 */
export async function openDatabase(config: DatabaseConfig, migrations: Migration[]): Promise<{ database: Database; applied: string[] }> {
  const database = await connectDatabase(config);
  try {
    await database.enter('one of many');
    return { database, applied: await migrate(database, migrations) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Whether nothing was ever written to the database. */
export async function isEmpty({ pool }: Pick<Database, 'pool'>): Promise<boolean> {
  return (await pool.query('select 1 from revisions limit 1')).rowCount === 0;
}
