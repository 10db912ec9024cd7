// What is exported can be imported, and exports to the same bytes again: from a database and from a server, in each form.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp, useDatabase } from '../support/app.js';
import { begin, demarche, useFiles } from './command.js';

const api = useApp('seeded');
const empty = { ndjson: useDatabase('empty'), json: useDatabase('empty'), yaml: useDatabase('empty'), csv: useDatabase('empty') };
const file = useFiles();
const bytes = (name: string) => readFileSync(file(name), 'utf8');
const hash = (name: string) =>
  createHash('sha256')
    .update(readFileSync(file(name)))
    .digest('hex');
let address: string;

beforeAll(async () => {
  await api.post('/v1/events', { slug: 'a-draft', type: 'other', title: 'A draft', date: '2025-07', state: 'draft' });
  await api.post('/v1/events', { slug: 'a-twin', type: 'other', title: 'Of the same day', date: '2025-07-26' });
  address = await api.app.listen({ host: '127.0.0.1', port: 0 });
  for (const form of Object.keys(empty))
    expect((await demarche({ DATABASE_URL: api.url }, 'export', '--output', file(`first.${form}`))).code).toBe(0);
}, 120_000);

describe.each(['ndjson', 'json', 'yaml'] as const)('%s', (form) => {
  test('exports, imports into a new database and exports to the same bytes', async () => {
    const there = { DATABASE_URL: empty[form].url };
    const imported = await demarche(there, 'import', file(`first.${form}`), '--json');
    expect(JSON.parse(imported.stdout)).toMatchObject({ created: 964, updated: 0, unchanged: 0, refused: 0, mistakes: [] });
    expect(imported.code).toBe(0);
    expect((await demarche(there, 'export', '--output', file(`second.${form}`))).code).toBe(0);
    expect(bytes(`second.${form}`)).toBe(bytes(`first.${form}`));
    expect(hash(`second.${form}`)).toBe(hash(`first.${form}`));
  }, 240_000);

  test('is the same from a server', async () => {
    const told = await demarche({ DEMARCHE_URL: address }, 'export', '--form', form);
    expect([told.code, told.stdout]).toEqual([0, bytes(`first.${form}`)]);
    expect(told.stderr).toMatch(/^140 topics, 191 actors, 383 sources, 23 initiatives, .+ 213 events from the server http:.+\.\n$/);
  }, 60_000);
});

test('csv keeps what a row can hold', async () => {
  const there = { DATABASE_URL: empty.csv.url };
  const others = begin(
    there,
    ['import', '-'],
    bytes('first.ndjson')
      .split('\n')
      .filter((line) => !line.startsWith('{"entity":"event"'))
      .join('\n'),
  );
  expect((await others.ended).code).toBe(0);
  expect(await demarche(there, 'import', file('first.csv'))).toMatchObject({ code: 0, stdout: expect.stringMatching(/^213 created/) });
  expect((await demarche(there, 'export', '--output', file('second.csv'))).code).toBe(0);
  expect(bytes('second.csv')).toBe(bytes('first.csv'));
  expect(hash('second.csv')).toBe(hash('first.csv'));
}, 240_000);

test("the timeline's own table is imported as it is, nothing asked", async () => {
  const { body } = await api.get('/v1/timeline.csv?type=speech');
  const { code, stderr, stdout } = await demarche(
    { DATABASE_URL: empty.ndjson.url },
    'import',
    file('timeline.csv', body),
    '--validate-only',
    '--upsert',
  );
  expect(stderr).toBe('');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^Checked, nothing was written: 0 created, \d+ updated, /)]);
}, 60_000);

describe('what is imported again', () => {
  test('is refused, or with --upsert left as it is', async () => {
    const { url } = empty.json;
    const some = file(
      'some.json',
      JSON.stringify({
        topics: [{ slug: 'analysis', name: 'Analysis' }],
        events: [{ slug: 'a-twin', type: 'other', title: 'Of the same day', date: '2025-07-26' }],
      }),
    );
    const again = await demarche({ DATABASE_URL: url }, 'import', some, '--only-once').then(({ code }) => code);
    expect(again).toBe(2);
    const refused = await demarche({ DATABASE_URL: url }, 'import', some);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('There is a topic analysis already')]);
    const { stdout, code } = await demarche({ DATABASE_URL: url }, 'import', some, '--upsert', '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { created: 0, updated: 1, unchanged: 1, refused: 0 }]);
  }, 60_000);
});

describe('a part of it', () => {
  test('by filters of the timeline, which leave events alone', async () => {
    const { stdout } = await demarche({ DATABASE_URL: api.url }, 'export', '--type', 'speech', '--from', '2025-07', '--to', '2025-07');
    const { data } = (await api.get('/v1/timeline?type=speech&from=2025-07&to=2025-07')).json();
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ slug }) => slug).sort()).toEqual(data.map(({ slug }: { slug: string }) => slug).sort());
    expect(new Set(lines.map(({ entity }) => entity))).toEqual(new Set(['event']));
  });
  test('drafts, for whoever may see them', async () => {
    const drafts = await demarche(
      { DEMARCHE_URL: address, DEMARCHE_KEY: api.keys.editor },
      'export',
      '--only',
      'events',
      '--state',
      'draft',
    );
    expect(JSON.parse(drafts.stdout)).toEqual({
      entity: 'event',
      slug: 'a-draft',
      type: 'other',
      title: 'A draft',
      date: '2025-07',
      significance: 3,
      certainty: 'confirmed',
      state: 'draft',
    });
    expect(await demarche({ DEMARCHE_URL: address }, 'export', '--only', 'events', '--state', 'draft')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--key'),
    });
  });
  test.each([
    [['--only', 'planets'], '--only takes topics, actors'],
    [['--form', 'csv', '--only', 'actors'], 'This form holds events alone.'],
    [['--state', 'lost'], '--state takes draft, in_review, published, withdrawn'],
    [['--form', 'xml'], 'Allowed choices are ndjson, json, yaml, csv'],
    [['--key', 'x'], '--key goes with --url'],
    [['--url', 'nowhere'], '--url takes an address'],
  ])('%j is used wrongly', async (words, sentence) => {
    expect(await demarche({ DATABASE_URL: api.url }, 'export', ...words)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(sentence),
    });
  });
});
