// A machine that fails, as far as one machine can play it: a process and all that it has started are killed at once, so that
// none of them can finish anything.
import { readdirSync, readFileSync } from 'node:fs';

/** What a process has started, and what those have. Needs /proc, so Linux. */
function below(pid: number): number[] {
  const own = readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1] === String(pid);
    } catch {
      return false;
    }
  });
  return own.map(Number).flatMap((child) => [child, ...below(child)]);
}

/** Kills them and what they have started. Processes that have ended meanwhile are no mistake. */
export function killAtOnce(...pids: number[]): void {
  const all = pids.flatMap((pid) => [pid, ...below(pid)]);
  for (const pid of all)
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
}
