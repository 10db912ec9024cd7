// Load is shed while the process cannot keep up: readers are told to come back, and health is answered all the same.
import { expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');

/** Keeps the process from anything else. */
function block(duration_ms: number): void {
  const end = performance.now() + duration_ms;
  while (performance.now() < end);
}

test('while the event loop comes round late', async () => {
  const app = await buildApp({
    config: { logLevel: 'silent' },
    database: api.database,
    services: api.services,
    openapi: '{}',
    loopDelay_ms: 100,
  });
  try {
    const statusOf = async (url: string) => (await app.inject(url)).statusCode;
    expect(await statusOf('/v1/topics')).toBe(200);
    await expect
      .poll(
        async () => {
          block(300);
          return statusOf('/v1/topics');
        },
        { timeout: 10_000, interval: 10 },
      )
      .toBe(503);
    const refused = await app.inject('/v1/topics');
    expect(refused.headers['retry-after']).toBe('2');
    expect(refused.json()).toMatchObject({ type: '/problems/unavailable', status: 503 });
    expect(await statusOf('/health/live')).toBe(200);
    expect(await statusOf('/health/ready')).toBe(200);
    await expect.poll(() => statusOf('/v1/topics'), { timeout: 10_000 }).toBe(200);
  } finally {
    await app.close();
  }
});
