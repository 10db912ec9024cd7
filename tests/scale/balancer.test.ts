// Behind HAProxy with the configuration that is handed out, processes are restarted one after the other under load, with the
// SHUTDOWN_DELAY_MS that it asks for, and nobody notices; while none is there, it says so in the form of the program.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problem } from '../../src/contract/problem.js';
import { slowest, startLoad, wronglyAnswered } from '../faults/load.js';
import { KEY, type Pair, restartInTurn, startPair } from '../faults/pair.js';
import { rounds, tell } from '../faults/rounds.js';
import { useDatabase } from '../support/app.js';
import { findFaults } from '../support/consistency.js';
import { type Balancer, hasHaproxy, startHaproxy } from '../support/haproxy.js';

const isThere = hasHaproxy();
if (!isThere) console.log('HAProxy is not installed (Debian: apt-get install haproxy); what goes through it is not tested.');

const used = useDatabase('template0');
let pair: Pair | undefined;
let balancer: Balancer;
const ready = (count: number) => expect.poll(balancer.ready, { interval: 50 }).toBe(count);

beforeAll(async () => {
  if (!isThere) return;
  pair = await startPair(used.url, { SHUTDOWN_DELAY_MS: '5000', TRUST_PROXY: '127.0.0.1' });
  balancer = await startHaproxy(pair.ports);
}, 120_000);
afterAll(async () => {
  await balancer?.close();
  await pair?.end();
});

test.runIf(isThere)('a rolling restart under writes and reads fails no request', { timeout: 600_000 }, async () => {
  await ready(2);
  const load = startLoad(balancer.address, { key: KEY, readers: ['/v1/events?limit=5', '/v1/timeline?limit=5', '/v1/topics'], writers: 3 });
  await restartInTurn(pair!, load, ready);
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
  for (const program of pair!.programs) program.process.kill('SIGKILL');
  await ready(0);
  const load = startLoad(balancer.address, { key: KEY, readers: ['/v1/topics'], writers: 1 });
  await expect.poll(() => load.answers.length).toBeGreaterThan(4);
  expect(wronglyAnswered(await load.stop())).toEqual([]);
  const answer = await fetch(`${balancer.address}/v1/topics`);
  expect(problem.parse(await answer.json())).toMatchObject({ type: '/problems/unavailable', status: answer.status });
});
