// The scripts by which compose makes a primary and its standby, run with Debian's PostgreSQL: what is committed is on the
// standby, and one that is promoted waits for nobody.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from '../support/free-port.js';
import { binaries } from '../support/patroni.js';
import { account } from '../support/postgres.js';
import { read } from './files.js';

const bin = binaries();
if (bin === undefined) console.log('PostgreSQL is not installed (Debian: apt-get install postgresql); the scripts of compose are not run.');

const PASSWORD = 'of-the-tests-alone';
const user = process.getuid?.() === 0 ? account('postgres') : {};
const running: ChildProcess[] = [];
const ports: Record<'primary' | 'standby', number> = { primary: 0, standby: 0 };
let directory: string;

const environment = (name: 'primary' | 'standby') => ({
  PATH: `${bin}:/usr/bin:/bin`,
  LC_ALL: 'C.UTF-8',
  PGDATA: join(directory, name),
  PGHOST: '127.0.0.1',
  PGPORT: String(ports[name]),
  POSTGRES_USER: 'demarche',
  POSTGRES_DB: 'postgres',
  PRIMARY_HOST: '127.0.0.1',
  PRIMARY_PORT: String(ports.primary),
  REPLICATION_PASSWORD: PASSWORD,
});
function run(name: 'primary' | 'standby', command: string[], input = ''): void {
  const { status, stderr } = spawnSync(command[0]!, command.slice(1), {
    ...user,
    cwd: '/',
    env: environment(name),
    input,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
}
const postgres = (name: 'primary' | 'standby') => [
  'postgres',
  '-c',
  'listen_addresses=127.0.0.1',
  '-c',
  `unix_socket_directories=${directory}/${name}`,
];
/** Through a script, as its last words. */
function start(name: 'primary' | 'standby', command: string[], script?: string): ChildProcess {
  const child = spawn(command[0]!, command.slice(1), {
    ...user,
    cwd: '/',
    env: environment(name),
    stdio: [script === undefined ? 'ignore' : 'pipe', 'ignore', 'ignore'],
  });
  child.stdin?.end(script);
  running.push(child);
  return child;
}
async function on(name: 'primary' | 'standby', text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ host: '127.0.0.1', port: ports[name], user: 'demarche', database: 'postgres' });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
const answers = (name: 'primary' | 'standby') => vi.waitFor(() => on(name, 'select 1'), { interval: 100, timeout: 60_000 });

beforeAll(async () => {
  if (bin === undefined) return;
  ports.primary = await freePort();
  ports.standby = await freePort();
  directory = mkdtempSync(join(tmpdir(), 'demarche-standby-'));
  chmodSync(directory, 0o711);
  for (const name of ['primary', 'standby']) {
    mkdirSync(join(directory, name), { mode: 0o700 });
    if (user.uid !== undefined) chownSync(join(directory, name), user.uid, user.gid!);
  }
  run('primary', ['initdb', '-U', 'demarche', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C.UTF-8']);
  // As the image does: the scripts run on a server that is stopped after them.
  const first = start('primary', postgres('primary'));
  await answers('primary');
  run('primary', ['sh', '-s'], read('compose/primary.sh'));
  first.kill('SIGINT');
  await once(first, 'exit');
  start('primary', postgres('primary'));
  await answers('primary');
  start('standby', ['sh', '-s', ...postgres('standby')], read('compose/standby.sh'));
  await answers('standby');
}, 120_000);
afterAll(async () => {
  for (const child of running.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill('SIGINT');
    await once(child, 'exit');
  }
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
});

test.runIf(bin !== undefined)('a commit is on the standby before it is acknowledged', async () => {
  const follows = () => on('primary', 'select application_name, sync_state from pg_stat_replication');
  await expect.poll(follows).toEqual([{ application_name: 'standby', sync_state: 'sync' }]);
  await on('primary', 'create table kept as select 1 as number');
  const there = () => on('standby', `select to_regclass('kept') is not null as here, pg_is_in_recovery() as follows`);
  await expect.poll(there).toEqual([{ here: true, follows: true }]);
});

test.runIf(bin !== undefined)('the role says what a pooler does not take from the program', async () => {
  const [said] = await on('primary', `select current_setting('statement_timeout') as timeout, current_setting('jit') as jit`);
  expect(said).toEqual({ timeout: '5s', jit: 'off' });
});

test.runIf(bin !== undefined)('a standby that is promoted takes writes and waits for nobody', async () => {
  await on('standby', 'select pg_promote()');
  await on('standby', 'insert into kept values (2)');
  expect(await on('standby', 'select number from kept order by number')).toEqual([{ number: 1 }, { number: 2 }]);
});
