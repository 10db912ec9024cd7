// `demarche backup --file <path>`: writes all that is kept into a file, from a server or from the embedded database.
// With --no-access keys and webhooks are left out.
import { backupLines } from '../backup.js';
import { readConfig } from '../config.js';
import { connectDatabase } from '../database/connect.js';
import { interruption } from './interrupt.js';
import { createProgress } from './progress.js';
import { count, newCommand } from './run.js';
import { writeWhole } from './whole-file.js';

/** It holds secrets. */
const FOR_ITS_OWNER = 0o600;

export default newCommand('backup')
  .addHelpText(
    'after',
    '\nIt holds the history, releases, keys (as digests) and webhooks (with their secrets); `demarche restore` reads it.',
  )
  .requiredOption('--file <path>', 'where to write it; compressed where it ends in .gz')
  .option('--no-access', 'leave out keys and webhooks')
  .action(({ file, access }: { file: string; access: boolean }) => backup(file, access));

async function backup(file: string, access: boolean): Promise<void> {
  const signal = interruption();
  const database = await connectDatabase(readConfig(process.env));
  const progress = createProgress('rows');
  let lines = 0;
  const ended = async function* () {
    for await (const line of backupLines(database, access)) {
      signal.throwIfAborted();
      progress.at(lines++, undefined);
      yield `${line}\n`;
    }
  };
  try {
    await writeWhole(file, ended(), FOR_ITS_OWNER);
    progress.end();
    console.log(`${count(lines - 2, 'row')} written to ${file}.`);
  } finally {
    progress.end();
    await database.close();
  }
}
