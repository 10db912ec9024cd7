// Prisma's schema engine as WebAssembly, for work on the schema only (db:diff and the tests): the running program
// never loads it. The native engine, which Prisma would download, is not needed.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import type pg from 'pg';
import type { Migration } from './migrate.js';

const FILTERS = { externalTables: [], externalEnums: [] };

/** What is asked of the engine. */
export interface SchemaEngine {
  /** The SQL that leads from the migrations to schema.prisma. */
  diff(migrations: Migration[]): Promise<string>;
  /** What Prisma finds amiss between the migrations and the database they were applied to. */
  diagnose(migrations: Migration[]): Promise<unknown>;
}

/**
 * @param pool the database that `diagnose` looks at
 * @param shadow an empty database, to which `diff` applies the migrations
 * @param schema the text of schema.prisma
 */
export async function createSchemaEngine(pool: pg.Pool, shadow: pg.Pool, schema: string): Promise<SchemaEngine> {
  await loadEngine();
  const datamodels: [string, string][] = [['schema.prisma', schema]];
  const factory = new PrismaPg(pool);
  factory.connect = () => connectAdapter(pool);
  factory.connectToShadowDb = () => connectAdapter(shadow);
  const engine = await bindings.SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
  const listOf = (migrations: Migration[]) => ({
    baseDir: 'prisma/migrations',
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, script }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: script } },
    })),
  });
  return {
    async diff(migrations) {
      const { stdout } = await engine.diff({
        from: migrations.length === 0 ? { tag: 'empty' } : { tag: 'migrations', ...listOf(migrations) },
        to: { tag: 'schemaDatamodel', files: datamodels.map(([path, content]) => ({ path, content })) },
        script: true,
        exitCode: null,
        filters: FILTERS,
      });
      return stdout ?? '';
    },
    diagnose: (migrations) =>
      engine.diagnoseMigrationHistory({ migrationsList: listOf(migrations), optInToShadowDatabase: false, filters: FILTERS }),
  };
}

let loaded: Promise<void> | undefined;

/** Once in a process: the bindings belong to one instance. */
function loadEngine(): Promise<void> {
  loaded ??= (async () => {
    const directory = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
    const code = readFileSync(join(directory, 'schema_engine_bg.wasm'));
    const { instance } = await WebAssembly.instantiate(code, { './schema_engine_bg.js': bindings });
    bindings.__wbg_set_wasm(instance.exports);
    instance.exports.__wbindgen_start();
  })();
  return loaded;
}

const CHAR = 18;
const TEXT = 25;

/**
 * Prisma's adapter refuses PostgreSQL's internal "char" type, which the catalogue of check constraints has and which
 * the engine reads as a character: it is passed through the adapter as text and named a character behind it.
 */
async function connectAdapter(pool: pg.Pool) {
  const characters = new WeakMap<object, number[]>();
  const query = pool.query.bind(pool) as (...input: unknown[]) => Promise<pg.QueryArrayResult>;
  // The same pool, but for its queries.
  const seen = Object.create(pool) as pg.Pool;
  seen.query = (async (...input: unknown[]) => {
    const result = await query(...input);
    // Several statements at once have several results, none of which the engine looks at.
    if (Array.isArray(result)) return result;
    const found = (result.fields ?? []).flatMap((field, column) => (field.dataTypeID === CHAR ? [column] : []));
    for (const column of found) result.fields[column]!.dataTypeID = TEXT;
    characters.set(result.rows, found);
    return result;
  }) as typeof pool.query;
  const adapter = await new PrismaPg(seen).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (statement) => {
    const result = await queryRaw(statement);
    for (const column of characters.get(result.rows) ?? []) result.columnTypes[column] = ColumnTypeEnum.Character;
    return result;
  };
  return adapter;
}

/** WebAssembly as Node has it; the library without the browser does not declare it. */
declare const WebAssembly: {
  instantiate(code: Uint8Array, imports: object): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};
