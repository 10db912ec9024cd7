// One process at a time on a data directory: a lock file in it that says which process has it. A lock that a dead
// process left is taken over; one of a living process never is.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
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
    writeFileSync(own, `${process.pid}\n${beginningOf(process.pid)}\n${hostname()}\n`);
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

function refusal(directory: string, path: string, { pid, host }: Holder): StartupError {
  const holder = `process ${pid}${host === '' || host === hostname() ? '' : ` on ${host}`}`;
  return new StartupError(
    `The data directory ${directory} is already open in ${holder}; stop that one first, or set DATA_DIR to another directory. (If ${holder} is not this program, delete ${path}.)`,
  );
}

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
function moveAside(path: string, dead: Holder): void {
  const aside = `${path}.${process.pid}.dead`;
  renameSync(path, aside);
  if (!isDeepStrictEqual(holderOf(aside), dead)) link(aside, path);
  rmSync(aside);
}

/** Who holds a lock: a process's id, when that process began (where the system tells), and on which machine. */
interface Holder {
  pid: number;
  began: string;
  host: string;
}

function holderOf(path: string): Holder {
  const [pid = '', began = '', host = ''] = readFileSync(path, 'utf8').split('\n');
  return { pid: Number(pid), began, host };
}

/**
 * Whether the process that took the lock still runs; another one that was given its number does not count. What runs on
 * another machine, or in another container, cannot be seen, and counts as running.
 */
function isAlive({ pid, began, host }: Holder): boolean {
  if (host !== '' && host !== hostname()) return true;
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = beginningOf(pid);
  return now !== 'ended' && (began === '' || now === '' || began === now);
}

/** When a process began, in ticks since the machine did (proc(5)); "ended" for one that was killed and is not yet swept up. */
function beginningOf(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : fields[19]!;
  } catch {
    return '';
  }
}
