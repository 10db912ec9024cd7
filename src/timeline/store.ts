// Reads the timeline: a page of finished cards, in one statement.
import { type Cursor, cutPage, decodeCursor } from '../contract/cursor.js';
import { parseDate } from '../contract/date.js';
import { isId } from '../contract/ids.js';
import { DEFAULT_LIMIT, type Listing } from '../contract/page.js';
import type { Database } from '../database/connect.js';
import { invalidParameters } from '../errors.js';
import type { TimelineMeta, TimelineQuery } from './schema.js';
import { pageStatement, totalStatement, type Window } from './sql.js';

interface CardRow {
  /** bigint, as text. */
  seq: string | null;
  recorded_at: Date | null;
  event_id: string | null;
  start_day: string;
  precision_rank: number;
  card: string;
}

export interface TimelinePage extends Listing<string> {
  meta: TimelineMeta;
}

/** What a cursor of the timeline holds: first day, rank of the precision, id of the event. */
const CURSOR_KEY = [
  (part: string | number) =>
    typeof part === 'string' && (part === '-infinity' || (/^\d{4}-\d{2}-\d{2}$/.test(part) && parseDate(part) !== null)),
  (part: string | number) => Number.isInteger(part) && Number(part) >= 0 && Number(part) <= 5,
  (part: string | number) => isId(String(part)),
];

export type TimelineStore = ReturnType<typeof createTimelineStore>;

export function createTimelineStore({ pool }: Pick<Database, 'pool'>) {
  return {
    /**
     * @returns finished cards of published events that match, with the cursors of the neighbouring pages
     * @throws Problem 400 for a window that ends before it begins, and for a cursor of another query
     */
    async read(query: TimelineQuery): Promise<TimelinePage> {
      const window = windowOf(query);
      const { limit = DEFAULT_LIMIT, cursor: text, total, ...filters } = query;
      const cursor: Cursor | null = text === undefined ? null : decodeCursor(text, filters, CURSOR_KEY);
      const { rows } = await pool.query<CardRow>(pageStatement(query, window, cursor, limit + 1));
      const cards = rows.filter((row) => row.event_id !== null);
      const page = cutPage(cards, limit, cursor, (row) => [row.start_day, row.precision_rank, row.event_id!], filters);
      return {
        data: page.rows.map((row) => row.card),
        next: page.next,
        previous: page.previous,
        limit,
        ...(total && { total: (await pool.query<{ total: number }>(totalStatement(query, window))).rows[0]!.total }),
        meta: { as_of_seq: Number(rows[0]?.seq ?? 0), last_change_at: rows[0]?.recorded_at?.toISOString() ?? null },
      };
    },
  };
}

/** The days between the start of `from` and the end of `to`. */
function windowOf(query: TimelineQuery): Window {
  const window = {
    from: query.from === undefined ? null : parseDate(query.from)!.start_date,
    to: query.to === undefined ? null : parseDate(query.to)!.end_date,
  };
  if (window.from !== null && window.to !== null && window.from > window.to) {
    throw invalidParameters([{ parameter: 'from', detail: `from (${query.from}) lies after to (${query.to}); swap them.` }]);
  }
  return window;
}
