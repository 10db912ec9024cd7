// What the command line is made of, looked at by itself: how columns are guessed, how far one is told to be, how an import
// is interrupted, and that asking for help is quick to load.
import { describe, expect, test } from 'vitest';
import { isCertain, lackingIn, mapColumns, showMapping } from '../../src/cli/import/mapping.js';
import { createProgress } from '../../src/cli/progress.js';
import { useDatabase } from '../support/app.js';
import { begin, demarche, useFiles } from './command.js';

describe('columns', () => {
  const targets = (headers: string[], said: string[] = []) =>
    Object.fromEntries(mapColumns(headers, said).map(({ header, target }) => [header, target]));

  test('are guessed from headers, however they are spelt', () => {
    expect(targets(['Headline', 'eventDate', 'EVENT TYPE', 'Who?', 'Tags', 'Link', 'Country-Code', 'Nonsense'])).toEqual({
      Headline: 'title',
      eventDate: 'date',
      'EVENT TYPE': 'type',
      'Who?': 'actors',
      Tags: 'topics',
      Link: 'source_urls',
      'Country-Code': 'place_country_code',
      Nonsense: null,
    });
  });
  test('go to one member each: the one of that name before the one that is like it', () => {
    expect(targets(['name', 'title', 'start_date', 'date'])).toEqual({ name: null, title: 'title', start_date: null, date: 'date' });
    expect(targets(['title', 'start_date', 'type'])).toMatchObject({ start_date: 'date' });
  });
  test('are never what every object has', () => {
    expect(targets(['title', 'constructor'])).toEqual({ title: 'title', constructor: null });
    expect(() => mapColumns(['Day'], ['constructor=Day'])).toThrow('there is no member constructor');
  });
  test('are what is said', () => {
    expect(targets(['title', 'Sub', 'Day'], ['title=sub', '=title'])).toEqual({ title: null, Sub: 'title', Day: 'date' });
    for (const [said, sentence] of [
      ['headline=Day', 'there is no member headline'],
      ['title=Dya', 'did you mean Day?'],
      ['title', '--map takes pairs'],
    ])
      expect(() => mapColumns(['Day'], [said!])).toThrow(sentence);
  });
  test('are certain where nothing was guessed, and tell what is lacking', () => {
    expect(isCertain(mapColumns(['id', 'slug', 'start_date', 'date', 'title', 'type'], []))).toBe(true);
    expect(isCertain(mapColumns(['title', 'Day'], []))).toBe(false);
    expect(lackingIn(mapColumns(['title'], []))).toEqual(['type', 'date']);
    expect(showMapping(mapColumns(['Day'], []), ['2026-01-01'])).toBe(
      '  column  becomes  how      first value\n  Day     date     guessed  2026-01-01',
    );
  });
});

describe('progress', () => {
  const told = (
    isTTY: boolean,
    work: (progress: ReturnType<typeof createProgress>, at: (seconds: number) => void) => void,
    columns = 200,
  ) => {
    let [text, time] = ['', 0];
    const output = {
      isTTY,
      columns,
      write(piece: string) {
        text += piece;
        return true;
      },
    };
    work(createProgress('documents', { output: output as never, now: () => time }), (seconds) => {
      time = seconds * 1000;
    });
    return text;
  };
  const half = (progress: ReturnType<typeof createProgress>, at: (seconds: number) => void) => {
    at(65);
    progress.at(500, 1000, 130);
    progress.end();
  };
  test('on a terminal is a bar with the rate and the time left, written over', () => {
    expect(told(true, half)).toBe('[############............]  50 %  130 documents, 2.0 a second, 1:05 left\r\x1b[K');
  });
  test.each([
    [60, ' 50 %  130 documents, 2.0 a second, 1:05 left'],
    [40, ' 50 %  130, 2.0 a second, 1:05 left'],
    [20, ' 50 %  130, 2.0 a'],
  ])('on a terminal of %i columns keeps the rate and the time left as long as it can', (columns, line) => {
    const text = told(true, half, columns);
    expect(text).toMatch(new RegExp(`^${line}`));
    expect(text.indexOf('\r')).toBeLessThan(columns);
  });
  test('elsewhere is a plain line now and then', () => {
    expect(told(false, half)).toBe(' 50 %  130 documents, 2.0 a second, 1:05 left\n');
    const often = told(false, (progress, at) => {
      for (let second = 0; second < 25; second++) {
        at(second);
        progress.at(second, undefined);
      }
    });
    expect(often.split('\n')).toHaveLength(3);
  });
});

describe('Ctrl-C', () => {
  const used = useDatabase('empty');
  const file = useFiles();
  test('keeps what was acknowledged, says how far it got, and it can go on', async () => {
    const lines = Array.from({ length: 12_000 }, (_, n) =>
      JSON.stringify({ slug: `event-${n}`, type: 'other', title: `Event ${n}`, date: '2026-01' }),
    );
    const path = file('many.ndjson', lines.join('\n'));
    const there = async () => (await used.database.pool.query('select count(*)::int as n from events')).rows[0].n as number;
    const running = begin({ DATABASE_URL: used.url }, ['import', path, '--json']);
    await expect.poll(there, { interval: 50, timeout: 60_000 }).toBeGreaterThan(0);
    running.process.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ interrupted: true, refused: 0, reached: { file: path, line: told.created } });
    expect(told.created).toBeLessThan(lines.length);
    expect(await there()).toBe(told.created);
    expect([code, stderr]).toEqual([
      130,
      expect.stringMatching(/^Interrupted at .+many\.ndjson:\d+\. What was acknowledged stays\. Run it again with --upsert/),
    ]);
    const few = file('few.ndjson', lines.slice(0, told.created + 3).join('\n'));
    const again = await demarche({ DATABASE_URL: used.url }, 'import', few, '--upsert', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ created: 3, unchanged: told.created, refused: 0, interrupted: false });
  }, 240_000);
});

test('help tells every command and loads none of them', async () => {
  const { code, stdout } = await demarche({}, '--help');
  expect(code).toBe(0);
  for (const name of ['serve', 'migrate', 'seed', 'import', 'export', 'add', 'keys', 'verify-release', 'backup', 'restore', 'rebuild'])
    expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'));
  for (const words of [
    ['import', '--help'],
    ['help', 'add'],
    ['keys', 'create', '--help'],
  ])
    expect(await demarche({}, ...words)).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: ') });
});
