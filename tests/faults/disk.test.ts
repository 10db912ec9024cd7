// The disk is full, or fails: what is asked is refused or the program stops, and nothing acknowledged is lost. Small disks
// are made of memory, which root alone may do; failures of the disk are injected by strace, where it is there.
import { type ChildProcess, execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { connectDatabase, type Database } from '../../src/database/connect.js';
import { type Program, startProgram } from '../process/program.js';
import { findFaults } from '../support/consistency.js';
import { copyDatabase, databaseUrl } from '../support/databases.js';
import { type Installed, installPostgres } from '../support/postgres.js';
import { type Answered, ask, layGround, nextEvent, startLoad } from './load.js';
import { tell } from './rounds.js';

const KEY = 'a-secret-of-at-least-thirty-two-characters';
const directory = mkdtempSync(join(tmpdir(), 'demarche-disk-'));
// Entered by the user that a server runs as.
chmodSync(directory, 0o711);
const MEGABYTE = 1024 * 1024;
const settingsOf = (more: Record<string, string>) => ({ ADMIN_KEY: KEY, SEED: 'false', LOG_LEVEL: 'fatal', ...more });

const mounted: string[] = [];
/** @returns the path of a disk of so many megabytes; null where none can be made */
function makeDisk(name: string, megabytes: number): string | null {
  const path = mkdtempSync(join(directory, name));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'tmpfs', path]).status !== 0) return null;
  mounted.push(path);
  return path;
}
afterAll(() => {
  for (const path of mounted) spawnSync('umount', ['-l', path]);
  rmSync(directory, { recursive: true, force: true });
});
const canMount = process.platform === 'linux' && process.getuid?.() === 0 && makeDisk('probe', 1) !== null;
const hasStrace = spawnSync('strace', ['-o', join(directory, 'probe.log'), 'true']).status === 0;
if (!canMount) console.log('No small disk can be made here (mount needs root): what happens on a full one is not tested.');
if (!hasStrace) console.log('strace is not here, or may not trace: what happens on a failing disk is not tested.');

/** Leaves so many megabytes of the disk. @returns gives the others back */
function fill(disk: string, left: number): () => void {
  const { bavail, bsize } = statfsSync(disk);
  const ballast = join(disk, 'ballast');
  execFileSync('fallocate', ['-l', String(bavail * bsize - left * MEGABYTE), ballast]);
  return () => rmSync(ballast);
}

const isRunning = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null;

/** Writes until nothing is taken any more, for a while. */
async function writeUntilRefused(program: Program): Promise<Answered[]> {
  const load = startLoad(program.address, { key: KEY, readers: [], writers: 4 });
  const refused = () => load.answers.filter(({ status }) => status !== 201).length;
  await expect.poll(refused, { timeout: 60_000 }).toBeGreaterThan(20);
  return load.stop();
}

/** Refused as it should be, or cut off by the stop of the program. */
const refusedWell = ({ status, type, retryAfter }: Answered) =>
  status === null || status === 201 || (status === 503 && type === 'application/problem+json' && retryAfter !== null);
const acknowledged = (answers: Answered[]) => answers.flatMap(({ status, slug }) => (status === 201 ? [slug!] : []));

async function holdsAll({ pool }: Pick<Database, 'pool'>, slugs: string[]): Promise<void> {
  const { rows } = await pool.query('select 1 from events where slug = any($1)', [slugs]);
  expect(rows).toHaveLength(slugs.length);
  expect(await findFaults({ pool })).toEqual([]);
}

/** Once the disk is well again: the program goes on, or starts again without a hand, and writes. */
async function goOn(program: Program, settings: Record<string, string>): Promise<Program> {
  const running = isRunning(program.process) ? program : await startProgram(settings);
  await expect
    .poll(async () => (await ask(running.address, '/v1/events', { key: KEY, body: nextEvent() })).status, { timeout: 30_000 })
    .toBe(201);
  return running;
}

async function end(program: Program): Promise<void> {
  program.process.kill('SIGKILL');
  await program.ended();
}

async function onEmbedded(dataDir: string, work: (database: Database) => Promise<void>): Promise<void> {
  const database = await connectDatabase({ databaseUrl: undefined, dataDir, databasePool: 1 });
  await work(database).finally(() => database.close());
}

/** A server with a program on it. */
async function onServer(data: string, work: (server: Installed, program: Program, settings: Record<string, string>) => Promise<void>) {
  const server = await installPostgres({ data: join(data, 'data'), settings: ['fsync=on'] });
  let program: Program | undefined;
  try {
    await server.start();
    await copyDatabase(server.url, 'template0', 'disk');
    const settings = settingsOf({ DATABASE_URL: databaseUrl(server.url, 'disk') });
    program = await startProgram(settings);
    await layGround(program.address, KEY);
    await work(server, program, settings);
  } finally {
    if (program !== undefined) await end(program);
    await server.stop();
  }
}

