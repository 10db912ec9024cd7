// Reads the timeline: pages of finished cards, counts over all that match, and all of it one after another.
import { type Cursor, cutPage, decodeCursor } from '../contract/cursor.js';
import { DEFAULT_LIMIT, type Listing } from '../contract/page.js';
import type { Database } from '../database/connect.js';
import type { Telling } from '../database/reading.js';
import type { AsOf, Statement } from '../database/statement.js';
import { invalidParameters } from '../errors.js';
import type { Moments } from '../history/moments.js';
import { correctNames } from './corrections.js';
import { type DiffRow, diffStatement, toDiffEntry } from './diff.js';
import { erasStatement } from './eras.js';
import { toFacets } from './facets.js';
import type { Entry, Era, Event, Published, Removed } from './formats/format.js';
import { type BucketRow, histogramStatement, RULE, toBuckets } from './histogram.js';
import type { Asked, DiffQuery, Facets, Histogram, HistogramQuery, TimelineFilters, TimelineMeta, TimelineQuery } from './schema.js';
import { parseSearch } from './search.js';
import { createSnippets } from './snippet.js';
import { type Counts, KEYSETS, keyOf, type Order, type PageQuestion, type PageRow, pageStatement } from './sql.js';

interface OfOneState {
  /** The last change that an answer knows; null where it was put together from several states of the data. */
  seq: number | null;
  /** Whether it is asked as of a moment that is over, and so true for ever. */
  isFinal: boolean;
}

export interface TimelinePage extends Listing<string>, OfOneState {
  facets?: Facets;
  meta: TimelineMeta;
}

/** All that match, as it is read. */
export interface Opened extends OfOneState {
  entries: AsyncIterable<Entry>;
  /** Whether the first chunk was all. */
  isWhole: boolean;
  meta: TimelineMeta;
}

export interface Recorded extends Listing<Entry>, OfOneState {
  meta: TimelineMeta;
}

/** When all are wanted: up to how many are answered whole, and how many more one statement reads, which bounds the memory. */
const WHOLE = 500;
const CHUNK = 100;

export type TimelineStore = ReturnType<typeof createTimelineStore>;

