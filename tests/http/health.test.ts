// Health: live while the process runs, ready while requests can be served.
import { expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { createDataState } from '../../src/database/state.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const isAway = {
  pool: { query: () => Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' })) },
  reads: {},
  state: createDataState(() => Promise.reject(new Error('away')), false),
};

test('it is live and ready', async () => {
  for (const url of ['/health/live', '/health/ready']) {
    const answer = await api.get(url);
    expect([answer.statusCode, answer.json(), answer.headers['cache-control']]).toEqual([200, { status: 'ok' }, 'no-store']);
  }
});

test.each([
  ['while the database is away', { database: isAway as never }],
  ['while it is about to stop', { isStopping: () => true }],
])('%s it is live but not ready', async (_, options) => {
  const app = await buildApp({ config: { logLevel: 'silent' }, database: api.database, services: api.services, openapi: '{}', ...options });
  expect((await app.inject('/health/live')).statusCode).toBe(200);
  const answer = await app.inject('/health/ready');
  expect([answer.statusCode, answer.json().type]).toEqual([503, '/problems/unavailable']);
  expect(answer.headers['retry-after']).toBeDefined();
  await app.close();
});
