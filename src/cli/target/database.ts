// The application in this process, on the database of the settings: it listens nowhere, and whoever runs the command may
// do what an admin may, since the database is theirs.
import { Readable } from 'node:stream';
import { buildApp } from '../../app.js';
import { readConfig } from '../../config.js';
import { idOfName } from '../../contract/ids.js';
import { readMigrations } from '../../database/migrate.js';
import { openDatabase } from '../../database/open.js';
import { StartupError } from '../../errors.js';
import { MIGRATIONS } from '../../files.js';
import { ensureCards } from '../../rebuild.js';
import { createServices } from '../../services.js';
import type { Client, Reply, Request } from './client.js';

/** Under this name the history keeps what was written. */
const AUTHOR = { id: idOfName('command line'), name: 'command line', role: 'admin' } as const;

export async function openDatabaseTarget(): Promise<Client> {
  const config = readConfig(process.env);
  const { database } = await openDatabase(config, readMigrations(MIGRATIONS)).catch((error: Error) => {
    if (!/already open in process/.test(error.message)) throw error;
    throw new StartupError(`${error.message} Or name the running server with --url and --key.`);
  });
  await ensureCards(database);
  const services = createServices(database, config);
  const app = await buildApp({
    config: { logLevel: 'silent', publicUrl: config.publicUrl },
    database,
    services: { ...services, keys: { ...services.keys, authenticate: async () => AUTHOR } },
    openapi: '{"openapi":"3.1.0"}',
  });
  await app.ready();
  return {
    description: `the database (${database.description})`,
    async send({ method, path, headers, body }: Request): Promise<Reply> {
      const reply = await app.inject({
        method,
        url: path,
        headers: { accept: 'application/json', authorization: 'Bearer command-line', ...headers },
        ...(body !== undefined && { payload: typeof body === 'string' ? body : Readable.from(body) }),
        payloadAsStream: true,
      });
      return { status: reply.statusCode, headers: reply.headers as Reply['headers'], body: reply.stream() };
    },
    async close() {
      await app.close();
      await services.deliveries.stop();
      await database.close();
    },
  };
}