export function createTimelineStore({ reads }: Pick<Database, 'reads'>, moments: Moments) {
  /** Each statement has a snapshot of its own, and tells up to which change it knows. */
  async function readRows<Row extends { seq: string | null }>(statement: Statement, as_of: AsOf, from: Telling = reads): Promise<Row[]> {
    const saw = from.reading();
    const { rows } = await from.query<Row>(statement);
    if (as_of === null) saw(seqOf(rows));
    return rows;
  }
  const readPage = (question: PageQuestion, counts?: Counts, from?: Telling) =>
    readRows<PageRow>(pageStatement(question, counts), question.as_of, from);

  /** The filters with misspelt names corrected, where they find nothing as they are. */
  async function corrected(filters: TimelineFilters): Promise<TimelineFilters | null> {
    const q = filters.q === undefined ? null : await correctNames(reads, filters.q);
    return q === null ? null : { ...filters, q };
  }

  return {
    /**
     * @returns finished cards of published events that match, with the cursors of the neighbouring pages
     * @throws Problem 400 for a window that ends before it begins, and for a cursor of another query
     */
    async read(query: TimelineQuery): Promise<TimelinePage> {
      const { limit = DEFAULT_LIMIT, cursor: text, total, facets, order = 'asc', ...asked } = query;
      const { known_at: _, release: __, ...filters } = asked;
      const bound = { order, ...asked };
      const listed: Order = order === 'relevance' ? 'relevance' : 'happened';
      const cursor: Cursor | null = text === undefined ? null : decodeCursor(text, bound, KEYSETS[listed].parts);
      const { as_of, isFinal } = await moments.resolve(asked);
      const question = { as_of, order: listed, isDescending: order === 'desc', cursor, rows: limit + 1 };
      const counts = { total, facets };
      let rows = await readPage({ filters, ...question }, counts);
      let searched: TimelineFilters = filters;
      const states = new Set([seqOf(rows)]);
      if (rows[0]?.event_id === null) {
        const other = await corrected(filters);
        if (other !== null) {
          searched = other;
          rows = await readPage({ filters: other, ...question }, counts);
          states.add(seqOf(rows));
        }
      }
      const [first] = rows;
      const page = cutPage(present(rows), limit, cursor, keyOf, bound);
      return {
        data: searched.q === undefined ? page.rows.map(({ card }) => card) : withSnippets(page.rows, searched.q),
        next: page.next,
        previous: page.previous,
        limit,
        ...(first!.total != null && { total: first!.total }),
        ...(first!.facets != null && { facets: toFacets(first!.facets) }),
        seq: onlyOf(states),
        isFinal,
        meta: { ...metaOf(rows), ...(searched.q !== filters.q && { searched_for: searched.q }) },
      };
    },

    async histogram({ known_at, release, interval = 'month', ...filters }: HistogramQuery): Promise<Histogram & OfOneState> {
      const { as_of, isFinal } = await moments.resolve({ known_at, release });
      const rows = await readRows<BucketRow>(histogramStatement({ interval, ...filters }, as_of), as_of);
      return { data: toBuckets(rows), meta: { ...metaOf(rows), interval, rule: RULE }, seq: seqOf(rows), isFinal };
    },

    /**
     * All that match, chunk by chunk: a reader who is slow holds no connection. The first chunk tells whether it is all,
     * and up to which change it knows; what is read later may know more, unless it is asked as of a moment.
     */
    async open(
      { known_at, release, ...filters }: Asked,
      order: Order,
      { isDescending = false, withRemoved = false } = {},
    ): Promise<Opened> {
      const { as_of, isFinal } = await moments.resolve({ known_at, release });
      const from = reads.pinned();
      const read = (asked: TimelineFilters, cursor: Cursor | null, rows = WHOLE) =>
        readPage({ filters: asked, as_of, order, isDescending, cursor, rows, withRemoved, withWording: false }, undefined, from);
      const first = await read(filters, null);
      const other = first[0]?.event_id === null ? await corrected(filters) : null;
      const rows = other === null ? first : await read(other, null);
      return {
        entries: entries(rows),
        isWhole: rows.length < WHOLE,
        seq: onlyOf(new Set([seqOf(first), seqOf(rows)])),
        isFinal,
        meta: metaOf(rows),
      };

      async function* entries(chunk: PageRow[]): AsyncGenerator<Entry> {
        for (let size = WHOLE; ; size = CHUNK) {
          const cards = present(chunk);
          for (const row of cards) yield entryOf(row);
          if (cards.length < size) return;
          chunk = await read(other ?? filters, { key: keyOf(cards.at(-1)!), towards: 'next' }, CHUNK);
        }
      }
    },

    /** A page of what was recorded last, what was taken back among it. */
    async recorded(asked: Asked, { limit = DEFAULT_LIMIT, cursor: text }: Pick<TimelineQuery, 'limit' | 'cursor'>): Promise<Recorded> {
      const { known_at: _, release: __, ...filters } = asked;
      const bound = { order: 'recorded', ...asked };
      const cursor: Cursor | null = text === undefined ? null : decodeCursor(text, bound, KEYSETS.recorded.parts);
      const { as_of, isFinal } = await moments.resolve(asked);
      const question = { filters, as_of, order: 'recorded' as const, isDescending: false, cursor, rows: limit + 1 };
      const rows = await readPage({ ...question, withRemoved: true, withWording: false });
      const page = cutPage(present(rows), limit, cursor, keyOf, bound);
      return {
        data: page.rows.map(entryOf),
        next: page.next,
        previous: page.previous,
        limit,
        seq: seqOf(rows),
        isFinal,
        meta: metaOf(rows),
      };
    },

    /**
     * What came to the timeline, changed on it and left it between two moments.
     * @throws Problem 400 where the second lies before the first
     */
    async diff({ known_from, known_to, limit = DEFAULT_LIMIT, cursor: text, ...filters }: DiffQuery) {
      const bound = { order: 'diff', known_from, known_to, ...filters };
      const cursor: Cursor | null = text === undefined ? null : decodeCursor(text, bound, KEYSETS.happened.parts);
      const from = await moments.at(known_from, 'known_from');
      const to = known_to === undefined ? await moments.last() : await moments.at(known_to, 'known_to');
      if (to.as_of < from.as_of)
        throw invalidParameters([
          { parameter: 'known_from', detail: `known_from (${known_from}) lies after known_to (${known_to}); swap them.` },
        ]);
      const { rows } = await reads.query<DiffRow>(diffStatement({ filters, from: from.as_of, to: to.as_of, cursor, rows: limit + 1 }));
      const { added, changed, withdrawn } = rows[0]!;
      const page = cutPage(
        rows.filter((row) => row.event_id !== null),
        limit,
        cursor,
        (row) => [row.k0, row.k1, row.event_id!],
        bound,
      );
      return {
        data: page.rows.map(toDiffEntry),
        next: page.next,
        previous: page.previous,
        limit,
        meta: { from_seq: from.as_of, to_seq: to.as_of, added, changed, withdrawn },
      };
    },

    /** The initiatives of all that match, each from its first day to its last. */
    async eras({ known_at, release, ...filters }: Asked): Promise<{ eras: Era[] } & OfOneState> {
      const { as_of, isFinal } = await moments.resolve({ known_at, release });
      const rows = await readRows<EraRow>(erasStatement(filters, as_of), as_of);
      const eras = rows.flatMap(({ name, start_date, end_date }) => (name === null ? [] : [{ name, start_date, end_date }]));
      return { eras, seq: seqOf(rows), isFinal };
    },
  };
}

/** Even an empty page has a row, for what is told beside it. */
const present = (rows: PageRow[]): PageRow[] => rows.filter((row) => row.event_id !== null);

interface EraRow extends Omit<Era, 'name'> {
  seq: string | null;
  /** Null where there are none. */
  name: string | null;
}

interface KnowingRow {
  seq: string | null;
  recorded_at: string | null;
}

const seqOf = ([row]: Pick<KnowingRow, 'seq'>[]): number => Number(row?.seq ?? 0);

const metaOf = (rows: KnowingRow[]): TimelineMeta => ({
  as_of_seq: seqOf(rows),
  last_change_at: rows[0]?.recorded_at ?? null,
});

/** The state that several reads saw, where it was the same. */
export const onlyOf = (states: Set<number | null>): number | null => (states.size === 1 ? [...states][0]! : null);

function withSnippets(rows: PageRow[], q: string): string[] {
  const snippetOf = createSnippets(parseSearch(q)!);
  return rows.map(({ card, wording }) => `${card.slice(0, -1)},"snippet":${JSON.stringify(snippetOf(wording!))}}`);
}

function entryOf({ card, state }: PageRow): Entry {
  if (state === 'published') return new Card(card);
  const { id, updated_at } = JSON.parse(card) as Event;
  return { id, removed_at: updated_at } satisfies Removed;
}

/** Taken apart only where that is asked for. */
class Card implements Published {
  constructor(readonly card: string) {}

  get event(): Event {
    return JSON.parse(this.card);
  }
}
