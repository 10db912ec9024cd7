// What shared caches are told of an answer that took long: it may be from before a change that was purged meanwhile.
import { setTimeout as pause } from 'node:timers/promises';
import Fastify from 'fastify';
import { afterAll, expect, test } from 'vitest';
import { FOR_ALL } from '../../src/http/conditional.js';
import { registerSharedCaches } from '../../src/http/shared-caches.js';

const app = Fastify();
registerSharedCaches(app, 3600);
app.get<{ Querystring: { after: number } }>('/', async ({ query }, reply) => {
  await pause(Number(query.after));
  return reply.headers(FOR_ALL).send('an answer');
});
afterAll(() => app.close());

test('what was answered soon is kept; what took long is not, until it is asked again', async () => {
  const told = async (after: number) => {
    const { headers } = await app.inject(`/?after=${after}`);
    return [headers['cache-control'], headers['surrogate-key']];
  };
  const kept = ['public, max-age=0, s-maxage=3600, stale-while-revalidate=5', 'all overview'];
  expect(await told(0)).toEqual(kept);
  expect(await told(950)).toEqual([FOR_ALL['cache-control'], undefined]);
  expect(await told(0)).toEqual(kept);
});
