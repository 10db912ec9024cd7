// Loading data files: the second time changes nothing, an edited file changes what it says, and what somebody changed
// over the API stays.
import { beforeEach, describe, expect, test } from 'vitest';
import { SEED } from '../../src/files.js';
import { readDataSet } from '../../src/seed/files.js';
import { loadDataSet, type Tally } from '../../src/seed/load.js';
import { useApp } from '../support/app.js';
import { edit, useDataFiles } from './data-files.js';

const api = useApp('empty');
const full = useApp('seeded');
const write = useDataFiles();
const load = (directory: string): Promise<Tally[]> =>
  loadDataSet(readDataSet(directory), { database: api.database, services: api.services });
const changesOf = (tallies: Tally[]) =>
  tallies.filter(({ created, updated }) => created + updated > 0).map(({ name, created, updated }) => [name, created, updated]);
const revisions = async ({ database } = api) =>
  (await database.pool.query<{ n: number }>('select count(*)::int as n from revisions')).rows[0]!.n;

beforeEach(async () => void (await load(write())));

test('the second time changes nothing, and says so', async () => {
  const before = await revisions();
  expect(changesOf(await load(write()))).toEqual([]);
  expect(await revisions()).toBe(before);
});

test('nor does the first data set', async () => {
  const before = await revisions(full);
  const tallies = await loadDataSet(readDataSet(SEED), full);
  expect(changesOf(tallies)).toEqual([]);
  expect(tallies.find(({ name }) => name === 'events')!.unchanged).toBeGreaterThan(200);
  expect(await revisions(full)).toBe(before);
});

test('an edited file changes just what it says', async () => {
  const before = await revisions();
  expect(changesOf(await load(write(edit('events/2025.yaml', 'title: The speech', 'title: The keynote'))))).toEqual([['events', 0, 1]]);
  expect((await api.get('/v1/events/the-speech')).json()).toMatchObject({ title: 'The keynote', summary: 'What was said' });
  expect(await revisions()).toBe(before + 1);
  const { rows } = await api.database.pool.query('select changed_fields, reason, author_name from revisions order by seq desc limit 1');
  expect(rows[0]).toEqual({ changed_fields: ['title'], reason: 'import', author_name: 'seed' });
  await load(write());
});

test('a new entry is added, with what it refers to', async () => {
  const more = edit(
    'events/2025.yaml',
    'events:\n',
    'events:\n  - slug: the-third\n    type: other\n    title: The third\n    date: "2026"\n    topics: [compute]\n',
  );
  expect(changesOf(await load(write(more)))).toEqual([['events', 1, 0]]);
  expect((await api.get('/v1/timeline?topic=compute')).json().data.map(({ slug }: { slug: string }) => slug)).toEqual(['the-third']);
});

describe('what was done over the API', () => {
  test('to other members stays', async () => {
    await api.patch('/v1/events/the-speech', { significance: 5, summary: 'Better words' });
    await load(write(edit('events/2025.yaml', 'date: "2025-07-26"', 'date: "2025-07-27"')));
    expect((await api.get('/v1/events/the-speech')).json()).toMatchObject({ significance: 5, summary: 'Better words', date: '2025-07-27' });
    expect(changesOf(await load(write(edit('events/2025.yaml', 'date: "2025-07-26"', 'date: "2025-07-27"'))))).toEqual([]);
    await load(write());
  });

  test('a deletion stays', async () => {
    await api.delete('/v1/events/the-answer');
    expect(changesOf(await load(write(edit('events/2025.yaml', 'title: The answer', 'title: The reply'))))).toEqual([]);
    expect((await api.get('/v1/events/the-answer')).statusCode).toBe(410);
    await api.post('/v1/events/the-answer/restore');
    await load(write());
  });
});

test('an entry that is taken out of a file stays in the database', async () => {
  await load(
    write({
      'topics.yaml': 'topics:\n  - slug: compute\n    name: Compute\n',
      ...edit('events/2025.yaml', 'topics: [chips]', 'topics: [compute]'),
    }),
  );
  expect((await api.get('/v1/topics/chips')).statusCode).toBe(200);
  await load(write());
});
