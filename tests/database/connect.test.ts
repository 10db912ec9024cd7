// Reaching the database: a sentence where it cannot be reached, and a way back where it goes away.
import { expect, inject, test } from 'vitest';
import { connectDatabase } from '../../src/database/connect.js';
import { StartupError } from '../../src/errors.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');
const refusal = async (databaseUrl: string): Promise<string> => {
  const error = await connectDatabase({ databaseUrl, dataDir: '', databasePool: 1 }).then(
    () => null,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(StartupError);
  return (error as Error).message;
};

test('a server that does not answer is told with its address, without its password', async () => {
  const message = await refusal('postgresql://user:canary@127.0.0.1:1/news');
  expect(message).toMatch(/^The database "news" on 127\.0\.0\.1:1 cannot be reached \(.+\); check DATABASE_URL\.$/);
  expect(message).not.toContain('canary');
});

test('a database that is not there is told', async () => {
  const url = new URL(inject('server'));
  url.pathname = '/no_such_database';
  expect(await refusal(url.href)).toMatch(/"no_such_database".*does not exist.*check DATABASE_URL/);
});

test('it says what it is connected to', () => {
  expect(api.database.description).toMatch(/^PostgreSQL 1[5-9]/);
});

test('connections that are broken off are made again', async () => {
  const break_off = () =>
    api.database.pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
  await Promise.all(Array.from({ length: 4 }, () => api.get('/v1/timeline')));
  await break_off();
  const answers = [];
  for (let n = 0; n < 6; n++) answers.push((await api.get('/v1/timeline')).statusCode);
  expect(answers.filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect(answers.at(-1)).toBe(200);
  expect((await api.post('/v1/topics', { name: 'After the break' })).statusCode).toBeLessThan(504);
  expect((await api.get('/v1/topics')).statusCode).toBe(200);
});
