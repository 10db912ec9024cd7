// Turns, and who waits for a connection: each only so long, and only so many.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BoundedPool } from '../../src/database/bounded-pool.js';
import { problemOf } from '../../src/database/failures.js';
import { write } from '../../src/database/write.js';
import { createTurns } from '../../src/turns.js';
import { useDatabase } from '../support/app.js';

const used = useDatabase('empty');
const author = { author_id: null, author_name: 'test' };

/** Work that ends when it is told to. */
function held() {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, work: () => ended };
}

describe('turns', () => {
  const inVain = () => Object.assign(new Error('In vain.'), { code: '55P03' });

  test('so many run at a time, the others in the order in which they came', async () => {
    const turns = createTurns(2);
    const [first] = [await turns.take(1000), await turns.take(1000)];
    const log: number[] = [];
    const waiting = [3, 4, 5].map(async (n) => {
      const giveBack = await turns.take(1000);
      log.push(n);
      giveBack();
    });
    await Promise.resolve();
    expect(log).toEqual([]);
    first!();
    await Promise.all(waiting);
    expect(log).toEqual([3, 4, 5]);
  });

  test('who waits too long is told to come back, and the turn goes on', async () => {
    const turns = createTurns(1, inVain);
    const giveBack = await turns.take(1000);
    const error = await turns.take(20).catch((thrown: unknown) => thrown);
    expect(problemOf(error)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    giveBack();
    expect(await turns.take(1000)).toBeTypeOf('function');
  });

  test('where one waited in vain for what all want, the others are told at once, but for those with all the time', async () => {
    const turns = createTurns(1, inVain);
    const giveBack = await turns.take(1000);
    const [hasty, patient] = [turns.take(60_000), turns.take(0)];
    turns.giveUp();
    await expect(hasty).rejects.toMatchObject({ code: '55P03' });
    giveBack();
    expect(await patient).toBeTypeOf('function');
  });
});

test('writes that wait take no connection from those who read', async () => {
  const first = held();
  const running = write(used.database, author, first.work);
  const waiting = Array.from({ length: 20 }, () => write(used.database, author, async () => {}));
  await expect.poll(() => used.database.pool.totalCount - used.database.pool.idleCount).toBe(2);
  expect(used.database.pool.waitingCount).toBe(0);
  expect((await used.database.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  first.end();
  await Promise.all([running, ...waiting]);
});

test('a write waits for the lock of another process only so long, and says 503 then', async () => {
  const blocker = new pg.Client({ connectionString: used.url });
  await blocker.connect();
  const blocking = (await blocker.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;
  await blocker.query('begin');
  await write(used.database, author, async ({ tx }) => {
    const { rows } = await tx.query<{ objid: string; classid: string }>(
      `select objid::text, classid::text from pg_locks where locktype = 'advisory' and granted and pid = pg_backend_pid()`,
    );
    expect(rows).toHaveLength(1);
    const key = BigInt(rows[0]!.classid) * 2n ** 32n + BigInt(rows[0]!.objid);
    void blocker.query(`select pg_advisory_xact_lock(${key})`);
  });
  try {
    await expect
      .poll(() => used.database.pool.query(`select 1 from pg_locks where locktype = 'advisory' and granted and pid = $1`, [blocking]))
      .toMatchObject({ rowCount: 1 });
    const error = await write(used.database, { ...author, statement_timeout_ms: 50 }, async () => {}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: '55P03' });
    expect(problemOf(error)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  } finally {
    await blocker.end();
  }
  expect(await write(used.database, author, async () => 'done')).toBe('done');
});

test('a statement that takes too long is ended, and says 503', async () => {
  const slow = write(used.database, { ...author, statement_timeout_ms: 50 }, ({ tx }) => tx.query('select pg_sleep(30)'));
  const error = await slow.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: '57014' });
  expect(problemOf(error)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
});

test('so is one of a reader, after a few seconds; one that was said to take long goes on', async () => {
  const patient = write(used.database, { ...author, statement_timeout_ms: 0 }, ({ tx }) => tx.query('select 1 as one, pg_sleep(7)'));
  const error = await used.database.pool.query('select pg_sleep(60)').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: '57014' });
  expect(problemOf(error)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  expect((await patient).rows).toMatchObject([{ one: 1 }]);
}, 20_000);

describe('for a connection', () => {
  let pool: pg.Pool;
  beforeAll(() => {
    pool = new BoundedPool({ connectionString: used.url, max: 1, connectionTimeoutMillis: 100 }, 2);
  });
  afterAll(() => pool.end());

  test('only so many wait; one more is told to come back, however it asks', async () => {
    const client = await pool.connect();
    const waiting = [pool.query('select 1 as one'), pool.connect()];
    const busy = { code: 'unavailable', status: 503, headers: { 'retry-after': '1' } };
    await expect(pool.query('select 2')).rejects.toMatchObject(busy);
    await expect(pool.connect()).rejects.toMatchObject(busy);
    client.release();
    expect(await waiting[0]).toMatchObject({ rows: [{ one: 1 }] });
    ((await waiting[1]) as pg.PoolClient).release();
  });

  test('and only so long', async () => {
    const client = await pool.connect();
    const error = await pool.query('select 1').catch((thrown: unknown) => thrown);
    expect(problemOf(error)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    client.release();
  });
});
