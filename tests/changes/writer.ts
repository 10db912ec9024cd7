// A process that writes: told by its arguments, it says what it has begun and what is committed, a line for each write.
//   node --import tsx tests/changes/writer.ts <database url> <name> <writes> <changes in each> <held open, in milliseconds>
import { connectDatabase } from '../../src/database/connect.js';
import { topicChange, writeChanges } from './writing.js';

const [url, name, writes, changes, held_ms] = process.argv.slice(2);
const database = await connectDatabase({ databaseUrl: url, dataDir: '', databasePool: 1 });
for (let n = 0; n < Number(writes); n++) {
  const slugs = Array.from({ length: Number(changes) }, (_, index) => `${name}-${n}-${index}`);
  await writeChanges(
    database,
    slugs.map((slug) => topicChange(slug)),
    async ({ tx }) => {
      process.stdout.write(`began ${slugs.join(' ')}\n`);
      await tx.$executeRawUnsafe(`select pg_sleep(${Number(held_ms) / 1000})`);
    },
  );
  process.stdout.write(`committed ${Date.now()} ${slugs.join(' ')}\n`);
}
await database.close();
