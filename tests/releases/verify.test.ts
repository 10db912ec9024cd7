// Checking a release: by the command, from the database, a server or a file; and what it finds when something was changed.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Entry, lineOf } from '../../src/releases/canonical.js';
import { differences, examine } from '../../src/releases/verify.js';
import { runToEnd } from '../process/program.js';
import { useApp } from '../support/app.js';
import { ROOT } from '../support/postgres.js';

const api = useApp('seeded');
const directory = mkdtempSync(join(tmpdir(), 'demarche-verify-'));
afterAll(() => rmSync(directory, { recursive: true }));

const verify = (...input: string[]) => runToEnd('cli/main.js', ['verify-release', ...input], { DATABASE_URL: api.url });
const query = (text: string, values: unknown[] = []) => api.database.pool.query(text, values);
let release: { sha256: string; seq: number };
let file: string;
let address: string;

beforeAll(async () => {
  release = (await api.post('/v1/releases', { label: '2026-11' }, { as: 'admin' })).json();
  file = join(directory, 'export.ndjson');
  writeFileSync(file, (await api.get('/v1/releases/2026-11/export.ndjson')).body);
  address = await api.app.listen({ port: 0, host: '127.0.0.1' });
  // What was changed later is no concern of the release.
  expect((await api.patch('/v1/events/li-qiang-waic-2025-keynote', { significance: 2 })).statusCode).toBe(200);
});

/** The three ways, each with where it reads the same export. */
const ways = (): [string, string[]][] => [
  ['the database', ['--label', '2026-11']],
  ['a server', ['--label', '2026-11', '--url', address]],
  ['a file', ['--file', file, '--sha256', release.sha256]],
];

describe('an export that is what was released', () => {
  test.each([0, 1, 2])('is told so, with its counts and its digest (way %i)', async (way) => {
    const { code, output } = await verify(...ways()[way]![1]);
    expect(output).toMatch(/^963 lines, \d+ bytes\n {2}action_item +13\n[\s\S]* {2}event +212\n[\s\S]*is what was released\.\n$/);
    expect(output).toContain(release.sha256);
    expect(code).toBe(0);
  });
  test('is so for the digest that was cited as well, in capitals or not', async () => {
    expect(await verify('--label', '2026-11', '--sha256', release.sha256.toUpperCase())).toMatchObject({ code: 0 });
    const { code, output } = await verify('--label', '2026-11', '--sha256', '0'.repeat(64));
    expect([code, output]).toEqual([
      1,
      expect.stringContaining(`The release says that its SHA-256 is ${release.sha256}; --sha256 gives 000000`),
    ]);
  });
});

describe('a revision that somebody changed', () => {
  const KEYNOTE = `entity = 'event' and state ->> 'slug' = 'li-qiang-waic-2025-keynote' and version = 1`;
  let title: string;
  beforeAll(async () => {
    title = (await query(`select state ->> 'title' as title from revisions where ${KEYNOTE}`)).rows[0].title;
    await query(`update revisions set state = jsonb_set(state, '{title}', to_jsonb($1::text)) where ${KEYNOTE}`, [
      `${title.slice(0, -1)}X`,
    ]);
  });
  afterAll(() => query(`update revisions set state = jsonb_set(state, '{title}', to_jsonb($1::text)) where ${KEYNOTE}`, [title]));

  test.each([0, 1])('by one letter is noticed (way %i)', async (way) => {
    const [, input] = ways()[way]!;
    const { code, output } = await verify(...input);
    expect(code).toBe(1);
    expect(output).toMatch(/is NOT what was released:\n {2}The SHA-256 is [0-9a-f]{64}; it should be [0-9a-f]{64}\.\n$/);
    expect(output).toContain(`it should be ${release.sha256}`);
  });
});

test('a revision that somebody took away is noticed, and what is missing', async () => {
  await query(
    `update revisions set is_public = false where entity = 'topic' and seq = (select min(seq) from revisions where entity = 'topic')`,
  );
  const { code, output } = await verify('--label', '2026-11');
  await query(`update revisions set is_public = true where entity = 'topic'`);
  expect(code).toBe(1);
  expect(output).toContain('There are 139 entities of the kind topic; there should be 140.');
  expect((await verify('--label', '2026-11')).code).toBe(0);
});

