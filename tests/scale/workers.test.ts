// WORKERS: several processes on one port, as one program. Each connection here is a new one, so that it may be anybody's.
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAddress } from '../changes/reader.js';
import { type Program, runToEnd, startProgram } from '../process/program.js';
import { useDatabase } from '../support/app.js';
import { startReceiver } from '../webhooks/receiver.js';

const KEY = 'a-secret-of-at-least-thirty-two-characters';
const used = useDatabase('template0');
let program: Program;
const settings = () => ({ DATABASE_URL: used.url, WORKERS: '2', ADMIN_KEY: KEY, SEED: 'false', ALLOW_PRIVATE_WEBHOOKS: 'true' });

beforeAll(async () => {
  program = await startProgram(settings());
}, 60_000);
afterAll(async () => {
  program?.process.kill('SIGKILL');
  await program?.ended();
});

const ask = (path: string, { body, headers }: { body?: object; headers?: Record<string, string> } = {}) =>
  fetch(`${program.address}${path}`, {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    headers: {
      connection: 'close',
      ...(body !== undefined && { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }),
      ...headers,
    },
  });
const figures = async (): Promise<string> => (await ask('/metrics', { headers: { authorization: `Bearer ${KEY}` } })).text();
const figure = async (line: string): Promise<number> => {
  const text = await figures();
  const found = text.split('\n').find((one) => one.startsWith(`${line} `));
  return Number(found?.split(' ').at(-1) ?? Number.NaN);
};
const processes = (): Promise<number> => figure('demarche_processes');

/** The processes that the program has started. */
const workers = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
        return Number(parent) === program.process.pid && state !== 'Z';
      } catch {
        return false;
      }
    })
    .map(Number);

test('a new database is made once, and the figures are those of all', async () => {
  expect(program.output().match(/migrations applied/g)).toHaveLength(1);
  expect(await processes()).toBe(2);
  const asked = 'demarche_request_duration_seconds_count{operation="listTopics",method="GET",status="2xx"}';
  for (let times = 0; times < 20; times++) expect((await ask('/v1/topics')).status).toBe(200);
  await expect.poll(() => figure(asked)).toBe(20);
});

test('whoever sends the token back sees the write, whichever process answers', async () => {
  for (let times = 1; times <= 30; times++) {
    const made = await ask('/v1/events', { body: { slug: `made-${times}`, type: 'other', title: `Made ${times}`, date: '2025-07-26' } });
    const answer = await ask('/v1/timeline?limit=1&total=true', {
      headers: { 'consistency-token': made.headers.get('consistency-token')! },
    });
    expect(((await answer.json()) as { page: { total: number } }).page.total).toBe(times);
  }
});

test('a change reaches each stream once, whichever process has it, and a webhook once', async () => {
  const receiver = await startReceiver((response) => response.writeHead(204).end());
  const hook = (await (await ask('/v1/webhooks', { body: { url: receiver.url } })).json()) as { secret: string };
  receiver.secret = hook.secret;
  const address = createAddress(program.address);
  const readers = Array.from({ length: 6 }, () => address.read());
  await Promise.all(readers.map(({ response }) => response));
  for (const slug of ['one', 'two', 'three']) await ask('/v1/topics', { body: { slug, name: slug } });
  const slugs = ({ entries }: { entries: { slug: string | null }[] }) => entries.map(({ slug }) => slug);
  await expect.poll(() => readers.map(slugs)).toEqual(readers.map(() => ['one', 'two', 'three']));
  await expect.poll(() => receiver.received.length).toBe(3);
  expect(new Set(receiver.received.map(({ seq }) => seq)).size).toBe(3);
  expect(await figure('demarche_streams')).toBe(6);
  await address.close();
  await receiver.close();
});

test.runIf(process.platform === 'linux')('a worker that dies is replaced, and the others answer meanwhile', async () => {
  const before = workers();
  expect(before).toHaveLength(2);
  process.kill(before[0]!, 'SIGKILL');
  await expect.poll(() => workers().filter((pid) => !before.includes(pid)).length, { interval: 20 }).toBe(1);
  await expect.poll(processes).toBe(2);
  expect(workers()).toContain(before[1]);
  expect(program.output()).toContain('another one is started in its place');
  for (let times = 0; times < 10; times++) expect((await ask('/v1/topics')).status).toBe(200);
});

test('a port that is in use is told once for all, and ends it', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { code, output } = await runToEnd('main.js', [], { ...settings(), PORT: String(port) });
  other.close();
  expect([code, output]).toEqual([1, expect.stringContaining(`The port ${port} on 127.0.0.1 is in use`)]);
});

test('the embedded database has one process, and it says so', async () => {
  const { code, output } = await runToEnd('main.js', [], { WORKERS: '2' });
  expect([code, output]).toEqual([1, expect.stringContaining('only one process can open the embedded database')]);
});

test('it stops whole and in order', async () => {
  const address = createAddress(program.address);
  const reader = address.read();
  await reader.response;
  const before = workers();
  program.process.kill('SIGTERM');
  expect(await program.ended()).toBe(0);
  await reader.ended;
  expect(program.output().match(/"stopped"/g)).toHaveLength(2);
  for (const pid of before) expect(() => process.kill(pid, 0)).toThrow();
});
