// How anything is written: whole or not at all, one writer at a time, the history in the order of commits.
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/contract/ids.js';
import { problemOf } from '../../src/database/failures.js';
import { changedFields, record, type Write, write } from '../../src/database/write.js';
import { useDatabase } from '../support/app.js';

const used = useDatabase('empty');
const author = { author_id: null, author_name: 'test' };
const change = (document: object, id = newId(), version = 1, previous: object | null = null) => ({
  entity: 'topic',
  id,
  version,
  operation: 'created',
  document,
  previous,
  is_public: true,
});
const sequence = async (): Promise<{ seq: string; n: number }[]> =>
  (await used.database.pool.query(`select seq, (state ->> 'n')::int as n from revisions order by seq`)).rows;
const put = (n: number) => async (running: Write) => record(running, [change({ n })]);

beforeAll(async () => void (await used.database.pool.query('truncate revisions')));

test('what throws leaves nothing', async () => {
  const failing = write(used.database, author, async (running) => {
    await put(1)(running);
    throw new Error('No.');
  });
  await expect(failing).rejects.toThrow('No.');
  expect(await sequence()).toEqual([]);
});

test('validate_only does everything, returns it and leaves nothing', async () => {
  const seen = await write(used.database, { ...author, validate_only: true }, async (running) => {
    await put(1)(running);
    return (await running.tx.query<{ n: number }>('select count(*)::int as n from revisions')).rows[0]!.n;
  });
  expect(seen).toBe(1);
  expect(await sequence()).toEqual([]);
});

test('writers take turns: none begins before the one before it is done', async () => {
  const log: string[] = [];
  const turn = (n: number) =>
    write(used.database, author, async (running) => {
      log.push(`begin ${n}`);
      await put(n)(running);
      await running.tx.query('select 1');
      log.push(`end ${n}`);
    });
  await Promise.all([1, 2, 3, 4].map(turn));
  for (let index = 0; index < log.length; index += 2) expect(log[index]!.replace('begin', 'end')).toBe(log[index + 1]);
  const order = log.filter((line) => line.startsWith('end')).map((line) => Number(line.slice(4)));
  expect((await sequence()).map(({ n }) => n)).toEqual(order);
});

test('a reader who goes on from the last seq it saw meets each change once, while many write', async () => {
  const { pool } = used.database;
  const start = Number((await pool.query<{ seq: string }>('select coalesce(max(seq), 0) as seq from revisions')).rows[0]!.seq);
  let seen = start;
  const met: number[] = [];
  const readOn = async () => {
    const { rows } = await pool.query<{ seq: string; n: number }>(
      `select seq, (state ->> 'n')::int as n from revisions where seq > $1 order by seq`,
      [seen],
    );
    met.push(...rows.map(({ n }) => n));
    seen = Number(rows.at(-1)?.seq ?? seen);
  };
  const numbers = Array.from({ length: 12 }, (_, n) => 100 + n);
  let writing = true;
  const reading = (async () => {
    while (writing) await readOn();
  })();
  // Each takes its number of the sequence first and then stays a while, the earlier ones longer.
  const slowly = (n: number) =>
    write(used.database, author, async (running) => {
      await put(n)(running);
      for (let more = n; more < 112; more++) await running.tx.query('select 1');
    });
  await Promise.all(numbers.map(slowly));
  writing = false;
  await reading;
  await readOn();
  expect(met.sort((a, b) => a - b)).toEqual(numbers);
});

test('all changes of one write bear one instant, which lies after that of the write before it, whatever the clock says', async () => {
  await used.database.pool.query(
    `update revisions set recorded_at = now() + interval '1 hour' where seq = (select max(seq) from revisions)`,
  );
  await write(used.database, author, async (running) => record(running, [change({ n: 8 }), change({ n: 9 })]));
  const { rows } = await used.database.pool.query<{ recorded_at: Date }>('select recorded_at from revisions order by seq desc limit 3');
  const [last, other, before] = rows.map(({ recorded_at }) => recorded_at.getTime());
  expect(last).toBe(other);
  expect(other! - before!).toBe(1);
});

test('a new version takes the place of the one in force', async () => {
  const id = newId();
  await write(used.database, author, (running) => record(running, [change({ a: 1, b: 1 }, id)]));
  await write(used.database, author, (running) => record(running, [change({ a: 1, c: 1 }, id, 2, { a: 1, b: 1 })]));
  const { rows } = await used.database.pool.query(
    'select version, superseded_at is null as in_force, changed_fields from revisions where entity_id = $1 order by seq',
    [id],
  );
  expect(rows).toEqual([
    { version: 1, in_force: false, changed_fields: ['a', 'b'] },
    { version: 2, in_force: true, changed_fields: ['b', 'c'] },
  ]);
});

test.each([
  [{}, { a: 1 }, ['a']],
  [{ a: 1 }, { a: 1 }, []],
  [{ a: [1, 2] }, { a: [2, 1] }, ['a']],
  [{ a: null }, {}, ['a']],
  [{ a: { b: 1 } }, { a: { b: 1 } }, []],
])('between %j and %j the changed fields are %j', (before, after, fields) => {
  expect(changedFields(before, after)).toEqual(fields);
});

