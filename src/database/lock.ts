// One process at a time on a data directory: a lock file in it that holds the process's id. A lock that a dead process
// left is taken over; one of a living process never is.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { StartupError } from '../errors.js';

/** The directories that this very process has open. */
const OPEN = new Set<string>();

/**
 * @returns gives the directory back
 * @throws StartupError when a living process, this one included, has it, or it cannot be written
 */
export function lockDirectory(directory: string): () => void {
  const path = resolve(directory, 'lock');
  if (OPEN.has(path)) throw new StartupError(`The data directory ${directory} is already open in this process.`);
  takeLock(directory, path);
  OPEN.add(path);
  return () => {
    OPEN.delete(path);
    rmSync(path, { force: true });
  };
}

function takeLock(directory: string, path: string): void {
  // Written whole under another name and then linked, so that nobody ever reads a lock that is still empty.
  const own = `${path}.${process.pid}`;
  try {
    writeFileSync(own, `${process.pid}\n`);
    if (link(own, path)) return;
    const holder = holderOf(path);
    if (isAlive(holder)) throw refusal(directory, path, holder);
    moveAside(path, holder);
    if (!link(own, path)) throw refusal(directory, path, holderOf(path));
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(
      `The data directory ${directory} cannot be written (${(error as Error).message}); set DATA_DIR to one that can.`,
    );
  } finally {
    rmSync(own, { force: true });
  }
}

const refusal = (directory: string, path: string, holder: number) =>
  new StartupError(
    `The data directory ${directory} is already open in process ${holder}; stop that one first, or set DATA_DIR to another directory. (If process ${holder} is something else, delete ${path}.)`,
  );

/** @returns whether the lock is ours now; false when there is one already */
function link(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Two may find the same dead lock: the one that moves away what the other has put there meanwhile puts it back. */
function moveAside(path: string, dead: number): void {
  const aside = `${path}.${process.pid}.dead`;
  renameSync(path, aside);
  if (holderOf(aside) !== dead) link(aside, path);
  rmSync(aside);
}

const holderOf = (path: string): number => Number(readFileSync(path, 'utf8'));

/** Whether a process runs; one of our own number that is not us (in a restarted container) does not count. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
