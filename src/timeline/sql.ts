// A page of the timeline as one statement over event_cards.
//
// Guarantee: each event once, in a total order, from the cursor on.
// Index: event_cards_timeline_idx has the order in which things happened, event_cards_past_idx the same as of any change,
// event_cards_updated_at_… that of feeds; the GIN indexes serve keys and search. Filters by key walk (./walk.ts).
import type { Cursor, CursorKey } from '../contract/cursor.js';
import { parseDate } from '../contract/date.js';
import { isId } from '../contract/ids.js';
import { lastChange } from '../database/last-change.js';
import { type AsOf, nameOf, type Statement, Values } from '../database/statement.js';
import { countSql } from './count.js';
import { type FacetCounts, facetsSql } from './facets.js';
import { conditionsOf, isUnfiltered, onlyKeyOf } from './filters.js';
import { COUNTED, EVERYTHING, isLittleSince, turnedBackSql } from './kept.js';
import type { FacetName, TimelineFilters } from './schema.js';
import { parseSearch, searchSql } from './search.js';
import { isOneWalk, isWalkable, walkSql } from './walk.js';

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
  recorded_at: string | null;
  event_id: string | null;
  card: string;
  state: string;
  /** With a search. */
  wording?: string;
  total?: number | null;
  facets?: FacetCounts | null;
  k0: string | number;
  k1: string | number;
  k2?: string;
}

export const keyOf = ({ k0, k1, k2 }: PageRow): CursorKey => (k2 === undefined ? [k0, k1] : [k0, k1, k2]);

export interface PageQuestion {
  filters: TimelineFilters;
  as_of: AsOf;
  order: Order;
  isDescending: boolean;
  cursor: Cursor | null;
  /** How many cards: the limit and one more. */
  rows: number;
  /** Whether to list what readers saw once and see no more. */
  withRemoved?: boolean;
  /** Whether to read what snippets are cut from. */
  withWording?: boolean;
}

/** What is told beside the page, as of the same snapshot. */
export interface Counts {
  total?: boolean | undefined;
  facets?: FacetName[] | undefined;
}

/**
 * A page of cards from the cursor on, and the last change that the same snapshot knows of. There is one row even where
 * the page is empty, with nulls for the card; counts stand in the first row alone.
 */
export function pageStatement(question: PageQuestion, { total, facets }: Counts = {}): Statement {
  const { filters, as_of, order, isDescending, cursor, withRemoved = false, withWording = true } = question;
  const values = new Values();
  const { columns, isReversed } = KEYSETS[order];
  const isBackwards = (isDescending !== isReversed) !== (cursor?.towards === 'previous');
  const direction = isBackwards ? 'desc' : 'asc';
  const walks = order === 'happened' && !withRemoved && isWalkable(filters);
  const cards = walks ? walkSql({ ...question, isBackwards }, values) : searchedSql(question, isBackwards, values);
  // Without filters, and along one list, one plan is right for all values; else statistics choose the plan each time.
  const isKept = !total && !facets && (walks ? isOneWalk(filters) : isUnfiltered(filters) && order !== 'relevance');
  const once = (counts: string, name: string): string => `, case when row_number() over () = 1 then (${counts}) end as ${name}`;
  const keys = columns.map(([sql, type], index) => `${sql}${type === 'date' || type === 'timestamptz' ? '::text' : ''} as k${index}`);
  const text = `
    select last.seq, last.recorded_at, c.event_id, c.state, c.card, ${keys.join(', ')}${filters.q !== undefined && withWording ? ', c.wording' : ''}
      ${total ? once(totalSql(filters, as_of, values), 'total') : ''}${facets ? once(facetsSql(filters, facets, as_of, values), 'facets') : ''}
    from ${lastChange(as_of, values)}
    left join (${cards}) c on true
    order by ${columns.map(([sql]) => `${sql} ${direction}`).join(', ')}`;
  return { ...(isKept && { name: nameOf(text) }), text, values: values.all };
}

/** A page by its conditions on cards: whichever index finds fewest of them, or has the order. */
function searchedSql({ filters, as_of, order, cursor, rows, withRemoved }: PageQuestion, isBackwards: boolean, values: Values): string {
  const { columns } = KEYSETS[order];
  const names = columns.map(([sql]) => sql);
  const conditions = conditionsOf(filters, as_of, values, withRemoved ? 'c.was_published' : undefined);
  const ranked =
    order === 'relevance' &&
    `(select c.*, ts_rank_cd(c.search, ${searchSql(parseSearch(filters.q!)!, values)})::float8 as rank from event_cards c where ${conditions.join(' and ')}) c`;
  const where = ranked ? [] : conditions;
  if (cursor !== null) {
    const key = columns.map(([, type], index) => values.add(cursor.key[index], type)).join(', ');
    where.push(`(${names.join(', ')}) ${isBackwards ? '<' : '>'} (${key})`);
  }
  // Without filters as a subquery: a plan that does not know the limit then costs the planner no more than one that does,
  // and so is kept.
  const limit = isUnfiltered(filters) ? `(select ${values.add(rows, 'int')})` : values.add(rows, 'int');
  return `
    select c.* from ${ranked || 'event_cards c'} ${where.length === 0 ? '' : `where ${where.join(' and ')}`}
    order by ${names.map((name) => `${name} ${isBackwards ? 'desc' : 'asc'}`).join(', ')} limit ${limit}`;
}

/** How many cards match in all: everything, and what bears one key, is kept; the rest is counted. */
function totalSql(filters: TimelineFilters, as_of: AsOf, values: Values): string {
  const isEverything = isUnfiltered(filters);
  // Each event has one type.
  if (isEverything && as_of === null) return `select ${EVERYTHING}::int`;
  const key = as_of === null ? onlyKeyOf(filters) : null;
  if (key !== null) return `select coalesce(sum(count), 0)::int from event_counts where key = ${values.add(key, 'text')}`;
  if (isWalkable(filters)) return countSql(filters, as_of, values);
  const counted = `select count(*)::int from event_cards c where ${conditionsOf(filters, as_of, values).join(' and ')}`;
  if (!isEverything || as_of === null) return counted;
  return `select case when ${isLittleSince(as_of, COUNTED, values)}
    then (${EVERYTHING} + (select coalesce(sum(t.turn), 0) from (${turnedBackSql(as_of, values)}) t))::int else (${counted}) end`;
}