describe('what cannot be checked', () => {
  test.each([
    [2, [], /Say which release with --label/],
    [1, ['--label', '2031-01'], /^There is no release 2031-01; GET \/v1\/releases lists them\.\n$/],
    [2, ['--label', '../keys', '--url', 'http://127.0.0.1:1'], /A label takes lower-case letters/],
    [1, ['--label', '2026-11', '--url', 'http://127.0.0.1:1'], /^http:\/\/127\.0\.0\.1:1 cannot be reached \(.+\); check --url\.\n$/],
    [2, ['--label', '2026-11', '--url', 'nowhere'], /--url takes an address/],
    [2, ['--file', 'x'], /--file goes with --sha256/],
    [1, ['--file', join(directory, 'absent'), '--sha256', '0'.repeat(64)], /cannot be read to its end \(ENOENT/],
    [2, ['--label', '2026-11', '--sha256', 'x'], /--sha256 takes 64 hexadecimal digits/],
  ])('%i for %j is told in a sentence', async (expected, input, sentence) => {
    const { code, output } = await verify(...input);
    expect(code).toBe(expected);
    expect(output).toMatch(sentence);
    expect(output).not.toContain('    at ');
  });

  test('a release that the server does not have is told in its words', async () => {
    const { code, output } = await verify('--label', '2031-01', '--url', address);
    expect([code, output]).toEqual([
      1,
      `${address}/v1/releases/2031-01 answered 404: There is no release 2031-01; GET /v1/releases lists them.\n`,
    ]);
  });
});

describe('what an export holds is told from its bytes', () => {
  const entry = (id: string, entity = 'event'): Entry => ({
    entity,
    id,
    version: 1,
    recorded_at: '2026-11-30T12:00:00.000Z',
    state: { title: 'Überall 世界', type: 'other' },
  });
  const lines = ['a', 'b', 'c'].map((id) => lineOf(entry(id)));
  async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const found = (text: string, size = 7) => examine(pieces(text, size));

  test('wherever they are cut', async () => {
    const whole = await found(lines.join(''), 100_000);
    expect(whole).toMatchObject({ counts: { event: 3 }, event_types: { other: 3 }, fault: null });
    for (const size of [1, 2, 3, 5, 64]) expect(await found(lines.join(''), size)).toEqual(whole);
    expect(differences(whole, whole)).toEqual([]);
  });

  test.each([
    ['cut short', lines.join('').slice(0, -1), 'The last line has no end; the export was cut short.'],
    ['out of order', lines[1]! + lines[0], 'Line 2 is out of order, or there twice.'],
    ['there twice', lines[0]! + lines[0], 'Line 2 is out of order, or there twice.'],
    ['not JSON', `${lines[0]}{\n`, 'Line 2 is not an entity in canonical JSON.'],
    ['no entity', 'null\n', 'Line 1 is not an entity in canonical JSON.'],
    ['an empty line', `${lines[0]}\n`, 'Line 2 is not an entity in canonical JSON.'],
    ['not canonical', lines[0]!.replace(':', ': '), 'Line 1 is not an entity in canonical JSON.'],
    ['more than an entity', lines[0]!.replace('{', '{"a":1,'), 'Line 1 is not an entity in canonical JSON.'],
    ['ended by CR and LF', lines[0]!.replace('\n', '\r\n'), 'Line 1 is not an entity in canonical JSON.'],
  ])('%s is a fault', async (_, text, fault) => {
    const result = await found(text);
    expect(result.fault).toBe(fault);
    expect(differences({}, result)).toEqual([fault]);
  });

  test('nothing is an export of nothing', async () => {
    expect(await found('')).toMatchObject({ counts: {}, bytes: 0, fault: null });
  });
});

test.skipIf(!existsSync('/usr/bin/script') || platform() !== 'linux')('a long one shows how far it is, on a terminal', async () => {
  const command = `${process.execPath} dist/cli/main.js verify-release --label 2026-11 --url ${address}`;
  const child = spawn('/usr/bin/script', ['-qec', command, '/dev/null'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(output).toMatch(/^\d+ lines, \S+ a second/);
  expect(output).toContain('is what was released.');
  expect(code).toBe(0);
});
