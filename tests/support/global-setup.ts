// Once for all tests: a server, and on it two databases that each test file copies: an empty one and one that holds the
// first data set, and the styles and scripts of the pages, built of what is there. TEST_PGBOUNCER=true has all that is tested
// reach the server through a pooler.
import type { TestProject } from 'vitest/node';
import { readMigrations } from '../../src/database/migrate.js';
import { openDatabase } from '../../src/database/open.js';
import { ASSETS, MIGRATIONS, SEED, WEB } from '../../src/files.js';
import { readDataSet } from '../../src/seed/files.js';
import { loadDataSet } from '../../src/seed/load.js';
import { createServices } from '../../src/services.js';
import { buildAssets } from '../../src/web/build.js';
import { copyDatabase, databaseUrl, dropDatabase } from './databases.js';
import { startPgBouncer } from './pgbouncer.js';
import { type Server, startPostgres } from './postgres.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server's maintenance database. */
    server: string;
    /** Names of the databases to copy. */
    templates: { empty: string; seeded: string };
    /** The maintenance database through a pooler; null where there is none between. */
    pooler: string | null;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await buildAssets(WEB, ASSETS);
  const given = process.env.TEST_DATABASE_URL;
  const server: Server = given === undefined ? await startPostgres() : { url: given, stop: async () => {} };
  const templates = { empty: `demarche_test_${process.pid}_empty`, seeded: `demarche_test_${process.pid}_seeded` };
  await copyDatabase(server.url, 'template0', templates.empty);
  await fill(databaseUrl(server.url, templates.empty), false);
  await copyDatabase(server.url, templates.empty, templates.seeded);
  await fill(databaseUrl(server.url, templates.seeded), true);
  project.provide('server', server.url);
  project.provide('templates', templates);
  const pooler = process.env.TEST_PGBOUNCER === 'true' ? await startPgBouncer(server.url) : null;
  project.provide('pooler', pooler?.url ?? null);
  return async () => {
    await pooler?.stop();
    for (const name of Object.values(templates)) await dropDatabase(server.url, name);
    await server.stop();
  };
}

async function fill(url: string, seeded: boolean): Promise<void> {
  const { database } = await openDatabase({ databaseUrl: url, dataDir: '', databasePool: 2 }, readMigrations(MIGRATIONS));
  if (seeded) await loadDataSet(readDataSet(SEED), { database, services: createServices(database) });
  await database.close();
}
