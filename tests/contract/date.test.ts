// Imprecise dates: which days an EDTF date means, how precise it is, and what is no date at all.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDate } from '../../src/contract/date.js';

describe('a date means a span of days', () => {
  test.each([
    ['2025-07-26', '2025-07-26', '2025-07-26', 'day'],
    ['2024-02', '2024-02-01', '2024-02-29', 'month'],
    ['2025', '2025-01-01', '2025-12-31', 'year'],
    ['202X', '2020-01-01', '2029-12-31', 'decade'],
    ['20XX', '2000-01-01', '2099-12-31', 'century'],
    ['2025-07-26/2025-07-28', '2025-07-26', '2025-07-28', 'day'],
    ['2025-07/2025-08-03', '2025-07-01', '2025-08-03', 'month'],
    ['2025-07~', '2025-07-01', '2025-07-31', 'month'],
    ['2025?', '2025-01-01', '2025-12-31', 'year'],
    ['2025-07-26%', '2025-07-26', '2025-07-26', 'day'],
    ['2026-21', '2026-03-01', '2026-05-31', 'season'],
    ['2026-22', '2026-06-01', '2026-08-31', 'season'],
    ['2026-23', '2026-09-01', '2026-11-30', 'season'],
    ['2023-24', '2023-12-01', '2024-02-29', 'season'],
    ['2026-06/..', '2026-06-01', null, 'month'],
    ['../2026-06', null, '2026-06-30', 'month'],
    ['2026-06/', '2026-06-01', null, 'month'],
  ])('%s', (text, start_date, end_date, date_precision) => {
    expect(parseDate(text)).toEqual({ start_date, end_date, date_precision });
  });
});

test.each([
  '',
  'soon',
  '26.7.2025',
  '2025-13',
  '2025-02-30',
  '2025-02-29',
  '1900-02-29~',
  '2025-7-26',
  '0000',
  '-0044',
  '000X',
  '00XX',
  '202X-23',
  '9999-24',
  'Y12025',
  '2025-07-28/2025-07-26',
  '../..',
  '/',
  '2025/2026/2027',
  '2025-07-26T10:00:00Z',
  '2025-25',
  ' 2025',
  '2025-07-26\n',
])('%j is no date', (text) => {
  expect(parseDate(text)).toBeNull();
});

const day = fc
  .date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

test('a day means itself', () => {
  fc.assert(
    fc.property(day, (text) => {
      expect(parseDate(text)).toEqual({ start_date: text, end_date: text, date_precision: 'day' });
    }),
  );
});

test('what a day lies in contains it: its month, its year, an interval from it or up to it', () => {
  fc.assert(
    fc.property(day, day, (one, other) => {
      const [first, last] = [one, other].sort() as [string, string];
      for (const text of [one.slice(0, 7), one.slice(0, 4), `${one}/..`, `../${one}`]) {
        const span = parseDate(text)!;
        expect((span.start_date ?? '0000') <= one && one <= (span.end_date ?? '9999-99')).toBe(true);
      }
      expect(parseDate(`${first}/${last}`)).toMatchObject({ start_date: first, end_date: last });
    }),
  );
});

test('whatever is sent, it is a date with its start before its end, or no date', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\dX]{4}(-\d\d){0,2}[?~%]?(\/[\dX.-]{0,10})?$/)), (text) => {
      const span = parseDate(text);
      if (span?.start_date != null && span.end_date !== null) expect(span.start_date <= span.end_date).toBe(true);
    }),
  );
});
