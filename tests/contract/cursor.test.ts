// Cursors: checked, never trusted.
import { describe, expect, test } from 'vitest';
import { type Cursor, cutPage, decodeCursor, encodeCursor } from '../../src/contract/cursor.js';
import { Problem } from '../../src/errors.js';

const TYPES = [(part: string | number) => typeof part === 'string', (part: string | number) => Number.isInteger(part)];
const cursor: Cursor = { towards: 'next', key: ['2025-07-26', 3] };
const faultOf = (text: string, query: unknown = {}): string => {
  try {
    decodeCursor(text, query, TYPES);
  } catch (error) {
    if (error instanceof Problem && error.status === 400) return error.detail;
    throw error;
  }
  throw new Error('It was taken.');
};

test('a cursor comes back as it was made', () => {
  expect(decodeCursor(encodeCursor(cursor, { type: 'speech' }), { type: 'speech' }, TYPES)).toEqual(cursor);
});

test('a cursor of another query is refused', () => {
  expect(faultOf(encodeCursor(cursor, { type: 'speech' }), { type: 'forum' })).toMatch(/other filters/);
});

describe('what is no cursor is refused', () => {
  const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  test.each([
    ['nothing', ''],
    ['text', 'abc'],
    ['a part of one', encodeCursor(cursor, {}).slice(0, -6)],
    ['a key with a part too few', encodeCursor({ ...cursor, key: ['2025'] }, {})],
    ['a key of another type', encodeCursor({ ...cursor, key: [3, '2025'] }, {})],
    ['another direction', forged(['sideways', 'x', ['2025', 3]])],
    ['an object in the key', forged(['next', 'x', [{ toString: 'now()' }, 3]])],
  ])('%s', (_, text) => {
    expect(faultOf(text)).toMatch(/not one that this server gave/);
  });
});

describe('a page is cut', () => {
  const cut = (rows: number[], limit: number, from: Cursor | null) => {
    const page = cutPage(rows, limit, from, (row) => [row], {});
    const at = (text: string | null) => (text === null ? null : decodeCursor(text, {}, [() => true]));
    return { rows: page.rows, next: at(page.next), previous: at(page.previous) };
  };
  test('with no neighbours where all fits', () => {
    expect(cut([1, 2], 2, null)).toEqual({ rows: [1, 2], next: null, previous: null });
  });
  test('with a next one where there is more', () => {
    expect(cut([1, 2, 3], 2, null)).toEqual({ rows: [1, 2], next: { towards: 'next', key: [2] }, previous: null });
  });
  test('backwards: in order, with a next one always, and a previous one where there is more', () => {
    expect(cut([6, 5, 4], 2, { towards: 'previous', key: [7] })).toEqual({
      rows: [5, 6],
      next: { towards: 'next', key: [6] },
      previous: { towards: 'previous', key: [5] },
    });
  });
});
