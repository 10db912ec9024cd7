// The program as a newcomer starts it: nothing set, nothing there; killed, and started again.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Program, post, runToEnd, startProgram } from './program.js';

const directory = mkdtempSync(join(tmpdir(), 'demarche-program-'));
const settings = { DATA_DIR: join(directory, 'data') };
let program: Program;
let key: string;
const slugs = async (): Promise<string[]> => {
  const { data } = (await (await fetch(`${program.address}/v1/timeline?from=2025-07&to=2025-08&limit=200`)).json()) as {
    data: { slug: string }[];
  };
  return data.map(({ slug }) => slug);
};

beforeAll(async () => {
  program = await startProgram(settings);
}, 120_000);
afterAll(async () => {
  program.process.kill('SIGKILL');
  await program.ended();
  rmSync(directory, { recursive: true });
});

test('the first start says where things are and shows an admin key, which works', async () => {
  expect(program.output()).toMatch(/Demarche is running on embedded PostgreSQL/);
  for (const [name, path] of [
    ['API', '/v1/events'],
    ['Timeline', '/v1/timeline?from=2025-07&to=2025-08'],
    ['Swagger UI', '/docs'],
  ] as const) {
    expect(program.output()).toMatch(new RegExp(`${name} +${program.address}${path.replace('?', '\\?')}\\n`));
    expect((await fetch(`${program.address}${path}`)).status).toBe(200);
  }
  key = /Admin key +(dmr_\S+)/.exec(program.output())![1]!;
  expect((await fetch(`${program.address}/v1/keys`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
  expect(await slugs()).toContain('li-qiang-waic-2025-keynote');
});

test('the log is one JSON line for each request', async () => {
  const id = 'asked-by-the-test';
  await fetch(`${program.address}/v1/topics?limit=1`, { headers: { 'x-request-id': id } });
  await expect.poll(() => program.output()).toContain(id);
  const lines = program
    .output()
    .split('\n')
    .filter((line) => line.includes(id));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({
    level: 30,
    reqId: id,
    operation: 'listTopics',
    status: 200,
    duration_ms: expect.any(Number),
  });
});

test('a second process on the same directory is refused in one sentence, and harms nothing', async () => {
  const { code, output } = await runToEnd('main.js', [], { ...settings, PORT: '0' });
  expect([code, output]).toEqual([
    1,
    expect.stringMatching(/^The data directory .+ is already open in process \d+; stop that one first.+\n$/),
  ]);
  const command = await runToEnd('cli/main.js', ['keys', 'list'], settings);
  expect([command.code, command.output]).toEqual([1, expect.stringContaining('POST /v1/keys')]);
  expect((await fetch(`${program.address}/health/ready`)).status).toBe(200);
});

test('a write that was acknowledged survives SIGKILL, and the next start keeps everything', async () => {
  const made = await post(program.address, key, '/v1/events', {
    slug: 'just-before',
    type: 'other',
    title: 'Just before',
    date: '2025-07-26',
  });
  expect(made.status).toBe(201);
  program.process.kill('SIGKILL');
  await program.ended();
  expect(existsSync(join(settings.DATA_DIR, 'lock'))).toBe(true);
  program = await startProgram(settings);
  expect(await slugs()).toEqual(expect.arrayContaining(['just-before', 'li-qiang-waic-2025-keynote']));
  expect(program.output()).not.toContain('Admin key');
  expect((await fetch(`${program.address}/v1/keys`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
});

test('SIGTERM closes the database and ends with 0', async () => {
  program.process.kill('SIGTERM');
  expect(await program.ended()).toBe(0);
  expect(existsSync(join(settings.DATA_DIR, 'lock'))).toBe(false);
});
