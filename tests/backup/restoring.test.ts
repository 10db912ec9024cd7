// Restoring what an older version backed up, from the schema that it had.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { backupLines } from '../../src/backup.js';
import { migrate, readMigrations } from '../../src/database/migrate.js';
import { MIGRATIONS } from '../../src/files.js';
import { runToEnd } from '../process/program.js';
import { openAppOn, useDatabase } from '../support/app.js';
import { findFaults } from '../support/consistency.js';

const old = useDatabase('template0');
const young = useDatabase('template0');
const directory = mkdtempSync(join(tmpdir(), 'demarche-restoring-'));
const file = join(directory, 'backup.ndjson');
afterAll(() => rmSync(directory, { recursive: true }));
const restore = (...input: string[]) => runToEnd('cli/main.js', ['restore', ...input, '--file', file], { DATABASE_URL: young.url });

const TOPIC = '01985c2e-0000-7000-8000-000000000001';

test('what the first version backed up is there, in the tables of today', async () => {
  await migrate(old.database, readMigrations(MIGRATIONS).slice(0, 1));
  const state = { slug: 'kept', name: 'Kept', description: null, broader: null };
  await old.database.pool.query(
    `insert into revisions (entity, entity_id, version, operation, state, changed_fields, author_name, recorded_at)
     values ('topic', $1, 1, 'created', $2, '{slug,name,description,broader}', 'somebody', '2025-07-27T08:00:00Z')`,
    [TOPIC, state],
  );
  let text = '';
  for await (const line of backupLines(old.database, true)) text += `${line}\n`;
  writeFileSync(file, text);
  const { code, output } = await restore();
  expect(output).toContain('Restored into PostgreSQL');
  expect(code).toBe(0);
  const { app } = await openAppOn(young.database);
  try {
    expect((await app.inject('/v1/topics/kept')).json()).toMatchObject({
      id: TOPIC,
      name: 'Kept',
      version: 1,
      created_at: '2025-07-27T08:00:00.000Z',
    });
  } finally {
    await app.close();
  }
  expect(await findFaults(young.database)).toEqual([]);
});
