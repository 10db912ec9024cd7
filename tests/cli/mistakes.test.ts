// Each mistake is told with its file, line, column and field, in each form; and the rest is brought in.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { newId } from '../../src/contract/ids.js';
import { useDatabase } from '../support/app.js';
import { begin, demarche, MAIN, useFiles } from './command.js';

const used = useDatabase('seeded');
const file = useFiles();
const run = (...words: string[]) => demarche({ DATABASE_URL: used.url }, ...words);

const NDJSON = `{"entity":"topic","slug":"fine-one","name":"Fine"}
{"type":"speech","title":"No date"}
{"type":
{"entity":"planet","slug":"x"}
[1]

{"slug":"fine-event","type":"other","title":"Fine","date":"2026-01","topics":["fine-one","no-such-topic"]}
`;
const JSON_TEXT = `{
  "actors": [
    {"slug": "someone-new", "kind": "planet", "name": "Someone"}
  ],
  "events": [
    {"type": "other", "title": "Fine", "dte": "2026-01"},
    7
  ],
  "planets": []
}`;
const YAML_TEXT = `events:
  - type: other
    title: Fine
    date: "2026-13"
action_plans:
  - title: A plan
    items:
      - number: 0
        title: None
`;
const CSV = `title;date;type;significance
Fine;2026-01-01;other;3
Wrong;2026-01-01;other;9
Short;2026
`;

test.each([
  [
    'ndjson',
    NDJSON,
    [
      'F:2:1 /date: /date is missing; it takes text.',
      'F:3:9: This is not valid JSON: Unexpected end of JSON input.',
      'F:4:1: There is no kind of document planet; there are topic, actor, source, initiative, action_plan, action_item, event.',
      'F:5:1: A line takes one document, a JSON object.',
      'F:7:90 /topics/1: There is no topic no-such-topic; name one that exists, or create it first.',
    ],
  ],
  [
    'json',
    JSON_TEXT,
    [
      'F:7:5: An entry takes members, such as title: ….',
      'F:9:14 /planets: There is no list planets; there are topics, actors, sources, initiatives, action_plans, action_items, events, notes.',
      'F:3:37 /kind: /kind takes country, bloc, intergovernmental_organisation, government_body, company, civil_society, person.',
      'F:6:5 /date: /date is missing; it takes text.',
      'F:6:47 /dte: There is no member dte; did you mean date?',
    ],
  ],
  ['json', '{"events": [\n  {"type": }]}', ["F:2:12: This is not valid JSON: Unexpected token '}'."]],
  ['json', '{"events": [\n  {"type": "x"}', ["F:2:16: This is not valid JSON: Expected ',' or ']' after array element."]],
  ['json', '{"events":\n "two\nlines"}', ['F:2:6: This is not valid JSON: Bad control character in string literal.']],
  ['yaml', YAML_TEXT, ['F:8:17 /number: /number takes at least 1.', expect.stringMatching(/^F:4:11 \/date: .+/)]],
  ['yaml', 'events:\n  - *nobody\n', [expect.stringMatching(/^F:2:5: This is not valid YAML: Unresolved alias .+nobody$/)]],
  [
    'yaml',
    `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nevents: *c\n`,
    ['F:1:1: The aliases of the file stand for more than is read; write out what they stand for.'],
  ],
  ['yaml', 'events:\n  - title: "no end\n', [expect.stringMatching(/^F:\d:\d+: This is not valid YAML: /)]],
  [
    'csv',
    CSV,
    ['F:4:3: The header has 4 columns, and this row 2; check its quotes.', 'F:3:4 /significance: /significance takes at most 5.'],
  ],
])('%s (%#)', async (form, text, expected) => {
  const path = file(`mistakes.${form}`, text);
  const { code, stderr } = await run('import', path, '--validate-only');
  expect(code).toBe(1);
  expect(
    stderr
      .trim()
      .split('\n')
      .map((line) => line.replace(path, 'F')),
  ).toEqual(expect.arrayContaining(expected));
  expect(stderr.trim().split('\n')).toHaveLength(expected.length);
  const told = JSON.parse((await run('import', path, '--validate-only', '--json')).stdout);
  expect(told.mistakes).toHaveLength(expected.length);
  expect(told.mistakes[0]).toMatchObject({
    file: path,
    line: expect.any(Number),
    column: expect.any(Number),
    field: expect.any(String),
    detail: expect.any(String),
  });
});

