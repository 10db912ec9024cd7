// Two processes behind a proxy are restarted one after the other, under load, and nobody notices.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Program, startProgram } from '../process/program.js';
import { useDatabase } from '../support/app.js';
import { findFaults } from '../support/consistency.js';
import { freePort } from '../support/free-port.js';
import { layGround, slowest, startLoad } from './load.js';
import { type LoadBalancer, startProxy } from './proxy.js';
import { rounds, tell } from './rounds.js';

const KEY = 'a-secret-of-at-least-thirty-two-characters';
const used = useDatabase('template0');
const programs: Program[] = [];
const ports: number[] = [];
let proxy: LoadBalancer;
const start = (index: number, settings: Record<string, string> = {}) =>
  startProgram({
    DATABASE_URL: used.url,
    PORT: String(ports[index]),
    ADMIN_KEY: KEY,
    SEED: 'false',
    LOG_LEVEL: 'warn',
    SHUTDOWN_DELAY_MS: '600',
    ...settings,
  });

beforeAll(async () => {
  for (const index of [0, 1]) {
    ports.push(await freePort());
    programs.push(await start(index));
  }
  await layGround(programs[0]!.address, KEY);
  proxy = await startProxy(programs.map(({ address }) => address));
}, 60_000);
afterAll(async () => {
  await proxy?.close();
  for (const program of programs) {
    program.process.kill('SIGKILL');
    await program.ended();
  }
});

test('SIGTERM fails no request: first it is not ready, then it takes nothing new, and what runs is finished', async () => {
  const load = startLoad(proxy.address, { key: KEY, readers: ['/v1/events?limit=5', '/v1/timeline?limit=5', '/v1/topics'], writers: 3 });
  for (const _ of rounds(1))
    for (const index of [0, 1]) {
      const before = load.answers.length;
      programs[index]!.process.kill('SIGTERM');
      await expect.poll(() => proxy.ready(), { interval: 20 }).toBe(1);
      expect(await programs[index]!.ended()).toBe(0);
      await expect.poll(() => load.answers.length).toBeGreaterThan(before + 50);
      programs[index] = await start(index);
      await expect.poll(() => proxy.ready(), { interval: 20 }).toBe(2);
    }
  const answers = await load.stop();
  const written = answers.filter(({ status }) => status === 201);
  tell('restarted', {
    restarts: 2 * rounds(1).length,
    answers: answers.length,
    written: written.length,
    failed: 0,
    slowest_ms: slowest(answers),
  });
  expect(answers.filter(({ status }) => status !== 200 && status !== 201)).toEqual([]);
  expect(written.length).toBeGreaterThan(20);
  const { rows } = await used.database.pool.query('select 1 from events where slug = any($1)', [written.map(({ slug }) => slug)]);
  expect(rows).toHaveLength(written.length);
  expect(await findFaults(used.database)).toEqual([]);
}, 300_000);
