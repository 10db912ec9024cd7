// Cursors: opaque places in an ordered list, bound to the query they were made for. A cursor holds the sort key of
// the row at the edge of a page and a digest of the filters; it is checked, not trusted.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { invalidParameters } from '../errors.js';

export type CursorKey = (string | number)[];

export interface Cursor {
  /** The sort key of the row from which to go on, that row not included. */
  key: CursorKey;
  /** Which way: towards the end of the list or its beginning. */
  towards: 'next' | 'previous';
}

const shape = z.tuple([z.enum(['next', 'previous']), z.string(), z.array(z.union([z.string().max(1000), z.number()])).max(4)]);

const digest = (query: unknown): string => createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 12);

/** @param query all that decides which rows are listed and in which order, in a fixed order of members */
export function encodeCursor(cursor: Cursor, query: unknown): string {
  return Buffer.from(JSON.stringify([cursor.towards, digest(query), cursor.key])).toString('base64url');
}

/**
 * @param types what each part of the key must be, so that a forged cursor never reaches the database
 * @throws Problem 400 when it is not one of ours or was made for another query
 */
export function decodeCursor(text: string, query: unknown, types: ((part: string | number) => boolean)[]): Cursor {
  const parsed = shape.safeParse(parseJson(Buffer.from(text, 'base64url').toString()));
  if (!parsed.success || parsed.data[2].length !== types.length || !parsed.data[2].every((part, index) => types[index]!(part))) {
    throw invalidParameters([
      { parameter: 'cursor', detail: 'The cursor is not one that this server gave; leave it out to start from the first page.' },
    ]);
  }
  const [towards, bound, key] = parsed.data;
  if (bound !== digest(query)) {
    throw invalidParameters([
      {
        parameter: 'cursor',
        detail: 'The cursor belongs to a query with other filters or another order; leave it out to start from the first page.',
      },
    ]);
  }
  return { towards, key };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A page cut from rows that were read in the cursor's direction, one more than the limit where there are more. */
export function cutPage<Row>(
  rows: Row[],
  limit: number,
  cursor: Cursor | null,
  keyOf: (row: Row) => CursorKey,
  query: unknown,
): { rows: Row[]; next: string | null; previous: string | null } {
  const more = rows.length > limit;
  const kept = rows.slice(0, limit);
  const backwards = cursor?.towards === 'previous';
  if (backwards) kept.reverse();
  const [hasNext, hasPrevious] = backwards ? [true, more] : [more, cursor !== null];
  const place = (row: Row | undefined, towards: Cursor['towards']) =>
    row === undefined ? null : encodeCursor({ key: keyOf(row), towards }, query);
  return { rows: kept, next: hasNext ? place(kept.at(-1), 'next') : null, previous: hasPrevious ? place(kept[0], 'previous') : null };
}