describe.runIf(canMount)('a full disk', () => {
  test('under the embedded database', async () => {
    const disk = makeDisk('embedded', 200)!;
    const settings = settingsOf({ DATA_DIR: join(disk, 'data') });
    const program = await startProgram(settings);
    await layGround(program.address, KEY);
    const makeRoom = fill(disk, 1);
    const answers = await writeUntilRefused(program);
    const stopped = !isRunning(program.process);
    tell('full disk, embedded', { acknowledged: acknowledged(answers).length, stopped });
    expect(answers.filter((answer) => !refusedWell(answer))).toEqual([]);
    makeRoom();
    await end(await goOn(program, settings));
    await onEmbedded(join(disk, 'data'), (database) => holdsAll(database, acknowledged(answers)));
  }, 120_000);

  test('under a server', async () => {
    const disk = makeDisk('server', 200)!;
    await onServer(disk, async (server, program, settings) => {
      const makeRoom = fill(disk, 1);
      const answers = await writeUntilRefused(program);
      expect(isRunning(program.process)).toBe(true);
      expect(answers.filter((answer) => !refusedWell(answer))).toEqual([]);
      makeRoom();
      // A server that cannot write its log ends itself; its supervisor starts it again.
      await server.end('SIGINT');
      await server.start();
      await goOn(program, settings);
      const database = await connectDatabase({ databaseUrl: databaseUrl(server.url, 'disk'), dataDir: '', databasePool: 1 });
      tell('full disk, server', { acknowledged: acknowledged(answers).length });
      await holdsAll(database, acknowledged(answers)).finally(() => database.close());
    });
  }, 120_000);
});

describe.runIf(hasStrace)('a disk that fails', () => {
  /** From now on each call of a process, and of those that it makes, by which data would reach the disk fails. */
  async function inject(pid: number, calls = 'fsync,fdatasync'): Promise<() => void> {
    const { spawn } = await import('node:child_process');
    const log = join(directory, `strace-${pid}.log`);
    const strace = spawn('strace', ['-f', '-o', log, '-e', `trace=${calls}`, '-e', `inject=${calls}:error=EIO`, '-p', String(pid)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    strace.stderr.on('data', (data) => (said += data));
    await expect.poll(() => said).toContain('attached');
    return () => void strace.kill('SIGINT');
  }

  test.each(['pwrite64', 'fsync'])(
    'under the embedded database, at %s',
    async (call) => {
      const dataDir = join(mkdtempSync(join(directory, 'failing-')), 'data');
      const settings = settingsOf({ DATA_DIR: dataDir });
      const program = await startProgram(settings);
      await layGround(program.address, KEY);
      const load = startLoad(program.address, { key: KEY, readers: [], writers: 4 });
      await expect.poll(() => acknowledged(load.answers).length).toBeGreaterThan(10);
      const stop = await inject(program.process.pid!, call);
      // It goes on as long as it can, and stops where it cannot: by itself, and saying why. No commit goes without fsync.
      await expect.poll(() => load.answers.filter(({ status }) => status !== 201).length).toBeGreaterThan(20);
      const answers = await load.stop();
      stop();
      if (call === 'fsync') expect(isRunning(program.process)).toBe(false);
      if (!isRunning(program.process)) expect(program.output()).toContain('The embedded database has stopped');
      expect(answers.filter((answer) => !refusedWell(answer))).toEqual([]);
      tell(`EIO at ${call}, embedded`, { acknowledged: acknowledged(answers).length, stopped: !isRunning(program.process) });
      await end(await goOn(program, settings));
      await onEmbedded(dataDir, (database) => holdsAll(database, acknowledged(answers)));
    },
    120_000,
  );

  test('under a server', async () => {
    const data = mkdtempSync(join(directory, 'failing-'));
    chmodSync(data, 0o711);
    await onServer(data, async (server, program, settings) => {
      const load = startLoad(program.address, { key: KEY, readers: [], writers: 4 });
      await expect.poll(() => load.answers.length).toBeGreaterThan(20);
      const pids = execFileSync('pgrep', ['-P', String(server.pid())], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map(Number);
      const ends = await Promise.all(pids.map((pid) => inject(pid)));
      await expect.poll(() => load.answers.filter(({ status }) => status !== 201).length).toBeGreaterThan(20);
      for (const stop of ends) stop();
      const answers = await load.stop();
      expect(isRunning(program.process)).toBe(true);
      expect(answers.filter((answer) => !refusedWell(answer))).toEqual([]);
      await server.end('SIGQUIT');
      await server.start();
      await goOn(program, settings);
      const database = await connectDatabase({ databaseUrl: databaseUrl(server.url, 'disk'), dataDir: '', databasePool: 1 });
      tell('EIO, server', { acknowledged: acknowledged(answers).length });
      await holdsAll(database, acknowledged(answers)).finally(() => database.close());
    });
  }, 120_000);
});