describe('what is at fault', () => {
  const lines = [1, 2, 3]
    .map((n) => JSON.stringify({ slug: `line-${n}`, type: 'other', title: `Line ${n}`, date: n === 2 ? 'soon' : '2026-01' }))
    .join('\n');

  test('keeps nothing else from being written', async () => {
    expect(await run('import', file('one-of-three.ndjson', lines))).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^2 created, 0 updated, 0 unchanged, 1 refused in the database/),
    });
    const { rows } = await used.database.pool.query("select slug from events where slug like 'line-%' order by 1");
    expect(rows).toEqual([{ slug: 'line-1' }, { slug: 'line-3' }]);
  });
  test('with --atomic keeps all from being written', async () => {
    const other = lines.replaceAll('line-', 'other-');
    expect(await run('import', file('atomic.ndjson', other), '--atomic')).toMatchObject({
      code: 1,
      stdout: '1 mistake; nothing was written.\n',
    });
    expect(await run('import', file('mixed.ndjson', '{"entity":"topic","slug":"a-b","name":"A"}'), '--atomic')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--atomic goes with events alone'),
    });
    const { rowCount } = await used.database.pool.query("select 1 from events where slug like 'other-%'");
    expect(rowCount).toBe(0);
  });
  test('is no fault where what is missing comes later', async () => {
    const backwards = [
      {
        entity: 'event',
        slug: 'then-b',
        type: 'other',
        title: 'B',
        date: '2026-02',
        related: [{ event: 'then-a', relation: 'follows_up' }],
        topics: ['later-topic'],
      },
      { entity: 'event', slug: 'then-a', type: 'other', title: 'A', date: '2026-01' },
      { entity: 'topic', slug: 'later-topic', name: 'Later', broader: 'latest-topic' },
      { entity: 'topic', slug: 'latest-topic', name: 'Latest' },
    ];
    const running = begin({ DATABASE_URL: used.url }, ['import', '-'], backwards.map((line) => JSON.stringify(line)).join('\n'));
    expect(await running.ended).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^4 created/) });
  });
});

test.each([
  [1, ['import', '/nowhere/x.ndjson'], 'There is no file /nowhere/x.ndjson.'],
  [2, ['import', 'LICENSE'], 'does not tell its form'],
  [2, ['import'], "missing required argument 'files'"],
  [2, ['nothing'], "unknown command 'nothing'"],
  [2, ['import', '--wrong', 'x'], "unknown option '--wrong'"],
  [1, ['import', 'seed/topics.yaml', '--url', 'http://127.0.0.1:1'], 'cannot be reached'],
  [2, ['import', 'seed/topics.yaml', '--url', 'http://127.0.0.1:1', '--key', 'schlüssel'], '--key takes an API key'],
  [2, ['import', file('x.constructor', '')], 'does not tell its form'],
  [2, ['keys', 'create', '--role', 'editor', '--name', ' '], '--name takes at least 1 character.\n'],
  [2, ['keys', 'create', '--role', 'editor', '--name', 'x', '--expires-at', 'soon'], '--expires-at: An instant'],
  [2, ['keys', 'rotate', newId(), '--overlap-hours', 'x'], '--overlap-hours takes'],
])('%i for %j', async (code, words, sentence) => {
  const ended = await run(...words);
  expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(sentence)]);
  expect(ended.stderr).not.toMatch(/^\s+at /m);
});

test('a server that goes away amid an import is told of, with how far it got', async () => {
  // It acknowledges one line of a batch, and is gone.
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write('{"line":1,"status":"created","id":"x","slug":"one","version":1}\n', () => response.destroy());
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const path = file('lost.ndjson', '{"title":"One"}\n{"title":"Two"}\n');
  const { code, stdout, stderr } = await run('import', path, '--url', url, '--json');
  server.close();
  expect([code, stderr.split('\n').slice(0, 2)]).toEqual([
    1,
    [
      `The answer of the server ${url} broke off (aborted).`,
      `It got as far as ${path}:1. What was acknowledged stays. Run it again with --upsert to go on: what is there already is left as it is.`,
    ],
  ]);
  expect(JSON.parse(stdout)).toMatchObject({
    created: 1,
    reached: { line: 1 },
    error: `The answer of the server ${url} broke off (aborted).`,
  });
});

test.skipIf(process.getuid?.() !== 0)('what may not be read is told of', async () => {
  const secret = file('secret.ndjson', '{}');
  chmodSync(secret, 0);
  chmodSync(dirname(secret), 0o755);
  const asNobody = (path: string) =>
    promisify(execFile)(process.execPath, [MAIN, 'import', path, '--url', 'http://127.0.0.1:1'], { uid: 65534, gid: 65534 }).catch(
      (error: { code: number; stderr: string }) => error,
    );
  expect(await asNobody(secret)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^.+secret\.ndjson cannot be read \(EACCES.+\)\.\n$/),
  });
  chmodSync(dirname(secret), 0o311);
  expect(await asNobody(dirname(secret))).toMatchObject({ code: 1, stderr: expect.stringMatching(/ cannot be read \(EACCES.+\)\.\n$/) });
});
