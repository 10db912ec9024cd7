// CSV, as a reader of it that is not ours reads it.
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { csv } from '../../../src/timeline/formats/csv.js';
import { HOSTILE, on, REMOVED, RICH, write } from './entries.js';

const read = (text: string): Record<string, string>[] => parse(text, { bom: true, columns: true, relax_quotes: false });

test('one row for each event, under a header, with all that is plain and lists joined', async () => {
  const [row, ...more] = read(await write(csv, [RICH, REMOVED]));
  expect(more).toEqual([]);
  expect(row).toMatchObject({
    id: RICH.id,
    address: 'https://demarche.example/v1/events/the-keynote',
    date: '2025-07-26/2025-07-28',
    start_date: '2025-07-26',
    end_date: '2025-07-28',
    place_city: 'Shanghai',
    significance: '5',
    actors: 'li-qiang (speaker); china (host)',
    actor_countries: 'CN',
    topics: 'governance',
    action_items: 'the-plan/13 (advances)',
    related: 'the-proposal (part_of)',
    source_urls: 'https://example.org/a?b=c&d=e',
    details: '{"venue":"Hall 1"}',
    caveat: '',
    version: '3',
  });
});

test('it begins with the mark by which spreadsheets know UTF-8, and its lines end as RFC 4180 says', async () => {
  const text = await write(csv, [RICH]);
  expect(text.startsWith('\uFEFFid,slug,address,date,')).toBe(true);
  expect(text.split('\r\n')).toHaveLength(3);
});

test('text of any kind comes back as it was, but for what would be a formula', async () => {
  const [row] = read(await write(csv, [HOSTILE]));
  expect(row!.title).toBe(`'${HOSTILE.title}`);
  expect(row!.summary).toBe(`'${HOSTILE.summary}`);
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('%j is text for a spreadsheet', async (title) => {
  const [row] = read(await write(csv, [{ ...RICH, title }]));
  expect(row!.title).toBe(`'${title}`);
});

test('an open end is an empty cell; no event leaves the header', async () => {
  const [row] = read(await write(csv, [on('2025-08/..', '2025-08-01', null, 'month')]));
  expect(row).toMatchObject({ date: '2025-08/..', start_date: '2025-08-01', end_date: '' });
  expect(read(await write(csv, []))).toEqual([]);
});
