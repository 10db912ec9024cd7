// Load by wrk, where it is installed, or by autocannon. One number is one run: requests a second, and how long half and
// all but a hundredth of them took.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Load {
  rate: number;
  p50_ms: number;
  p99_ms: number;
  errors: number;
}

export interface Target {
  name: string;
  url: string;
  headers?: Record<string, string>;
  /** A file that says in Lua what wrk asks besides. */
  script?: string;
}

const CONNECTIONS = 32;

const milliseconds = (text: string): number => {
  // wrk writes -nan where nothing was answered in its time.
  const [, number, unit] = /([\d.]+)(us|ms|s)/.exec(text) ?? ['', 'NaN', 's'];
  return Number(number) * ({ us: 0.001, ms: 1, s: 1000 } as Record<string, number>)[unit!]!;
};

export async function generator(): Promise<string> {
  const { stdout } = await run('wrk', ['-v']).catch((error: { stdout: string }) => error);
  const version = /wrk (\S+)/.exec(stdout ?? '')?.[1];
  if (version === undefined) throw new Error('wrk is not installed; install it (Debian: apt-get install wrk).');
  return `wrk ${version}, 1 thread, ${CONNECTIONS} connections`;
}

/** So many at once and so often, so that each connection to the database is open and knows its plans. */
const WARM_UP = [40, 5] as const;

export async function load({ url, headers = {}, script }: Target, seconds: number): Promise<Load> {
  // Whoever brings a script has run it before.
  for (let time = 0; time < WARM_UP[1] && script === undefined; time++)
    await Promise.all(Array.from({ length: WARM_UP[0] }, async () => (await fetch(url, { headers })).arrayBuffer()));
  const sent = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const asked = script === undefined ? [] : ['-s', script];
  const { stdout } = await run('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', ...asked, ...sent, url]);
  const [, p50] = /50%\s+(\S+)/.exec(stdout)!;
  const [, p99] = /99%\s+(\S+)/.exec(stdout)!;
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)![1]),
    p50_ms: milliseconds(p50!),
    p99_ms: milliseconds(p99!),
    errors: Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0),
  };
}

export const median = (numbers: number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
