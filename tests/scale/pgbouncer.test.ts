// Through PgBouncer in transaction mode, where the next transaction of a connection may be on another one. Here it has a
// single connection to the server, so that whatever is left on it meets everybody. `npm run test:pgbouncer` runs all
// tests through one.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connectDatabase, type Database } from '../../src/database/connect.js';
import { readMigrations } from '../../src/database/migrate.js';
import { openDatabase } from '../../src/database/open.js';
import { MIGRATIONS } from '../../src/files.js';
import { listen } from '../changes/reader.js';
import { openAppOn, type Tested, useDatabase } from '../support/app.js';
import { reaching } from '../support/databases.js';
import { hasPgBouncer, type Pooler, startPgBouncer } from '../support/pgbouncer.js';
import { startReceiver } from '../webhooks/receiver.js';

const isThere = hasPgBouncer();
if (!isThere) console.log('PgBouncer is not installed (Debian: apt-get install pgbouncer); what goes through it is not tested.');

const used = useDatabase('template0');
let pooler: Pooler;
let database: Database;
let api: Omit<Tested, 'url'>;
const settings = () => ({ ...reaching(used.url, pooler.url), dataDir: '', databasePool: 8 });

beforeAll(async () => {
  if (!isThere) return;
  pooler = await startPgBouncer(inject('server'), { size: 1 });
  ({ database } = await openDatabase(settings(), readMigrations(MIGRATIONS)));
  api = await openAppOn(database, { allowPrivateWebhooks: true, deliveries: { pollMs: 50 } });
});
afterAll(async () => {
  await api?.services.deliveries.stop();
  await api?.app.close();
  await database?.close();
  await pooler?.stop();
});

test.runIf(isThere)('many read and write at once on one connection', async () => {
  const slugs = Array.from({ length: 20 }, (_, index) => `topic-${index}`);
  const answers = await Promise.all([
    ...slugs.map((slug) => api.post('/v1/topics', { slug, name: slug })),
    ...slugs.map(() => api.get('/v1/timeline?q=anything&facets=topic')),
    ...slugs.map(() => api.get('/v1/topics?limit=3')),
  ]);
  expect([...new Set(answers.map(({ statusCode }) => statusCode))].sort()).toEqual([200, 201]);
  expect((await api.get('/v1/topics?total=true')).json().page.total).toBe(20);
});

test.runIf(isThere)('nothing is left on the connection: no lock, no setting, no statement', async () => {
  await api.patch('/v1/topics/topic-1', { name: 'Again' });
  const { rows } = await database.pool.query(
    `select (select count(*)::int from pg_prepared_statements) as statements,
       (select count(*)::int from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())) as locks,
       current_setting('statement_timeout') as timeout, current_setting('plan_cache_mode') as plans`,
  );
  expect(rows).toEqual([{ statements: 0, locks: 0, timeout: '5s', plans: 'auto' }]);
});

test.runIf(isThere)('a stream is told of a change past the pooler, sooner than it would look', async () => {
  const { address } = await listen(api);
  const listeners = async () =>
    (await used.database.pool.query(`select 1 from pg_stat_activity where datname = current_database() and query like 'listen%'`)).rowCount;
  const stream = address.read();
  await expect.poll(listeners).toBe(1);
  await api.post('/v1/topics', { slug: 'streamed', name: 'Streamed' });
  await expect.poll(() => stream.events.length, { timeout: 900 }).toBe(1);
  await address.close();
});

test.runIf(isThere)('webhooks are delivered, with their jobs behind the pooler', async () => {
  const receiver = await startReceiver((response) => response.writeHead(204).end());
  api.services.deliveries.start({ info: () => {}, warn: () => {} });
  const made = await api.post('/v1/webhooks', { url: receiver.url }, { as: 'admin' });
  receiver.secret = made.json().secret;
  await api.post('/v1/topics', { slug: 'delivered', name: 'Delivered' });
  await expect.poll(() => receiver.received.length).toBe(1);
  await receiver.close();
});

test.runIf(isThere)('a pooler without time limits for statements is refused, with what to do', async () => {
  const careless = await startPgBouncer(inject('server'), { session: 'select 1' });
  const opening = connectDatabase({ ...reaching(used.url, careless.url), dataDir: '', databasePool: 1 });
  await expect(opening).rejects.toThrow("alter role current_user set statement_timeout = '5000ms'");
  await careless.stop();
});
