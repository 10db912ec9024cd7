// `demarche backup --file <path>`: writes all that is kept into a file, from a server or from the embedded database.
// With --no-access keys and webhooks are left out.
import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { backupLines } from '../backup.js';
import { readConfig } from '../config.js';
import { connectDatabase } from '../database/connect.js';
import { StartupError } from '../errors.js';
import { interruption } from './interrupt.js';
import { createProgress } from './progress.js';
import { count, newCommand } from './run.js';

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
  // It bears its name when it is whole.
  const part = `${file}.part`;
  let lines = 0;
  const ended = async function* () {
    for await (const line of backupLines(database, access)) {
      signal.throwIfAborted();
      progress.at(lines++, undefined);
      yield `${line}\n`;
    }
  };
  try {
    const out = createWriteStream(part, { mode: 0o600, flush: true });
    await (file.endsWith('.gz') ? pipeline(Readable.from(ended()), createGzip(), out) : pipeline(Readable.from(ended()), out));
    renameSync(part, file);
    progress.end();
    console.log(`${count(lines - 2, 'row')} written to ${file}.`);
  } catch (error) {
    progress.end();
    rmSync(part, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    if (/^E[A-Z]+$/.test(code ?? '')) throw new StartupError(`${file} cannot be written (${message}).`);
    throw error;
  } finally {
    await database.close();
  }
}
