// Programs under measurement: the product as it is built, and the floors, each a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from '../tests/support/free-port.js';

export interface Program {
  address: string;
  /** From its start to its first answer, in milliseconds. */
  started_ms: number;
  /** Resident memory, in MB. */
  memory(): number;
  /** Time on processors since its start, with that of the processes that it started, in seconds. */
  cpu(): number;
  stop(): Promise<void>;
}

/** As `npm start` starts the product: `node`, its flags, the file. */
const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const PRODUCT_FLAGS: string[] = scripts.start.split(' ').slice(1, -1);

const running: ChildProcess[] = [];

async function start(file: string, flags: string[], input: string[], environment: Record<string, string>, path: string): Promise<Program> {
  const port = await freePort();
  const began = performance.now();
  const child = spawn(process.execPath, [...flags, fileURLToPath(new URL(file, import.meta.url)), ...input, String(port)], {
    env: { ...process.env, PORT: String(port), RATE_LIMIT: '0', ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  running.push(child);
  const address = `http://127.0.0.1:${port}`;
  for (;;) {
    const answer = await fetch(`${address}${path}`).catch(() => null);
    if (answer !== null && answer.status < 500) break;
    if (child.exitCode !== null) throw new Error(`${file} ${input.join(' ')} ended with ${child.exitCode}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return {
    address,
    started_ms: performance.now() - began,
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) / 1024,
    cpu: () => cpuOf(child.pid!),
    async stop() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** Ticks of the clock of proc(5) in a second. */
const TICKS = 100;

/** Time on processors since its start, in seconds. @param withChildren with that of the processes that it started */
export function cpuOf(pid: number, withChildren = true): number {
  const [user = '0', system = '0'] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ').slice(11);
  if (!withChildren) return (Number(user) + Number(system)) / TICKS;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return (Number(user) + Number(system)) / TICKS + children.reduce((sum, child) => sum + (child === '' ? 0 : cpuOf(Number(child))), 0);
}

export const startFloor = (name: string, databaseUrl: string): Promise<Program> =>
  start('floors.ts', ['--import', 'tsx'], [name], { DATABASE_URL: databaseUrl }, '/');

/** @param settings further variables of its environment */
export const startProduct = (databaseUrl: string, cacheMb: number, settings: Record<string, string> = {}): Promise<Program> =>
  start(
    '../dist/main.js',
    PRODUCT_FLAGS,
    [],
    { DATABASE_URL: databaseUrl, SEED: 'false', CACHE_MB: String(cacheMb), ...settings },
    '/health/ready',
  );

export function stopAll(): void {
  for (const child of running) child.kill();
}
