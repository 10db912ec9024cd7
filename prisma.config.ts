// Prisma's own configuration. `generate`, `validate` and `format` need no native engine: they are pointed at any
// existing executable, so that they never ask the network for one. Other commands keep their usual behaviour.
import { defineConfig } from 'prisma/config';

const withoutEngine = ['generate', 'validate', 'format'];
if (process.argv.some((word) => withoutEngine.includes(word))) {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;
}

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? '' },
});
