// A backup holds all that is kept, and puts it back on either kind of database, to the last byte.
import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEPT_TABLES } from '../../src/backup.js';
import { connectDatabase, type Database } from '../../src/database/connect.js';
import { createServices } from '../../src/services.js';
import { runToEnd } from '../process/program.js';
import { openAppOn, useApp, useDatabase } from '../support/app.js';
import { differences, dumpTables, findFaults } from '../support/consistency.js';

const api = useApp('seeded');
const other = useDatabase('template0');
const directory = mkdtempSync(join(tmpdir(), 'demarche-backup-'));
const file = (name: string) => join(directory, name);
const embedded = { DATA_DIR: file('data') };
const run = (command: string, settings: Record<string, string>, ...input: string[]) =>
  runToEnd('cli/main.js', [command, ...input], settings);
const onEmbedded = async <Result>(work: (database: Database) => Promise<Result>): Promise<Result> => {
  const database = await connectDatabase({ databaseUrl: undefined, dataDir: embedded.DATA_DIR, databasePool: 1 });
  return work(database).finally(() => database.close());
};
/** What a release of all that there is would hold, and be hashed to. */
const released = (database: Database) =>
  createServices(database).releases.take({ label: 'compared', notes: null }, { author: { id: '', name: '' }, validate_only: true });
const canonical = async (database: Database) => {
  const { sha256, bytes, counts, seq } = await released(database);
  return { sha256, bytes, counts, seq };
};

/** Tables that are no part of a backup, since the revisions say what is in them. */
const DERIVED = [
  ...['action_item_topics', 'action_items', 'action_plan_citations', 'action_plan_title_variants', 'action_plans', 'actors'],
  ...[
    'event_action_items',
    'event_actors',
    'event_cards',
    'event_citations',
    'event_counts',
    'event_days',
    'event_initiatives',
    'event_postings',
  ],
  ...['event_relations', 'event_topics', 'events', 'initiative_leads', 'initiatives', 'proposals', 'resource_cards', 'sources', 'topics'],
];

/** What serves for a day. */
const PASSING = ['idempotency_keys'];

beforeAll(async () => {
  // What came and went, was hidden and was named again: all that a history can hold.
  await api.patch('/v1/actors/nvidia', { name: 'NVIDIA\u2028Corporation "quoted" \\ and more' });
  await api.post('/v1/events', { slug: 'a-draft', type: 'other', title: 'A draft', date: '2025-07', state: 'draft' });
  await api.delete('/v1/events/li-qiang-waic-2025-keynote');
  const proposed = { target: { entity: 'topic' }, change: { name: 'Proposed' }, rationale: 'A', sources: ['https://example.org/a'] };
  await api.post('/v1/proposals', proposed, { as: 'contributor' });
  await api.post('/v1/releases', { label: '2025-11', notes: 'First.' }, { as: 'admin' });
  await api.patch('/v1/topics/export-controls', { name: 'Controls' });
  await api.post('/v1/webhooks', { url: 'https://example.org/hook' }, { as: 'admin' });
});
afterAll(() => rmSync(directory, { recursive: true }));

test('each table is kept in it, derived from what is, or soon forgotten', async () => {
  expect(Object.keys(await dumpTables(api.database)).sort()).toEqual([...KEPT_TABLES, ...DERIVED, ...PASSING].sort());
});

test('from a server to the embedded database and to another server: every table is the same, and so is what a release would hold', async () => {
  const before = await dumpTables(api.database);
  expect(await run('backup', { DATABASE_URL: api.url }, '--file', file('one.ndjson.gz'))).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^\d+ rows written to .+\.$/m),
  });
  expect(await run('restore', embedded, '--file', file('one.ndjson.gz'))).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^Restored into embedded PostgreSQL/m),
  });
  // Which letters are one in a search, such as the great and the small of Cyrillic, is up to the locale of each database.
  const there = await onEmbedded((database) => dumpTables(database, 'search'));
  expect(differences(await dumpTables(api.database, 'search'), there)).toEqual([]);
  expect(await onEmbedded(findFaults)).toEqual([]);
  expect(await onEmbedded(canonical)).toEqual(await canonical(api.database));

  expect((await run('backup', embedded, '--file', file('two.ndjson'))).code).toBe(0);
  expect(readFileSync(file('two.ndjson')).equals(gunzipSync(readFileSync(file('one.ndjson.gz'))))).toBe(true);
  expect((await run('restore', { DATABASE_URL: other.url }, '--file', file('two.ndjson'))).code).toBe(0);
  expect(differences(before, await dumpTables(other.database))).toEqual([]);
  expect(await canonical(other.database)).toEqual(await canonical(api.database));
}, 120_000);

