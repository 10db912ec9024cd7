// PgBouncer in transaction mode before a server, as it comes from Debian: the strictest of its versions, which knows no
// prepared statements. It refuses to be root, so under root it runs as nobody.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

export interface Pooler {
  /** Of the maintenance database, through the pooler. */
  url: string;
  stop(): Promise<void>;
}

/** What connections would say for themselves without a pooler. */
const SESSION =
  "set statement_timeout = '5s'; set lock_timeout = '1s'; set idle_in_transaction_session_timeout = '60s'; set jit = off; set max_parallel_workers_per_gather = 0";

export const hasPgBouncer = (): boolean => spawnSync('pgbouncer', ['--version']).status === 0;

/** @param session what is said on each connection to the server. @param size how many of those there are at most for each database */
export async function startPgBouncer(server: string, { session = SESSION, size = 10 } = {}): Promise<Pooler> {
  const { hostname, port, username } = new URL(server);
  const own = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'demarche-pooler-'));
  const file = join(directory, 'pgbouncer.ini');
  chmodSync(directory, 0o755);
  writeFileSync(
    file,
    `[databases]
* = host=${hostname} port=${port || 5432} user=${username} connect_query='${session.replaceAll("'", "''")}'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 1000
default_pool_size = ${size}
server_idle_timeout = 5
`,
  );
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const pooler = spawn('pgbouncer', [...user, file], { stdio: ['ignore', 'ignore', 'pipe'] });
  await ready(pooler);
  return {
    url: `postgresql://${username}@127.0.0.1:${own}/postgres`,
    async stop() {
      if (pooler.exitCode === null && pooler.signalCode === null) {
        pooler.kill('SIGTERM');
        await once(pooler, 'exit');
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function ready(pooler: ChildProcess): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    pooler.stderr!.on('data', (data) => {
      output += data;
      if (output.includes('process up')) resolve();
    });
    pooler.on('exit', () => reject(new Error(`PgBouncer did not start: ${output}`)));
  });
  pooler.removeAllListeners('exit');
}
