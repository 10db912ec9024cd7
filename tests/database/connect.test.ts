// Reaching the database: a sentence where it cannot be reached, and a way back where it goes away.
import { expect, inject, test } from 'vitest';
import { newId } from '../../src/contract/ids.js';
import { connectDatabase } from '../../src/database/connect.js';
import { problemOf } from '../../src/database/failures.js';
import { write } from '../../src/database/write.js';
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

test('a user that the server does not let in is told, without the password', async () => {
  const url = new URL(api.url);
  url.username = 'no_such_user';
  url.password = 'canary';
  const message = await refusal(url.href);
  expect(message).toMatch(/^The database "demarche_test_\w+" on .+ cannot be reached \(.*no_such_user.*\); check DATABASE_URL\.$/);
  expect(message).not.toContain('canary');
});

test('it says what it is connected to', () => {
  expect(api.database.description).toMatch(/^PostgreSQL 1[5-9]/);
});

// Behind a pooler the program's own connections outlive those of the server.
test.skipIf(inject('pooler') !== null)('after connections are broken off, the next query has another one', async () => {
  const { pool } = api.database;
  await Promise.all(Array.from({ length: 4 }, () => api.get('/v1/timeline')));
  const gone = new Promise<void>((resolve) => {
    pool.on('remove', () => void (pool.totalCount <= 1 && resolve()));
  });
  const { rowCount } = await pool.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  expect(rowCount).toBeGreaterThan(0);
  await gone;
  const reads = await Promise.all(Array.from({ length: 4 }, () => api.get('/v1/timeline')));
  expect(reads.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
  expect((await api.post('/v1/topics', { name: 'After the break' })).statusCode).toBe(201);
});

test('a connection that is broken off in the middle of a query fails that query alone', async () => {
  await expect(api.database.pool.query('select pg_terminate_backend(pg_backend_pid())')).rejects.toSatisfy(
    (error) => problemOf(error)?.code === 'unavailable',
  );
  expect((await api.get('/v1/timeline')).statusCode).toBe(200);
});

test('a write whose connection is broken off leaves nothing', async () => {
  const slug = 'half-written';
  const broken = write(api.database, { author_id: null, author_name: 'test' }, async ({ tx, now }) => {
    await tx.query('insert into topics (id, slug, name, version, created_at, updated_at) values ($1, $2, $3, 1, $4, $4)', [
      newId(),
      slug,
      'Half',
      now,
    ]);
    await tx.query('select pg_terminate_backend(pg_backend_pid())');
  });
  await expect(broken).rejects.toSatisfy((error) => problemOf(error)?.code === 'unavailable');
  expect((await api.get(`/v1/topics/${slug}`)).statusCode).toBe(404);
  expect((await api.post('/v1/topics', { slug, name: 'Whole' })).statusCode).toBe(201);
});