describe('a write that collides with another transaction', () => {
  const collide = (code: string) => `do $$ begin raise exception 'collided' using errcode = '${code}'; end $$`;

  test.each(['40001', '40P01'])('%s: runs again, whole', async (code) => {
    let runs = 0;
    await write(used.database, author, async (running) => {
      await put(200 + runs)(running);
      if (++runs < 4) await running.tx.query(collide(code));
    });
    expect(runs).toBe(4);
    expect((await sequence()).slice(-1).map(({ n }) => n)).toEqual([203]);
    expect((await sequence()).filter(({ n }) => n >= 200 && n < 203)).toEqual([]);
  });

  test('but not for ever: then it is 503, to be tried again', async () => {
    let runs = 0;
    const failing = write(used.database, author, async (running) => {
      runs++;
      await running.tx.query(collide('40001'));
    });
    const error = await failing.catch((thrown: unknown) => thrown);
    expect(runs).toBe(5);
    expect(problemOf(error)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  });

  test('also where it collides as it is committed', async () => {
    const { pool } = used.database;
    await pool.query('create sequence tries; create table collisions (n int)');
    await pool.query(`create function collide() returns trigger language plpgsql as $$ begin
      if nextval('tries') < 3 then raise exception 'collided' using errcode = '40001'; end if; return null; end $$`);
    await pool.query(
      `create constraint trigger collide after insert on collisions initially deferred for each row execute function collide()`,
    );
    await write(used.database, author, ({ tx }) => tx.query('insert into collisions values (1)'));
    expect((await pool.query('select n from collisions')).rows).toEqual([{ n: 1 }]);
    expect((await pool.query('select last_value::int as n from tries')).rows).toEqual([{ n: 3 }]);
    await pool.query('drop table collisions; drop function collide; drop sequence tries');
  });

  test('what failed for another reason runs once', async () => {
    let runs = 0;
    await expect(
      write(used.database, author, async ({ tx }) => {
        runs++;
        await tx.query('select 1 / 0');
      }),
    ).rejects.toMatchObject({ code: '22012' });
    expect(runs).toBe(1);
  });
});

describe('a write that is kept is no failure, whatever comes after its commit', () => {
  /** Stands before the function of that name that the position is read by. */
  const stand = (body: string) =>
    used.database.pool.query(
      `create or replace function public.pg_is_in_recovery() returns boolean language plpgsql as $$ begin ${body} end $$`,
    );
  const lookingThere = async (running: Write) => running.tx.query('set search_path = public, pg_catalog');
  afterEach(async () => void (await used.database.pool.query('drop function if exists public.pg_is_in_recovery()')));

  test.each([
    ['the server refuses to tell how far the data is', `raise exception 'no' using errcode = '42501';`],
    ['that collides with another transaction', `raise exception 'collided' using errcode = '40001';`],
    ['that takes too long', `raise exception 'cancelled' using errcode = '57014';`],
    ['the connection is ended', 'perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(5); return false;'],
  ])('%s', async (_, body) => {
    const before = await sequence();
    await stand(body);
    let runs = 0;
    const result = await write(used.database, author, async (running) => {
      await lookingThere(running);
      await put(300 + ++runs)(running);
      return 'done';
    });
    expect([result, runs]).toEqual(['done', 1]);
    const after = await sequence();
    expect(after.slice(before.length).map(({ n }) => n)).toEqual([301]);
    // Who is told how far it is sees the write there, and no server that lacks it has come so far.
    const { seq } = used.database.state.position()!;
    expect(seq).toBeGreaterThan(Number(before.at(-1)?.seq ?? 0));
    expect(seq).toBeLessThanOrEqual(Number(after.at(-1)!.seq));
  });

  test('the next ones find the connections as they were', async () => {
    await Promise.all([1, 2, 3, 4].map((n) => write(used.database, author, put(400 + n))));
    const { rows } = await used.database.pool.query<{ seq: string }>('select max(seq) as seq from revisions');
    expect(used.database.state.position()!.seq).toBe(Number(rows[0]!.seq));
  });
});

describe('what the database refuses is told in our words', () => {
  const coded = (code: string) => Object.assign(new Error('inside'), { code });
  test.each([
    [coded('ECONNREFUSED'), 'unavailable'],
    [coded('57P01'), 'unavailable'],
    [coded('53300'), 'unavailable'],
    [coded('40001'), 'unavailable'],
    [coded('P2024'), 'unavailable'],
    [Object.assign(new Error('DriverAdapterError'), { cause: { originalCode: '40001' } }), 'unavailable'],
    [new Error('timeout exceeded when trying to connect'), 'unavailable'],
    [coded('23505'), 'conflict'],
    [coded('23503'), 'conflict'],
    [coded('P2002'), 'conflict'],
    [coded('P2003'), 'conflict'],
  ])('%o', (error, code) => {
    const problem = problemOf(error)!;
    expect(problem.code).toBe(code);
    expect(problem.detail).not.toContain('inside');
  });
  test('a mistake of ours stays one', () => {
    expect(problemOf(coded('42601'))).toBeUndefined();
    expect(problemOf(new TypeError('x'))).toBeUndefined();
  });
});
