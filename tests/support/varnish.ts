// Varnish as deploy/cdn/ has it, on a free port before an address.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { ROOT } from './postgres.js';

export interface Varnish {
  url: string;
  pid: number;
  /** "varnish-7.1.1" */
  version: string;
  /** What it has counted since its start, by name, such as `MAIN.cache_hit` (varnishstat). */
  counts(): Record<string, number>;
  stop(): Promise<void>;
}

export const hasVarnish = (): boolean => spawnSync('varnishd', ['-V']).status === 0;

/** @param origin "http://127.0.0.1:3000" */
export async function startVarnish(origin: string, port?: number): Promise<Varnish> {
  const own = port ?? (await freePort());
  const directory = mkdtempSync(join(tmpdir(), 'demarche-varnish-'));
  // Varnish gives up root, and reads it as somebody else.
  chmodSync(directory, 0o755);
  const vcl = readFileSync(join(ROOT, 'deploy', 'cdn', 'varnish.vcl'), 'utf8');
  const file = join(directory, 'varnish.vcl');
  writeFileSync(file, vcl.replace('"3000"', `"${new URL(origin).port}"`));
  const work = join(directory, 'work');
  const words = ['-F', '-f', file, '-a', `127.0.0.1:${own}`, '-n', work, '-s', 'malloc,256m', '-p', 'http_gzip_support=off'];
  const varnish = spawn('varnishd', words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const url = `http://127.0.0.1:${own}`;
  await ready(varnish, url);
  return {
    url,
    pid: varnish.pid!,
    version: /varnish-[\d.]+/.exec(spawnSync('varnishd', ['-V'], { encoding: 'utf8' }).stderr)?.[0] ?? 'Varnish',
    counts() {
      const { counters } = JSON.parse(execFileSync('varnishstat', ['-1', '-j', '-n', work], { encoding: 'utf8' }));
      return Object.fromEntries(Object.entries<{ value: number }>(counters).map(([name, { value }]) => [name, value]));
    },
    async stop() {
      if (varnish.exitCode === null && varnish.signalCode === null) {
        varnish.kill('SIGTERM');
        await once(varnish, 'exit');
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Until it answers, as itself or for the server behind it. @throws with what it said where it ends instead */
async function ready(varnish: ChildProcess, url: string): Promise<void> {
  let output = '';
  for (const stream of [varnish.stdout!, varnish.stderr!]) stream.on('data', (data) => (output += data));
  while (varnish.exitCode === null) {
    if ((await fetch(`${url}/health/live`).catch(() => null)) !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Varnish did not start: ${output}`);
}
