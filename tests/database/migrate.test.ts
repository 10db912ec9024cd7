// Migrations: applied once, in turn, whole or not at all, and never edited afterwards.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Migration, migrate, readMigrations } from '../../src/database/migrate.js';
import { createSchemaEngine } from '../../src/database/schema-engine.js';
import { StartupError } from '../../src/errors.js';
import { MIGRATIONS } from '../../src/files.js';
import { useDatabase } from '../support/app.js';
import { ROOT } from '../support/postgres.js';

const used = useDatabase('template0');
const shadow = useDatabase('template0');
const migrations = readMigrations(MIGRATIONS);
const make = (name: string, script: string): Migration => ({ name, script, checksum: createHash('sha256').update(script).digest('hex') });
const refusal = async (list: Migration[]): Promise<string> => {
  const error = await migrate(used.database, list).then(
    () => null,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(StartupError);
  return (error as Error).message;
};
const tables = async (): Promise<string[]> =>
  (
    await used.database.pool.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public' order by 1`)
  ).rows.map(({ name }) => name);

beforeEach(async () => {
  await used.database.pool.query('drop schema public cascade; create schema public');
});

test('they are applied in order, and the second time there is nothing to do', async () => {
  expect(await migrate(used.database, migrations)).toEqual(migrations.map(({ name }) => name));
  expect(await tables()).toEqual(expect.arrayContaining(['_prisma_migrations', 'events', 'event_cards', 'revisions']));
  expect(await migrate(used.database, migrations)).toEqual([]);
});

test('processes that start together take turns', async () => {
  const applied = await Promise.all([1, 2, 3].map(() => migrate(used.database, migrations)));
  expect(applied.flat().sort()).toEqual(migrations.map(({ name }) => name));
});

describe('it refuses, and changes nothing', () => {
  const [one, two] = [make('1_one', 'create table one (id int)'), make('2_two', 'create table two (id int)')];

  test('a migration that was edited after it was applied', async () => {
    await migrate(used.database, [one]);
    expect(await refusal([make('1_one', 'create table uno (id int)'), two])).toMatch(/1_one was edited after it was applied/);
    expect(await tables()).toEqual(['_prisma_migrations', 'one']);
  });

  test('a database that a newer version has used', async () => {
    await migrate(used.database, [one, two]);
    expect(await refusal([one])).toMatch(/2_two, which this version does not know/);
  });

  test('one that another tool began and did not finish', async () => {
    await migrate(used.database, [one]);
    await used.database.pool.query('update _prisma_migrations set finished_at = null');
    expect(await refusal([one])).toMatch(/begun by another tool and not finished/);
  });

  test('one that fails: it is rolled back whole, those before it stay', async () => {
    const broken = make('2_broken', 'create table half (id int); insert into nowhere values (1)');
    expect(await refusal([one, broken, make('3_three', 'create table three (id int)')])).toMatch(
      /2_broken failed and was rolled back whole/,
    );
    expect(await tables()).toEqual(['_prisma_migrations', 'one']);
    expect(await migrate(used.database, [one, two])).toEqual(['2_two']);
  });
});

describe('Prisma agrees', () => {
  const schema = readFileSync(join(ROOT, 'prisma', 'schema.prisma'), 'utf8');

  test('the migrations lead to schema.prisma', async () => {
    await shadow.database.pool.query('drop schema public cascade; create schema public');
    const engine = await createSchemaEngine(used.database.pool, shadow.database.pool, schema);
    expect((await engine.diff(migrations)).replace(/^-- This is an empty migration\.\s*/, '')).toBe('');
  });

  test('a column that is in one and not in the other is noticed', async () => {
    await shadow.database.pool.query('drop schema public cascade; create schema public');
    const engine = await createSchemaEngine(
      used.database.pool,
      shadow.database.pool,
      schema.replace('office         String?', 'office String?\n  bureau String?'),
    );
    expect(await engine.diff(migrations)).toContain('"bureau"');
  });

  test('what was applied here counts as applied there', async () => {
    await migrate(used.database, migrations);
    const engine = await createSchemaEngine(used.database.pool, shadow.database.pool, schema);
    expect(await engine.diagnose(migrations)).toMatchObject({
      failedMigrationNames: [],
      editedMigrationNames: [],
      hasMigrationsTable: true,
      history: null,
    });
  });

  test('schema.prisma is valid', () => {
    const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
    expect(execFileSync(process.execPath, [cli, 'validate'], { cwd: ROOT, encoding: 'utf8' })).toContain('is valid');
  });
});
