// `demarche add`: one development, by options, from a file, or by what it asks on a terminal.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { platform } from 'node:os';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';
import { ROOT } from '../support/postgres.js';
import { demarche, MAIN, useFiles } from './command.js';

const api = useApp('seeded');
const file = useFiles();
let address: string;
beforeAll(async () => {
  address = await api.app.listen({ host: '127.0.0.1', port: 0 });
});
const server = () => ({ DEMARCHE_URL: address, DEMARCHE_KEY: api.keys.editor });
const event = async (slug: string) => (await api.get(`/v1/events/${slug}`)).json();

const FIRST = ['--type', 'meeting', '--title', 'Ministers of four countries meet in Brasilia', '--date', '2026-10-02'];

describe('without asking', () => {
  test('takes names for slugs, makes sources that are new, and tells the address', async () => {
    const words = [
      ...FIRST,
      '--actors',
      'Brazil (host); united-states',
      '--topics',
      'Conferences',
      '--source-urls',
      'https://example.org/brasilia',
      '--source-titles',
      'They met',
    ];
    const { code, stdout } = await demarche(server(), 'add', ...words);
    expect([code, stdout]).toEqual([0, 'Published: /v1/events/ministers-of-four-countries-meet-in-brasilia\n']);
    expect(await event('ministers-of-four-countries-meet-in-brasilia')).toMatchObject({
      actors: [
        { slug: 'brazil', role: 'host' },
        { slug: 'united-states', role: 'participant' },
      ],
      topics: [{ slug: 'conference' }],
      sources: [{ url: 'https://example.org/brasilia', title: 'They met' }],
    });
    const again = await demarche(server(), 'add', ...words);
    expect([again.code, again.stderr]).toEqual([
      1,
      expect.stringMatching(/^It may be there already:\n {2}\d+ % {2}2026-10-02 {2}Ministers[\s\S]+Say --yes/),
    ]);
  });

  test('from a file, on a database, with what is given beside it in its place', async () => {
    const path = file('one.yaml', 'type: statement\ntitle: A word on chips\ndate: "2026-09"\ndetails: {issuer: china}\n');
    const { code, stdout } = await demarche({ DATABASE_URL: api.url }, 'add', '--from', path, '--date', '2026-08', '--draft', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      { kind: 'event', address: '/v1/events/a-word-on-chips', slug: 'a-word-on-chips', state: 'draft' },
    ]);
    const { rows } = await api.database.pool.query("select date, state from events where slug = 'a-word-on-chips'");
    expect(rows).toEqual([{ date: '2026-08', state: 'draft' }]);
  });

  test.each([
    [2, ['--type', 'meeting', '--title', 'X'], '/date: /date is missing'],
    [2, [...FIRST.slice(0, 4), '--date', 'soon'], '/date: '],
    [1, [...FIRST, '--actors', 'Atlantis the Lost'], 'There is no actor Atlantis the Lost'],
    [2, [...FIRST, '--related', 'something'], '--related: A relation is written as slug (relation)'],
    [1, [...FIRST, '--topics', 'no-such-topic', '--yes'], 'There is no topic no-such-topic'],
    [1, ['--from', 'seed/topics.yaml'], 'takes one event'],
  ])('%i for %j', async (code, words, sentence) => {
    expect(await demarche(server(), 'add', ...words)).toMatchObject({ code, stderr: expect.stringContaining(sentence) });
  });

  test('a wrong key is told', async () => {
    expect(await demarche({ ...server(), DEMARCHE_KEY: 'dmr_wrong' }, 'add', ...FIRST)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--key'),
    });
  });
});

/** Answers each question once it is there. @returns what was on the screen */
async function answer(words: string[], steps: [wait: string, keys: string][]): Promise<string> {
  const quoted = [process.execPath, MAIN, 'add', ...words].map((word) => `'${word}'`).join(' ');
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn('/usr/bin/script', ['-qec', quoted, '/dev/null'], {
    cwd: ROOT,
    env: { PATH, HOME, TERM: 'xterm', NODE_NO_WARNINGS: '1', ...server() },
  });
  let [raw, at, step] = ['', 0, 0];
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    raw += text;
    const screen = stripVTControlCharacters(raw);
    for (let next = steps[step]; next !== undefined; next = steps[step]) {
      const found = screen.indexOf(next[0], at);
      if (found < 0) return;
      at = found + next[0].length;
      step++;
      child.stdin.write(next[1]);
    }
  });
  await ended;
  return stripVTControlCharacters(raw);
}

describe.skipIf(!existsSync('/usr/bin/script') || platform() !== 'linux')('on a terminal', () => {
  const given = [
    '--type',
    'meeting',
    '--title',
    'A meeting that was typed',
    '--date',
    '2026-03-04',
    '--summary',
    'Typed.',
    '--place-city',
    'Geneva',
  ];
  const rest = ['--action', 'held', '--significance', '2', '--certainty', 'reported'];
  const none = '❯ none, or no more';
  const upToTheCard: [string, string][] = [
    [none, 'brazi'],
    ['❯ Brazil (country)', '\r'],
    ['As what?', '\r'],
    [none, '\r'],
    ['What more is known', '\r'],
    [none, 'Completely new'],
    ['❯ a new topic: Completely new', '\r'],
    ['✔ On which topic?', ''],
    [none, '\r'],
    ['which initiative?', ''],
    [none, '\r'],
    ['Which commitment', ''],
    [none, '\r'],
    ['Where can it be read?', 'https://example.org/typed\r'],
    ['Its title', 'The source\r'],
    ['Its publisher', '\r'],
    ['❯ media', '\r'],
    ['Where else?', '\r'],
  ];

  test('it asks, completes names, shows the card, and sends it', async () => {
    const screen = await answer([...given, ...rest], [...upToTheCard, ['What shall become of it?', '\r']]);
    expect(screen).toContain('Published: /v1/events/a-meeting-that-was-typed');
    expect(screen).toMatch(/actors +brazil: participant/);
    expect(await event('a-meeting-that-was-typed')).toMatchObject({
      place: { city: 'Geneva' },
      action: 'held',
      significance: 2,
      actors: [{ slug: 'brazil', role: 'participant' }],
      topics: [{ name: 'Completely new' }],
      sources: [{ url: 'https://example.org/typed', title: 'The source', kind: 'media' }],
    });
  }, 60_000);

  test('Ctrl-C sends nothing', async () => {
    const screen = await answer([...given.slice(0, 2), '--title', 'Given up', '--date', '2026-03-05'], [['Summary', '\x03']]);
    expect(screen).toContain('Interrupted; nothing was sent.');
    expect((await api.get('/v1/events/given-up')).statusCode).toBe(404);
  }, 60_000);
});
