// npm run restore -- --file <path>: puts what a backup holds into a database, a server's or the embedded one, whichever it
// was made from. npm run import is the same.
import { createReadStream, existsSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { Command } from 'commander';
import { type Lines, restoreBackup } from '../backup.js';
import { readConfig } from '../config.js';
import { connectDatabase } from '../database/connect.js';
import { readMigrations } from '../database/migrate.js';
import { StartupError } from '../errors.js';
import { MIGRATIONS } from '../files.js';
import { tell } from './run.js';

const { file, force } = new Command('restore')
  .description('Put what a backup holds into an empty database. Stop the program first.')
  .requiredOption('--file <path>', 'the backup')
  .option('--force', 'replace what the database holds', false)
  .parse()
  .opts<{ file: string; force: boolean }>();

/** Lines end with a line feed and nothing else: the others may stand in a text. */
const lines: Lines = async function* () {
  const bytes = createReadStream(file);
  const text = file.endsWith('.gz') ? bytes.on('error', (error) => text.destroy(error)).pipe(createGunzip()) : bytes;
  let rest = '';
  try {
    for await (const piece of text.setEncoding('utf8')) {
      const parts = `${rest}${piece}`.split('\n');
      rest = parts.pop()!;
      yield* parts;
    }
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(`${file} cannot be read (${(error as Error).message}).`);
  }
  if (rest !== '') yield rest;
};

await tell(async () => {
  if (!existsSync(file)) throw new StartupError(`There is no file ${file}.`);
  const database = await connectDatabase(readConfig(process.env));
  try {
    // What runs keeps answers of a history that is no more.
    await database.enter('alone');
    const counts = await restoreBackup(database, lines, { migrations: readMigrations(MIGRATIONS), force });
    for (const [table, rows] of counts) console.log(`${String(rows).padStart(9)} ${table.replace('_', ' ')}`);
    console.log(`Restored into ${database.description}.`);
  } finally {
    await database.close();
  }
});
