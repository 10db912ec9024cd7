// A file that bears its name only once it is whole, so that nobody takes for a backup or an export what broke off.
import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { StartupError } from '../errors.js';

/**
 * Compressed where the name ends in .gz.
 * @param mode who may read it, as `chmod` has it
 * @throws StartupError where it cannot be written; whatever the text throws
 */
export async function writeWhole(file: string, text: AsyncIterable<string>, mode?: number): Promise<void> {
  const part = `${file}.part`;
  try {
    const out = createWriteStream(part, { flush: true, ...(mode !== undefined && { mode }) });
    await (file.endsWith('.gz') ? pipeline(Readable.from(text), createGzip(), out) : pipeline(Readable.from(text), out));
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    const { code, message, syscall } = error as NodeJS.ErrnoException;
    if (syscall !== undefined && /^E[A-Z]+$/.test(code ?? '')) throw new StartupError(`${file} cannot be written (${message}).`);
    throw error;
  }
}
