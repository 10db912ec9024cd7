// Behind HAProxy with the configuration that is handed out, processes are restarted one after the other under load, with the
// SHUTDOWN_DELAY_MS that it asks for, and nobody notices; while none is there, it says so in the form of the program.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problem } from '../../src/contract/problem.js';
import { layGround, slowest, startLoad, wronglyAnswered } from '../faults/load.js';
import { rounds, tell } from '../faults/rounds.js';
import { type Program, startProgram } from '../process/program.js';
import { useDatabase } from '../support/app.js';
import { findFaults } from '../support/consistency.js';
import { freePort } from '../support/free-port.js';
import { type Balancer, hasHaproxy, startHaproxy } from '../support/haproxy.js';

const isThere = hasHaproxy();
if (!isThere) console.log('HAProxy is not installed (Debian: apt-get install haproxy); what goes through it is not tested.');

const KEY = 'a-secret-of-at-least-thirty-two-characters';
const used = useDatabase('template0');
const programs: Program[] = [];
const ports: number[] = [];
let balancer: Balancer;
const start = (index: number) =>
  startProgram({
    DATABASE_URL: used.url,
    PORT: String(ports[index]),
    ADMIN_KEY: KEY,
    SEED: 'false',
    LOG_LEVEL: 'warn',
    SHUTDOWN_DELAY_MS: '5000',
    TRUST_PROXY: '127.0.0.1',
  });
const ready = (count: number) => expect.poll(balancer.ready, { interval: 50 }).toBe(count);

beforeAll(async () => {
  if (!isThere) return;
  for (const index of [0, 1]) {
    ports.push(await freePort());
    programs.push(await start(index));
  }
  await layGround(programs[0]!.address, KEY);
  balancer = await startHaproxy(ports);
}, 120_000);
afterAll(async () => {
  await balancer?.close();
  for (const program of programs) {
    program.process.kill('SIGKILL');
    await program.ended();
  }
});

test.runIf(isThere)('a rolling restart under writes and reads fails no request', { timeout: 600_000 }, async () => {
  await ready(2);
  const load = startLoad(balancer.address, { key: KEY, readers: ['/v1/events?limit=5', '/v1/timeline?limit=5', '/v1/topics'], writers: 3 });
  for (const _ of rounds(1))
    for (const index of [0, 1]) {
      const before = load.answers.length;
      programs[index]!.process.kill('SIGTERM');
      await ready(1);
      expect(await programs[index]!.ended()).toBe(0);
      await expect.poll(() => load.answers.length).toBeGreaterThan(before + 50);
      programs[index] = await start(index);
      await ready(2);
    }
  const answers = await load.stop();
  const written = answers.filter(({ status }) => status === 201);
  // A process that has too much to do says so with a Retry-After of its own: that is no fault of the restart.
  const shed = answers.filter(({ status, retryAfter }) => status === 503 && retryAfter === '2');
  const failed = answers.filter((answer) => answer.status !== 200 && answer.status !== 201 && !shed.includes(answer));
  tell('restarted behind HAProxy', {
    restarts: 2 * rounds(1).length,
    answers: answers.length,
    written: written.length,
    failed: failed.length,
    shed: shed.length,
    slowest_ms: slowest(answers),
  });
  expect(failed).toEqual([]);
  expect(written.length).toBeGreaterThan(20);
  const { rows } = await used.database.pool.query('select 1 from events where slug = any($1)', [written.map(({ slug }) => slug)]);
  expect(rows).toHaveLength(written.length);
  expect(await findFaults(used.database)).toEqual([]);
});

test.runIf(isThere)('while no process is there, the balancer answers 503 as the program does', async () => {
  for (const program of programs) program.process.kill('SIGKILL');
  await ready(0);
  const load = startLoad(balancer.address, { key: KEY, readers: ['/v1/topics'], writers: 1 });
  await expect.poll(() => load.answers.length).toBeGreaterThan(4);
  expect(wronglyAnswered(await load.stop())).toEqual([]);
  const answer = await fetch(`${balancer.address}/v1/topics`);
  expect(problem.parse(await answer.json())).toMatchObject({ type: '/problems/unavailable', status: answer.status });
});
