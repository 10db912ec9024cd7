// Starting on a database that is empty: several at once, and one that is killed in the middle.
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { beginProgram, type Program, startProgram } from '../process/program.js';
import { useDatabase } from '../support/app.js';
import { findFaults } from '../support/consistency.js';
import { rounds } from './rounds.js';

const KEY = 'a-secret-of-at-least-thirty-two-characters';
const together = useDatabase('template0');
const killed = useDatabase('template0');
let programs: Program[] = [];
afterEach(async () => {
  for (const program of programs) {
    program.process.kill('SIGKILL');
    await program.ended();
  }
  programs = [];
});

/** How many of them say something in their log, which is written a moment later. */
const saying = (text: string): number => programs.filter(({ output }) => output().includes(text)).length;

const count = async (used: typeof together, text: string): Promise<number> =>
  (await used.database.pool.query<{ n: number }>(`select count(*)::int as n from ${text}`)).rows[0]!.n;

test('three that start at once migrate once, load the first data set once, make one key, and all serve', async () => {
  programs = await Promise.all([1, 2, 3].map(() => startProgram({ DATABASE_URL: together.url, ADMIN_KEY: KEY })));
  // They may share them: that none was applied twice is looked at below.
  await expect.poll(() => saying('migrations applied')).toBeGreaterThan(0);
  await expect.poll(() => saying('first data set loaded')).toBe(1);
  expect(await count(together, 'revisions where version > 1')).toBe(0);
  expect(await count(together, '(select distinct recorded_at from revisions) writes')).toBe(1);
  expect(await count(together, 'api_keys')).toBe(1);
  expect(await count(together, '(select migration_name from _prisma_migrations group by 1 having count(*) > 1) twice')).toBe(0);
  for (const { address } of programs)
    expect((await fetch(`${address}/v1/keys`, { headers: { authorization: `Bearer ${KEY}` } })).status).toBe(200);
  expect(await findFaults(together.database)).toEqual([]);
});

test('one that finds no cards, and others at the same time: they are made again once', async () => {
  const { pool } = together.database;
  const before = (await pool.query('select card from event_cards order by card')).rows;
  await pool.query(
    'delete from event_cards; delete from event_postings; delete from event_counts; delete from event_days; delete from resource_cards',
  );
  programs = await Promise.all([1, 2].map(() => startProgram({ DATABASE_URL: together.url, ADMIN_KEY: KEY })));
  await expect.poll(() => saying('made again from the revisions')).toBe(1);
  expect((await pool.query('select card from event_cards order by card')).rows).toEqual(before);
});

test('killed while it starts for the first time, it starts the next time as if nothing had been', async () => {
  for (const round of rounds(3)) {
    const starting = beginProgram({ DATABASE_URL: killed.url, ADMIN_KEY: KEY });
    await wait(400 + (round % 10) * 200);
    starting.process.kill('SIGKILL');
    await starting.ended();
  }
  programs = [await startProgram({ DATABASE_URL: killed.url, ADMIN_KEY: KEY })];
  expect(await count(killed, '(select distinct recorded_at from revisions) writes')).toBe(1);
  expect(await count(killed, 'events')).toBe(await count(together, 'events'));
  expect(await findFaults(killed.database)).toEqual([]);
}, 120_000);
