// What a database takes for a letter: one that knows A to Z alone is told of at the start, with what to do.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Program, startProgram } from '../process/program.js';
import { databaseUrl, dropDatabase } from '../support/databases.js';

const name = `demarche_test_${randomBytes(6).toString('hex')}`;
const programs: Program[] = [];
const client = new pg.Client({ connectionString: inject('server') });

const start = async (of: string, settings: Record<string, string> = {}): Promise<Program> => {
  const program = await startProgram({ DATABASE_URL: databaseUrl(inject('server'), of), SEED: 'false', ...settings });
  programs.push(program);
  return program;
};

beforeAll(async () => {
  await client.connect();
  await client.query(`create database ${name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`);
});
afterAll(async () => {
  await client.end();
  for (const { process, ended } of programs) {
    process.kill('SIGKILL');
    await ended();
  }
  for (const one of [name, `${name}_utf8`]) await dropDatabase(inject('server'), one);
});

test('a database with LC_CTYPE C is told of, with a statement that makes one of which there is nothing to tell', async () => {
  const { output } = await start(name);
  const said = () => /The database \S+ has LC_CTYPE C and knows no letters but A to Z: [^"]+/.exec(output())?.[0];
  await expect.poll(said).toBeDefined();
  const advice = said();
  expect(advice).toMatch(/npm run backup.+npm run restore\.$/);
  const [create] = /create database [^,]+/.exec(advice!)!;
  await client.query(create);
  expect((await start(`${name}_utf8`)).output()).not.toContain('LC_CTYPE');
});
