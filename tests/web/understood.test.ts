// What the form says of a date while it is typed is what the API will make of it; and changes of a form are merge patches that
// do what was typed, and nothing else.
import { describe, expect, test } from 'vitest';
import { parseDate } from '../../src/contract/date.js';
import { mergePatch } from '../../src/resources/merge-patch.js';
import { applied, bothOf, patchBetween } from '../../src/web/client/add/patch.js';
import { edtfOf, isEdtf, understood } from '../../src/web/understood.js';

describe('a date that is typed', () => {
  const YEARS = ['2025', '2024', '202X', '20XX', '2XXX', '0000', '0001', '9999', '25', '20255', '1900'];
  const MONTHS = ['', '-01', '-02', '-12', '-13', '-00', '-21', '-24', '-25', '-XX', '-1'];
  const DAYS = ['', '-01', '-28', '-29', '-30', '-31', '-32', '-00', '-XX'];
  const ENDS = YEARS.flatMap((year) =>
    MONTHS.flatMap((month) => DAYS.flatMap((day) => ['', '~', '?', '%'].map((doubt) => year + month + day + doubt))),
  );

  test('is taken for one exactly where the API takes it', () => {
    const wrong = ENDS.filter((text) => isEdtf(text) !== (parseDate(text) !== null));
    expect(wrong).toEqual([]);
  });

  test('as are intervals, open and not, forwards and backwards', () => {
    const ends = ['', '..', '2025', '2025-07', '2025-07-26', '2024-12-31', '2025-22', '2025-24', '202X', '2025-08~', '2026-01-XX', 'soon'];
    const intervals = ends.flatMap((first) => ends.map((last) => `${first}/${last}`));
    expect([...intervals, '2025/2026/2027', '', '/', 'July 2025'].filter((text) => isEdtf(text) !== (parseDate(text) !== null))).toEqual(
      [],
    );
  });

  test.each([
    ['26 July 2025', '2025-07-26', '26 July 2025'],
    ['July 26, 2025', '2025-07-26', '26 July 2025'],
    ['26th Jul. 2025', '2025-07-26', '26 July 2025'],
    ['about July 2025', '2025-07~', 'About July 2025'],
    ['perhaps 2025', '2025?', 'Perhaps 2025'],
    ['summer 2025', '2025-22', 'Summer 2025'],
    ['26.7.2025', '2025-07-26', '26 July 2025'],
  ])('%s is understood as %s', (text, date, words) => {
    expect([edtfOf(text), understood(date)]).toEqual([date, words]);
  });

  test.each(['soon', '31 June 2025', '7/26/2025', 'July', '2025 July 26 and 27', ''])('%s is not guessed at', (text) => {
    expect(edtfOf(text)).toBeNull();
  });
});

describe('what was typed since a form was filled', () => {
  const before = { title: 'A', summary: 'B', place: { name: 'C', city: 'D' }, topics: ['e'], details: { venue: 'F' } };

  test.each([
    [before, {}],
    [{ ...before, title: 'Z' }, { title: 'Z' }],
    [{ ...before, place: { name: 'C', city: 'Z' } }, { place: { city: 'Z' } }],
    [{ ...before, place: { name: 'C' } }, { place: { city: null } }],
    [
      { title: 'A', place: before.place, details: before.details },
      { summary: null, topics: [] },
    ],
  ])('is a patch of that alone', (after, patch) => {
    expect(patchBetween(before, after)).toEqual(patch);
    const { topics = [], ...rest } = after as typeof before;
    expect(mergePatch(before, patch as never)).toEqual({ ...rest, topics });
  });

  test('after a patch that was proposed is one patch that does both', () => {
    const first = { title: 'Y', summary: null, place: { city: 'X' }, details: { venue: null } };
    const second = { summary: 'again', place: { name: 'W' }, details: { venue: 'V' }, topics: [] };
    expect(applied(before, bothOf(first, second))).toEqual(applied(applied(before, first), second));
    expect(bothOf(first, {})).toEqual(first);
  });
});
