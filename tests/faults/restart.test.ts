// Two processes behind a proxy are restarted one after the other, under load, and nobody notices.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useDatabase } from '../support/app.js';
import { findFaults } from '../support/consistency.js';
import { slowest, startLoad } from './load.js';
import { KEY, type Pair, restartInTurn, startPair } from './pair.js';
import { type LoadBalancer, startProxy } from './proxy.js';
import { rounds, tell } from './rounds.js';

const used = useDatabase('template0');
let pair: Pair;
let proxy: LoadBalancer;

beforeAll(async () => {
  pair = await startPair(used.url, { SHUTDOWN_DELAY_MS: '600' });
  proxy = await startProxy(pair.programs.map(({ address }) => address));
}, 60_000);
afterAll(async () => {
  await proxy?.close();
  await pair?.end();
});

test('SIGTERM fails no request: first it is not ready, then it takes nothing new, and what runs is finished', async () => {
  const load = startLoad(proxy.address, { key: KEY, readers: ['/v1/events?limit=5', '/v1/timeline?limit=5', '/v1/topics'], writers: 3 });
  await restartInTurn(pair, load, (count) => expect.poll(() => proxy.ready(), { interval: 20 }).toBe(count));
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
