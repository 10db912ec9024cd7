// The embedded PostgreSQL: PGlite on a directory, behind an ordinary pool of one connection. Two processes on one
// directory would lose rows, so a lock lets one in at a time. An acknowledged write is on the disk (`synced-files.ts`).
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import type { PoolConfig } from 'pg';
import { StartupError } from '../errors.js';
import { lockDirectory } from './lock.js';
import { SYNC_PARAMETERS, SyncedFiles, syncTree } from './synced-files.js';

const START_PARAMETERS = [...SYNC_PARAMETERS, '-c', 'shared_buffers=16MB'];

export interface EmbeddedDatabase {
  poolConfig: PoolConfig;
  /** Hears what is told on a channel; to be called before the pool is used, since it must not fall into a transaction. */
  listen(channel: string, callback: () => void): Promise<unknown>;
  close(): Promise<void>;
}

/** @throws StartupError when another process holds the directory or it cannot be written */
export async function openEmbedded(directory: string): Promise<EmbeddedDatabase> {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new StartupError(`The data directory ${directory} cannot be made (${(error as Error).message}); set DATA_DIR to one that can.`);
  }
  const unlock = lockDirectory(directory);
  try {
    const files = join(directory, 'postgres');
    const isNew = !existsSync(join(files, 'PG_VERSION'));
    const database = await PGlite.create({
      fs: new SyncedFiles(files),
      extensions: { pg_trgm, unaccent },
      startParams: [...PGlite.defaultStartParams, ...START_PARAMETERS],
    });
    if (isNew) syncTree(directory);
    stopWith(database);
    return {
      poolConfig: createPoolConfig(database),
      listen: (channel, callback) => database.listen(channel, callback),
      async close() {
        await database.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    // What PGlite's file system throws has a number and no message.
    const reason = (error as Partial<Error>).message || 'its files cannot be read as a database';
    throw new StartupError(`The embedded database in ${directory} cannot be opened (${reason}).`, { cause: error });
  }
}

/**
 * What ends PostgreSQL, such as a log that cannot be written, ends the program: nothing else answers then, not even an error,
 * and the next start recovers what was acknowledged.
 */
function stopWith(database: PGlite): void {
  const execute = database.execProtocolStream.bind(database);
  database.execProtocolStream = async (...input) => {
    const messages = await execute(...input);
    for (const message of messages) {
      const { severity, message: reason } = message as { severity?: string; message?: string };
      if (severity === 'PANIC' || severity === 'FATAL')
        setImmediate(() => {
          throw new Error(`The embedded database has stopped (${reason}). What was acknowledged is kept; start the program again.`);
        });
    }
    return messages;
  };
}

/** The pool's settings for one PGlite instance; also for one in memory, as tests use. */
export function createPoolConfig(database: PGlite): PoolConfig {
  const config = createPgConfig(database);
  // Prisma's adapter gives `types` as an object, which PGlite's connection would read as a list of type numbers.
  const connection = config.connection;
  const parse = connection.parse.bind(connection);
  connection.parse = (query: { types?: unknown }) => parse(Array.isArray(query.types) ? query : { ...query, types: undefined });
  return { ...config, max: config.poolSize, connectionTimeoutMillis: 30_000, idleTimeoutMillis: 0 } as PoolConfig;
}
