// `demarche restore --file <path>`: puts what a backup holds into a database, a server's or the embedded one, whichever it
// was made from.
import { createReadStream, existsSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { type Lines, restoreBackup } from '../backup.js';
import { readConfig } from '../config.js';
import { connectDatabase } from '../database/connect.js';
import { readMigrations } from '../database/migrate.js';
import { StartupError } from '../errors.js';
import { MIGRATIONS } from '../files.js';
import { linesOf } from './lines.js';
import { createProgress } from './progress.js';
import { newCommand } from './run.js';

export default newCommand('restore')
  .addHelpText('after', '\nStop the program first, and start it again afterwards.')
  .requiredOption('--file <path>', 'the backup')
  .option('--force', 'replace what the database holds', false)
  .action(({ file, force }: { file: string; force: boolean }) => restore(file, force));

async function restore(file: string, force: boolean): Promise<void> {
  if (!existsSync(file)) throw new StartupError(`There is no file ${file}.`);
  const database = await connectDatabase(readConfig(process.env));
  const progress = createProgress('revisions written down');
  try {
    // What runs keeps answers of a history that is no more.
    await database.enter('alone');
    const counts = await restoreBackup(database, linesIn(file), { migrations: readMigrations(MIGRATIONS), force, progress: progress.at });
    progress.end();
    for (const [table, rows] of counts) console.log(`${String(rows).padStart(9)} ${table.replace('_', ' ')}`);
    console.log(`Restored into ${database.description}.`);
  } finally {
    progress.end();
    await database.close();
  }
}

const linesIn = (file: string): Lines =>
  async function* () {
    const bytes = createReadStream(file);
    const text = file.endsWith('.gz') ? bytes.on('error', (error) => text.destroy(error)).pipe(createGunzip()) : bytes;
    try {
      yield* linesOf(text.setEncoding('utf8') as AsyncIterable<string>);
    } catch (error) {
      if (error instanceof StartupError) throw error;
      throw new StartupError(`${file} cannot be read (${(error as Error).message}).`);
    }
  };
