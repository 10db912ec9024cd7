// npm run db:diff -- --name X: writes the migration that leads from prisma/migrations to schema.prisma, without
// Prisma's native engine. What Prisma cannot say (checks, partial indexes) is added to the file by hand.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';
import { Command } from 'commander';
import pg from 'pg';
import { createPoolConfig } from '../database/embedded.js';
import { readMigrations } from '../database/migrate.js';
import { createSchemaEngine } from '../database/schema-engine.js';

const DIRECTORY = 'prisma/migrations';

const { name } = new Command('db:diff')
  .description('Write the next migration from the difference between prisma/migrations and prisma/schema.prisma.')
  .requiredOption('--name <name>', 'what the migration does, in lower case with underscores', (value: string) => {
    if (!/^[a-z0-9]+(_[a-z0-9]+)*$/.test(value)) throw new Error('The name takes lower-case letters, digits and single underscores.');
    return value;
  })
  .parse()
  .opts<{ name: string }>();

const databases = await Promise.all([1, 2].map(() => PGlite.create({ extensions: { pg_trgm, unaccent } })));
const [pool, shadow] = databases.map((database) => new pg.Pool(createPoolConfig(database))) as [pg.Pool, pg.Pool];
const engine = await createSchemaEngine(pool, shadow, readFileSync('prisma/schema.prisma', 'utf8'));
const script = await engine.diff(readMigrations(DIRECTORY));

if (script.trim() === '' || script.includes('-- This is an empty migration.')) {
  console.log('The migrations and schema.prisma agree; there is nothing to write.');
} else {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const directory = join(DIRECTORY, `${stamp}_${name}`);
  mkdirSync(directory);
  writeFileSync(join(directory, 'migration.sql'), script);
  console.log(`Wrote ${join(directory, 'migration.sql')}; read it, and add what Prisma cannot say.`);
}
process.exit();
