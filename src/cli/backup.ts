// npm run backup -- --file <path>: writes all that is kept into a file, from a server or from the embedded database.
// npm run export is the same without keys and webhooks.
import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Command } from 'commander';
import { backupLines } from '../backup.js';
import { readConfig } from '../config.js';
import { connectDatabase } from '../database/connect.js';
import { StartupError } from '../errors.js';
import { count, tell } from './run.js';

const { file, access } = new Command('backup')
  .description('Write all that is kept into a file: the history, releases, keys (as digests) and webhooks (with their secrets).')
  .requiredOption('--file <path>', 'where to write it; compressed where it ends in .gz')
  .option('--no-access', 'leave out keys and webhooks')
  .parse()
  .opts<{ file: string; access: boolean }>();

await tell(async () => {
  const database = await connectDatabase(readConfig(process.env));
  // It bears its name when it is whole.
  const part = `${file}.part`;
  let lines = 0;
  const ended = async function* () {
    for await (const line of backupLines(database, access)) {
      lines++;
      yield `${line}\n`;
    }
  };
  try {
    const out = createWriteStream(part, { mode: 0o600, flush: true });
    await (file.endsWith('.gz') ? pipeline(Readable.from(ended()), createGzip(), out) : pipeline(Readable.from(ended()), out));
    renameSync(part, file);
    console.log(`${count(lines - 2, 'row')} written to ${file}.`);
  } catch (error) {
    rmSync(part, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    if (/^E[A-Z]+$/.test(code ?? '')) throw new StartupError(`${file} cannot be written (${message}).`);
    throw error;
  } finally {
    await database.close();
  }
});
