// What a write does before its turn holds if nothing else was written in between; else it is done again, in its turn.
import { beforeEach, expect, test } from 'vitest';
import { newId } from '../../src/contract/ids.js';
import { record, type Write, write } from '../../src/database/write.js';
import { useDatabase } from '../support/app.js';

const used = useDatabase('empty');
const author = { author_id: null, author_name: 'test' };
const put = async (running: Write, n: number) => {
  const change = { entity: 'topic', version: 1, operation: 'created', previous: null, is_public: true };
  await record(running, [{ ...change, id: newId(), document: { n } }]);
};
const recorded = async (): Promise<{ n: number; recorded_at: Date }[]> =>
  (await used.database.pool.query(`select (state ->> 'n')::int as n, recorded_at from revisions order by seq`)).rows;
const noted = async (): Promise<string[]> =>
  (await used.database.pool.query('select text from notes order by text')).rows.map(({ text }) => text);
const note = (running: Write, text: string) => running.tx.query('insert into notes values ($1)', [text]);

/** Runs the first write, and begins the second in its turn; `between` runs when the second has done what it does early. */
async function follow(early: (running: Write) => Promise<unknown>, between: () => Promise<unknown> = async () => {}) {
  const seen: unknown[] = [];
  let second: Promise<unknown> = Promise.resolve();
  await write(used.database, author, async (first) => {
    await put(first, 1);
    await new Promise<void>((began) => {
      const work = async (running: Write) => {
        try {
          return await early(running);
        } finally {
          setTimeout(began, 20);
        }
      };
      const turn = async (running: Write, begun?: unknown) => {
        seen.push(begun);
        if (begun === undefined) await note(running, 'in turn');
        await put(running, 2);
      };
      second = write(used.database, author, turn, { after: first, isOn: () => true, work });
    });
    await between();
  });
  await second;
  return seen;
}

beforeEach(async () => {
  await used.database.pool.query('truncate revisions; drop table if exists notes; create table notes (text text)');
});

// The embedded database has one connection, on which nothing runs beside a write.
const many = test.skipIf(process.env.TEST_DATABASE_URL === undefined);

many('what was done early is there, and its changes bear an instant after those of the write before', async () => {
  const early = async (running: Write) => {
    await note(running, 'early');
    return running.now;
  };
  const [begun] = await follow(early, async () => expect(await noted()).toEqual([]));
  expect(await noted()).toEqual(['early']);
  const [one, two] = await recorded();
  expect([one!.n, two!.n]).toEqual([1, 2]);
  expect(two!.recorded_at.getTime()).toBeGreaterThan(one!.recorded_at.getTime());
  expect(two!.recorded_at).toEqual(begun);
});

many('where another write came in between, nothing of it is left, and all is done in turn', async () => {
  const other = () =>
    used.database.pool.query(`insert into revisions (entity, entity_id, version, operation, state, author_name, recorded_at)
    values ('topic', gen_random_uuid(), 1, 'created', '{"n": 9}', 'other', clock_timestamp() + interval '1 second')`);
  expect(await follow((running) => note(running, 'early'), other)).toEqual([undefined]);
  expect(await noted()).toEqual(['in turn']);
  const instants = (await recorded()).map(({ recorded_at }) => recorded_at.getTime());
  expect(instants).toEqual([...instants].sort((one, other) => one - other));
  expect((await recorded()).map(({ n }) => n).sort()).toEqual([1, 2, 9]);
});

many('what fails early is left to its turn', async () => {
  const failing = async (running: Write) => {
    await note(running, 'early');
    await running.tx.query('select 1 / 0');
  };
  expect(await follow(failing)).toEqual([undefined]);
  expect(await noted()).toEqual(['in turn']);
});

many('nothing is recorded early, so numbers rise in the order of commits', async () => {
  let refusal: unknown;
  const recording = async (running: Write) => {
    await put(running, 7).catch((error: unknown) => {
      refusal = error;
      throw error;
    });
  };
  expect(await follow(recording)).toEqual([undefined]);
  expect(String(refusal)).toMatch(/recorded in turn/);
  expect((await recorded()).map(({ n }) => n)).toEqual([1, 2]);
});

test('where the write before is over, all is done in turn', async () => {
  let isAsked = false;
  const work = async () => {
    isAsked = true;
  };
  const first = await write(used.database, author, async (running) => {
    await put(running, 1);
    return running;
  });
  await write(used.database, author, (running) => put(running, 2), { after: first, isOn: () => false, work });
  expect(isAsked).toBe(false);
  expect((await recorded()).map(({ n }) => n)).toEqual([1, 2]);
});
