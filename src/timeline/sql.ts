// A page of the timeline as one statement over event_cards.
//
// Guarantee: each event once, in a total order, from the cursor on.
// Index: event_cards_timeline_idx and event_cards_type_timeline_idx have the order in which things happened,
// event_cards_recorded_idx that of feeds; the GIN indexes serve lists and search.
import type { Cursor, CursorKey } from '../contract/cursor.js';
import { parseDate } from '../contract/date.js';
import { isId } from '../contract/ids.js';
import { conditionsOf } from './filters.js';
import type { TimelineFilters } from './schema.js';
import { parseSearch, searchSql } from './search.js';
import { type Statement, Values } from './values.js';

/** In which order events are listed: as they happened, as they were recorded, or by how well they fit the search. */
export type Order = 'happened' | 'recorded' | 'relevance';

interface Keyset {
  /** The columns of the order, with their types; the last one is the id, which makes it total. */
  columns: [sql: string, type: string][];
  /** What each part of a cursor must be, so that a forged one never reaches the database. */
  parts: ((part: string | number) => boolean)[];
  /** Whether the list begins at the far end. */
  isReversed: boolean;
}

const isDay = (part: string | number) =>
  part === '-infinity' || (/^\d{4}-\d{2}-\d{2}$/.test(String(part)) && parseDate(String(part)) !== null);
const isUuid = (part: string | number) => isId(String(part));

export const KEYSETS: Record<Order, Keyset> = {
  happened: {
    columns: [
      ['c.start_date', 'date'],
      ['c.precision_rank', 'smallint'],
      ['c.event_id', 'uuid'],
    ],
    parts: [isDay, (part) => Number.isInteger(part) && Number(part) >= 0 && Number(part) <= 5, isUuid],
    isReversed: false,
  },
  recorded: {
    columns: [
      ['c.updated_at', 'timestamptz'],
      ['c.event_id', 'uuid'],
    ],
    parts: [(part) => typeof part === 'string' && /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?[+-][\d:]+$/.test(part), isUuid],
    isReversed: true,
  },
  relevance: {
    columns: [
      ['c.rank', 'float8'],
      ['c.event_id', 'uuid'],
    ],
    parts: [(part) => typeof part === 'number', isUuid],
    isReversed: true,
  },
};

export interface PageRow {
  /** bigint, as text. */
  seq: string | null;
  recorded_at: Date | null;
  event_id: string | null;
  card: string;
  state: string;
  snippet?: string;
  k0: string | number;
  k1: string | number;
  k2?: string;
}

export const keyOf = ({ k0, k1, k2 }: PageRow): CursorKey => (k2 === undefined ? [k0, k1] : [k0, k1, k2]);

export interface PageQuestion {
  filters: TimelineFilters;
  order: Order;
  isDescending: boolean;
  cursor: Cursor | null;
  /** How many cards: the limit and one more. */
  rows: number;
  /** Whether to list what readers saw once and see no more. */
  withRemoved?: boolean;
  /** Whether to show where a search was met; that costs. */
  withSnippets?: boolean;
}

/**
 * A page of cards from the cursor on, and the last change that the same snapshot knows of. There is one row even where
 * the page is empty, with nulls for the card.
 */
export function pageStatement({
  filters,
  order,
  isDescending,
  cursor,
  rows,
  withRemoved = false,
  withSnippets = true,
}: PageQuestion): Statement {
  const values = new Values();
  const conditions = conditionsOf(filters, values, withRemoved ? 'c.was_published' : undefined);
  // Without filters one plan is right for all values; with them, statistics choose the plan each time.
  const isPlain = conditions.length === 1 && order !== 'relevance';
  const { columns, isReversed } = KEYSETS[order];
  const backwards = (isDescending !== isReversed) !== (cursor?.towards === 'previous');
  const names = columns.map(([sql]) => sql);
  const query = filters.q === undefined ? null : searchSql(parseSearch(filters.q)!, values);
  const from =
    order === 'relevance'
      ? `(select c.*, ts_rank_cd(c.search, ${query})::float8 as rank from event_cards c where ${conditions.join(' and ')}) c`
      : 'event_cards c';
  const where = order === 'relevance' ? [] : conditions;
  if (cursor !== null) {
    const key = columns.map(([, type], index) => values.add(cursor.key[index], type)).join(', ');
    where.push(`(${names.join(', ')}) ${backwards ? '<' : '>'} (${key})`);
  }
  const direction = backwards ? 'desc' : 'asc';
  const keys = columns.map(([sql, type], index) => `${sql}${type === 'date' || type === 'timestamptz' ? '::text' : ''} as k${index}`);
  return {
    ...(isPlain && { name: `timeline ${order} ${direction}${cursor === null ? '' : ' from'}${withRemoved ? ' removed' : ''}` }),
    text: `
      select last.seq, last.recorded_at, c.event_id, c.state, c.card, ${keys.join(', ')}${query === null || !withSnippets ? '' : `, ${snippetSql(query)} as snippet`}
      from (select max(seq) as seq, max(recorded_at) as recorded_at from (select seq, recorded_at from revisions order by seq desc limit 1) r) last
      left join (
        select c.* from ${from}
        ${where.length === 0 ? '' : `where ${where.join(' and ')}`}
        order by ${names.map((name) => `${name} ${direction}`).join(', ')} limit ${values.add(rows, 'int')}
      ) c on true
      order by ${names.map((name) => `${name} ${direction}`).join(', ')}`,
    values: values.all,
  };
}

/**
 * Where the search was met, as HTML: the text is escaped first and the marks are put in last. ts_headline takes out what
 * looks like an element; search_signs sets signs apart that are written without spaces, and that is taken back.
 */
function snippetSql(query: string): string {
  const text = `concat_ws(' · ', c.card::json ->> 'title', c.card::json ->> 'summary',
    (select string_agg(a ->> 'name', ', ') from json_array_elements(c.card::json -> 'actors') a))`;
  const escaped = replaceAll(text, [
    ['&', '&amp;'],
    ['<', '&lt;'],
    ['>', '&gt;'],
    ['"', '&quot;'],
  ]);
  const headline = `ts_headline('demarche', search_signs(${escaped}), ${query}, E'StartSel=\\x02, StopSel=\\x03, MaxWords=30, MinWords=12, MaxFragments=2, FragmentDelimiter=" … "')`;
  const marked = replaceAll(headline, [
    ['\\x1f', ''],
    ['\\x02', '<mark>'],
    ['\\x03', '</mark>'],
  ]);
  return `case when c.event_id is not null then ${marked} end`;
}

const replaceAll = (sql: string, pairs: [from: string, to: string][]): string =>
  pairs.reduce((text, [from, to]) => `replace(${text}, E'${from}', '${to}')`, sql);

/** How many cards match in all. */
export function totalStatement(filters: TimelineFilters): Statement {
  const values = new Values();
  return {
    text: `select count(*)::int as total from event_cards c where ${conditionsOf(filters, values).join(' and ')}`,
    values: values.all,
  };
}