test('a backup is for its owner alone; an export tells no keys and no webhooks', async () => {
  expect(statSync(file('two.ndjson')).mode & 0o077).toBe(0);
  expect(readFileSync(file('two.ndjson'), 'utf8')).toMatch(/^\["api_keys",/m);
  expect((await run('backup', { DATABASE_URL: api.url }, '--no-access', '--file', file('export.ndjson'))).code).toBe(0);
  const text = readFileSync(file('export.ndjson'), 'utf8');
  expect(text).not.toMatch(/^\["(api_keys|webhooks)/m);
  expect(text).not.toContain('whsec_');
  for (const line of text.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveLength(2);
});

describe('what it refuses, in a sentence', () => {
  const refusal = async (...input: string[]): Promise<string> => {
    const before = await dumpTables(other.database);
    const { code, output } = await run('restore', { DATABASE_URL: other.url }, ...input);
    expect(code).toBe(1);
    expect(output).not.toMatch(/^\s+at /m);
    expect(differences(before, await dumpTables(other.database))).toEqual([]);
    return output;
  };

  test('a database that is not empty', async () => {
    expect(await refusal('--file', file('two.ndjson'))).toMatch(/^The database is not empty; add --force/);
  });

  test('a file that was cut off, changed, or is something else', async () => {
    const text = readFileSync(file('two.ndjson'), 'utf8');
    writeFileSync(file('cut.ndjson'), text.slice(0, -200));
    writeFileSync(file('changed.ndjson'), text.replace('Export', 'Import'));
    copyFileSync(file('two.ndjson'), file('longer.ndjson'));
    appendFileSync(file('longer.ndjson'), '["revisions",{}]\n');
    for (const name of ['cut', 'changed', 'longer'])
      expect(await refusal('--force', '--file', file(`${name}.ndjson`))).toMatch(/^The backup was cut off or changed/);
    writeFileSync(file('other.ndjson'), '{"hello":1}\n');
    expect(await refusal('--force', '--file', file('other.ndjson'))).toMatch(/^The file is no backup of this program/);
    expect(await refusal('--force', '--file', file('nothing'))).toMatch(/^There is no file/);
  });

  test('a backup of a newer version', async () => {
    const text = readFileSync(file('two.ndjson'), 'utf8').replace(/"migration":"\d+/, '"migration":"99990101000000');
    const { createHash } = await import('node:crypto');
    const lines = text.trimEnd().split('\n').slice(0, -1);
    const sha256 = createHash('sha256')
      .update(`${lines.join('\n')}\n`)
      .digest('hex');
    writeFileSync(file('newer.ndjson'), [...lines, JSON.stringify(['end', { lines: lines.length, sha256 }]), ''].join('\n'));
    expect(await refusal('--force', '--file', file('newer.ndjson'))).toMatch(/^The backup was made by a newer version/);
  });
});

test('with --force it takes the place of what is there, releases included; keys stay where the file has none', async () => {
  const before = await dumpTables(other.database);
  await other.database.pool.query(`update topics set name = 'Damaged'; delete from event_cards; delete from revisions where seq > 300`);
  expect((await run('restore', { DATABASE_URL: other.url }, '--force', '--file', file('export.ndjson'))).code).toBe(0);
  expect(differences(before, await dumpTables(other.database))).toEqual([]);
  const { app, post } = await openAppOn(other.database);
  expect((await post('/v1/topics', { slug: 'afterwards', name: 'Afterwards' })).statusCode).toBe(201);
  await app.close();
  expect(await findFaults(other.database)).toEqual([]);
}, 60_000);
