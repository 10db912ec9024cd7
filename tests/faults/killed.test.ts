// The program is killed while it writes: what it acknowledged is there afterwards, whole, and it starts again by itself.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { connectDatabase, type Database } from '../../src/database/connect.js';
import { type Program, startProgram } from '../process/program.js';
import { useDatabase } from '../support/app.js';
import { findDerivedWrongly, findFaults } from '../support/consistency.js';
import { layGround, startLoad, wronglyAnswered } from './load.js';
import { rounds, tell } from './rounds.js';

const KEY = 'a-secret-of-at-least-thirty-two-characters';
const directory = mkdtempSync(join(tmpdir(), 'demarche-killed-'));
const used = useDatabase('template0');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Those of `slugs` that have no event. */
async function missing({ pool }: Pick<Database, 'pool'>, slugs: string[]): Promise<string[]> {
  const { rows } = await pool.query<{ slug: string }>(
    'select slug from unnest($1::text[]) slug where not exists (select from events e where e.slug = slug.slug)',
    [slugs],
  );
  return rows.map(({ slug }) => slug);
}

/** Starts it, has it write, and kills it. @returns what it acknowledged */
async function writeAndKill(settings: Record<string, string>, isFirst: boolean): Promise<string[]> {
  const program: Program = await startProgram({ ADMIN_KEY: KEY, SEED: 'false', LOG_LEVEL: 'fatal', ...settings });
  if (isFirst) await layGround(program.address, KEY);
  const load = startLoad(program.address, { key: KEY, readers: [], writers: 6 });
  await expect.poll(() => load.answers.length, { interval: 5 }).toBeGreaterThan(5);
  await wait(Math.random() * 1000);
  program.process.kill('SIGKILL');
  await program.ended();
  const answers = await load.stop();
  expect(wronglyAnswered(answers.filter(({ status }) => status !== null))).toEqual([]);
  return answers.flatMap(({ status, slug }) => (status === 201 ? [slug!] : []));
}

describe.each([
  ['on a server', () => ({ DATABASE_URL: used.url }), async (look: (database: Database) => Promise<void>) => look(used.database)],
  [
    'on the embedded database',
    () => ({ DATA_DIR: join(directory, 'data') }),
    async (look: (database: Database) => Promise<void>) => {
      const database = await connectDatabase({ databaseUrl: undefined, dataDir: join(directory, 'data'), databasePool: 1 });
      await look(database).finally(() => database.close());
    },
  ],
])('%s', (name, settings, open) => {
  const all = rounds(3);

  test(`nothing acknowledged is lost, nothing is half-written (${all.length} times)`, async () => {
    const acknowledged: string[] = [];
    for (const round of all) {
      acknowledged.push(...(await writeAndKill(settings(), round === 1)));
      await open(async (database) => {
        expect(await missing(database, acknowledged)).toEqual([]);
        expect(await findFaults(database)).toEqual([]);
      });
    }
    expect(acknowledged.length).toBeGreaterThan(5 * all.length);
    await open(async (database) => expect(await findDerivedWrongly(database)).toEqual([]));
    tell(`killed ${name}`, { times: all.length, acknowledged: acknowledged.length, lost: 0 });
  }, 600_000);
});
