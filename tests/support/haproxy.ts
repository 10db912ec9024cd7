// HAProxy as it comes from Debian, with deploy/haproxy/haproxy.cfg as it is: only the file that names the processes is ours.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { ROOT } from './postgres.js';

export interface Balancer {
  address: string;
  /** How many of the processes it sends requests to. */
  ready(): Promise<number>;
  close(): Promise<void>;
}

const CONFIG = join(ROOT, 'deploy/haproxy');

export const hasHaproxy = (): boolean => spawnSync('haproxy', ['-v']).status === 0;

/** What deploy/haproxy/app.cfg says, of these processes. @param ports on this machine */
function processes(ports: number[]): string {
  const own = ports.map((port, index) => `    server app-${index + 1} 127.0.0.1:${port}\n`).join('');
  return readFileSync(join(CONFIG, 'app.cfg'), 'utf8').replace(/(^ +server .*\n)+/gm, own);
}

export async function startHaproxy(ports: number[]): Promise<Balancer> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'demarche-haproxy-'));
  const [app, socket] = [join(directory, 'app.cfg'), join(directory, 'socket')];
  writeFileSync(app, `global\n    stats socket ${socket} mode 600 level user\n${processes(ports)}`);
  const { PATH = '' } = process.env;
  const balancer = spawn('haproxy', ['-db', '-f', join(CONFIG, 'haproxy.cfg'), '-f', app], {
    env: { PATH, BIND: `127.0.0.1:${port}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [balancer.stdout, balancer.stderr]) stream.on('data', (data) => (said += data));
  /** HAProxy, management guide, 9.3: the table of what it knows, as CSV. */
  const table = async (): Promise<string> => {
    const asked = connect(socket);
    asked.on('error', () => {});
    asked.end('show stat\n');
    let text = '';
    for await (const piece of asked) text += piece;
    return text;
  };
  return {
    address: `http://127.0.0.1:${port}`,
    async ready() {
      if (balancer.exitCode !== null) throw new Error(`HAProxy has ended: ${said}`);
      return (await table().catch(() => '')).split('\n').filter((line) => /^app,app-\d/.test(line) && line.split(',')[17] === 'UP').length;
    },
    async close() {
      if (balancer.exitCode === null && balancer.signalCode === null) {
        balancer.kill('SIGKILL');
        await once(balancer, 'exit');
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
