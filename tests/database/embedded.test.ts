// The embedded database: the same answers as a server, one process at a time, and nothing lost between them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectDatabase, type Database } from '../../src/database/connect.js';
import { readMigrations } from '../../src/database/migrate.js';
import { openDatabase } from '../../src/database/open.js';
import { StartupError } from '../../src/errors.js';
import { MIGRATIONS, SEED } from '../../src/files.js';
import { readDataSet } from '../../src/seed/files.js';
import { loadDataSet } from '../../src/seed/load.js';
import { openAppOn, useApp } from '../support/app.js';

const onServer = useApp('seeded');
const directory = mkdtempSync(join(tmpdir(), 'demarche-embedded-'));
const lock = join(directory, 'lock');
let database: Database;
let api: Awaited<ReturnType<typeof openAppOn>>;

const open = async () => {
  const opened = await openDatabase({ databaseUrl: undefined, dataDir: directory, databasePool: 10 }, readMigrations(MIGRATIONS));
  database = opened.database;
  api = await openAppOn(database);
  return opened.applied;
};
const close = async () => {
  await api.app.close();
  await database.close();
};
const refusal = async (dataDir: string): Promise<string> => {
  const error = await connectDatabase({ databaseUrl: undefined, dataDir, databasePool: 1 }).then(
    (database) => database.close(),
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(StartupError);
  return (error as Error).message;
};
/** An answer without what differs between two databases that hold the same. */
const plain = (body: string): string =>
  body
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id')
    .replace(/"[^"]*_at":"[^"]*"/g, '')
    .replace(/cursor=[\w-]+/g, '');

beforeAll(async () => {
  expect(await open()).toEqual(readMigrations(MIGRATIONS).map(({ name }) => name));
  await loadDataSet(readDataSet(SEED), { database, services: api.services });
}, 120_000);
afterAll(async () => {
  await close();
  rmSync(directory, { recursive: true });
});

test.each([
  '/v1/timeline?limit=200',
  '/v1/timeline?from=2025-07&to=2025-08&country=CN&total=true',
  '/v1/events/li-qiang-waic-2025-keynote',
  '/v1/initiatives?limit=200',
  '/v1/action-plans/global-ai-governance-action-plan',
])('GET %s answers as on a server', async (url) => {
  expect(plain((await api.get(url)).body)).toBe(plain((await onServer.get(url)).body));
});

test('many writes and reads at once share the one connection, and each is done', async () => {
  const made = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const answer = await api.post('/v1/events', {
        type: 'other',
        title: `At once ${n}`,
        date: '2031',
        topics: n === 0 ? [{ name: 'At once' }] : [],
      });
      expect((await api.get('/v1/timeline?from=2031')).statusCode).toBe(200);
      return answer.statusCode;
    }),
  );
  expect(made).toEqual(Array(20).fill(201));
  expect((await api.get('/v1/timeline?from=2031&to=2031&total=true')).json().page.total).toBeGreaterThanOrEqual(20);
});

test('a write that is refused or not kept gives the connection back and leaves nothing', async () => {
  const statuses = await Promise.all(
    [
      ['', { topics: ['no-such-topic'] }],
      ['', { slug: 'li-qiang-waic-2025-keynote' }],
      ['?validate_only=true', {}],
    ].map(async ([query, more]) => {
      const answer = await api.post(`/v1/events${query}`, { type: 'other', title: 'Not kept', date: '2032', ...(more as object) });
      return answer.statusCode;
    }),
  );
  expect(statuses).toEqual([422, 409, 200]);
  const { data } = (await api.get('/v1/timeline?from=2032&to=2032&type=other&limit=200')).json();
  expect(data.map(({ title }: { title: string }) => title)).not.toContain('Not kept');
});

test('what was written is there when it is opened again', async () => {
  const before = (await api.get('/v1/timeline?from=2031&limit=200')).body;
  await close();
  expect(existsSync(lock)).toBe(false);
  expect(await open()).toEqual([]);
  expect((await api.get('/v1/timeline?from=2031&limit=200')).body).toBe(before);
});

describe('one at a time', () => {
  test('the same process is refused', async () => {
    expect(await refusal(directory)).toMatch(/already open in this process/);
    expect((await api.get('/v1/timeline?limit=1')).statusCode).toBe(200);
  });

  test('another process is refused, and told which one has it', async () => {
    const other = mkdtempSync(join(tmpdir(), 'demarche-locked-'));
    writeFileSync(join(other, 'lock'), `${process.ppid}\n`);
    expect(await refusal(other)).toMatch(new RegExp(`already open in process ${process.ppid}; stop that one first`));
    expect(readFileSync(join(other, 'lock'), 'utf8')).toBe(`${process.ppid}\n`);
    expect(existsSync(join(other, 'postgres'))).toBe(false);
    rmSync(other, { recursive: true });
  });

  test('a lock from another machine is not taken over, since nobody here can see whether it is in use', async () => {
    const other = mkdtempSync(join(tmpdir(), 'demarche-locked-'));
    writeFileSync(join(other, 'lock'), '1\n\nanother-machine\n');
    expect(await refusal(other)).toMatch(/already open in process 1 on another-machine; .+ delete .+lock/);
    rmSync(other, { recursive: true });
  });

  test.each([
    ['a dead process', '2147483646\n'],
    ['a dead process whose number another one was given', `${process.ppid}\n1\n`],
    ['a process that was killed while it wrote', ''],
  ])('a lock that %s left is taken over', async (_, left) => {
    // The beginnings of processes are known on Linux alone.
    if (left.endsWith('1\n') && !existsSync('/proc/self/stat')) return;
    await close();
    writeFileSync(lock, left);
    await open();
    expect(readFileSync(lock, 'utf8')).toMatch(new RegExp(`^${process.pid}\\n`));
  });

  test('a process that was killed and not yet swept up holds nothing', async () => {
    if (!existsSync('/proc/self/stat')) return;
    // The shell becomes another program, which never asks what became of the child that the shell had.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line);
    try {
      await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
      await close();
      writeFileSync(lock, `${pid}\n`);
      await open();
    } finally {
      parent.kill();
    }
  });
});

test('a directory that cannot be made is told with the variable that sets it', async () => {
  const file = join(directory, 'a-file');
  writeFileSync(file, '');
  expect(await refusal(join(file, 'data'))).toMatch(/^The data directory .+ cannot be made \(.+\); set DATA_DIR to one that can\.$/);
});

test.skipIf(!existsSync('/proc/self/stat'))('a directory that cannot be written is told with the variable that sets it', async () => {
  expect(await refusal('/proc/self')).toMatch(/^The data directory .+ cannot be written \(.+\); set DATA_DIR to one that can\.$/);
});

test('a directory that holds something else is told with the cause, and given back', async () => {
  const other = mkdtempSync(join(tmpdir(), 'demarche-other-'));
  writeFileSync(join(other, 'postgres'), 'not a directory');
  const message = await refusal(other);
  expect(message).toMatch(/^The embedded database in .+ cannot be opened \(.+\)\.$/);
  expect(message).not.toMatch(/undefined|\[object/);
  expect(existsSync(join(other, 'lock'))).toBe(false);
  expect(readFileSync(join(other, 'postgres'), 'utf8')).toBe('not a directory');
  rmSync(other, { recursive: true });
});
