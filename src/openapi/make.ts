// Makes the whole OpenAPI document: the routes and schemas, with examples from a server that holds the first data set.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../app.js';
import { newId } from '../contract/ids.js';
import type { Database } from '../database/connect.js';
import { readMigrations } from '../database/migrate.js';
import { openDatabase } from '../database/open.js';
import { MIGRATIONS, SEED } from '../files.js';
import type { Example } from '../http/operation.js';
import { createReleaseStore } from '../releases/store.js';
import { readDataSet } from '../seed/files.js';
import { loadDataSet } from '../seed/load.js';
import { createServices } from '../services.js';
import { describe } from './document.js';
import { addExamples } from './examples.js';

/** @returns the text of openapi/openapi.json */
export async function makeDocument(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'demarche-openapi-'));
  const { database } = await openDatabase({ databaseUrl: undefined, dataDir: directory, databasePool: 1 }, readMigrations(MIGRATIONS));
  try {
    return await makeFrom(database);
  } finally {
    await database.close();
    rmSync(directory, { recursive: true });
  }
}

async function makeFrom(database: Database): Promise<string> {
  const services = {
    ...createServices(database),
    // Citations tell the year of a release, which must not be that of the document.
    releases: createReleaseStore(database, () => new Date('2026-11-30T12:00:00Z')),
  };
  await loadDataSet(readDataSet(SEED), { database, services });
  await services.releases.take(
    { label: '2026-11', notes: 'All that was recorded up to November 2026.' },
    { author: { id: newId(), name: 'Editor' } },
  );
  const examples = new Map<string, Example>();
  const media = new Map<string, string[]>();
  const app = await buildApp({
    config: { logLevel: 'silent', publicUrl: 'https://demarche.example' },
    database,
    services,
    openapi: null,
    onRoute: collect,
  });
  await app.ready();
  const document = describe(app, media);
  const role = async (role: 'admin' | 'contributor') => (await services.keys.create({ name: role, role, expires_at: null })).key;
  const limited = await buildApp({ config: { logLevel: 'silent', rateLimit: 1 }, database, services, openapi: '{}' });
  await addExamples(document, { app, limited, keys: { admin: await role('admin'), contributor: await role('contributor') }, examples });
  await limited.close();
  await app.close();
  return `${JSON.stringify(document, null, 2)}\n`;

  function collect({ config }: { config?: { operation?: string; example?: Example; media?: string[] } }): void {
    if (config?.operation === undefined) return;
    if (config.example !== undefined) examples.set(config.operation, config.example);
    if (config.media !== undefined) media.set(config.operation, config.media);
  }
}
