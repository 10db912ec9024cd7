// Reads the timeline: pages of finished cards, counts over all that match, and all of it one after another.
import { type Cursor, cutPage, decodeCursor } from '../contract/cursor.js';
import { DEFAULT_LIMIT, type Listing } from '../contract/page.js';
import type { Database } from '../database/connect.js';
import { correctNames } from './corrections.js';
import { erasStatement } from './eras.js';
import { toFacets } from './facets.js';
import type { Entry, Era, Event, Published, Removed } from './formats/format.js';
import { type BucketRow, histogramStatement, RULE, toBuckets } from './histogram.js';
import type { Facets, Histogram, HistogramQuery, TimelineFilters, TimelineMeta, TimelineQuery } from './schema.js';
import { parseSearch } from './search.js';
import { createSnippets } from './snippet.js';
import { type Counts, KEYSETS, keyOf, type Order, type PageQuestion, type PageRow, pageStatement } from './sql.js';

export interface TimelinePage extends Listing<string> {
  facets?: Facets;
  meta: TimelineMeta;
}

/** All that match, as it is read. */
export interface Opened {
  entries: AsyncIterable<Entry>;
  /** Whether the first chunk was all. */
  isWhole: boolean;
  meta: TimelineMeta;
}

export interface Recorded extends Listing<Entry> {
  meta: TimelineMeta;
}

/** How many cards one statement reads when all are wanted. */
const CHUNK = 500;

export type TimelineStore = ReturnType<typeof createTimelineStore>;

export function createTimelineStore({ pool }: Pick<Database, 'pool'>) {
  const readRows = async (question: PageQuestion, counts?: Counts): Promise<PageRow[]> =>
    (await pool.query<PageRow>(pageStatement(question, counts))).rows;

  const metaOf = ([row]: PageRow[]): TimelineMeta => ({
    as_of_seq: Number(row?.seq ?? 0),
    last_change_at: row?.recorded_at?.toISOString() ?? null,
  });

  /** The filters with misspelt names corrected, where they find nothing as they are. */
  async function corrected(filters: TimelineFilters): Promise<TimelineFilters | null> {
    const q = filters.q === undefined ? null : await correctNames({ pool }, filters.q);
    return q === null ? null : { ...filters, q };
  }

  return {
    /**
     * @returns finished cards of published events that match, with the cursors of the neighbouring pages
     * @throws Problem 400 for a window that ends before it begins, and for a cursor of another query
     */
    async read(query: TimelineQuery): Promise<TimelinePage> {
      const { limit = DEFAULT_LIMIT, cursor: text, total, facets, order = 'asc', ...filters } = query;
      const bound = { order, ...filters };
      const listed: Order = order === 'relevance' ? 'relevance' : 'happened';
      const cursor: Cursor | null = text === undefined ? null : decodeCursor(text, bound, KEYSETS[listed].parts);
      const question = { order: listed, isDescending: order === 'desc', cursor, rows: limit + 1 };
      const counts = { total, facets };
      let rows = await readRows({ filters, ...question }, counts);
      let searched = filters;
      if (rows[0]?.event_id === null) {
        const other = await corrected(filters);
        if (other !== null) {
          searched = other;
          rows = await readRows({ filters: other, ...question }, counts);
        }
      }
      const [first] = rows;
      const page = cutPage(
        rows.filter((row) => row.event_id !== null),
        limit,
        cursor,
        keyOf,
        bound,
      );
      return {
        data: searched.q === undefined ? page.rows.map(({ card }) => card) : withSnippets(page.rows, searched.q),
        next: page.next,
        previous: page.previous,
        limit,
        ...(first!.total != null && { total: first!.total }),
        ...(first!.facets != null && { facets: toFacets(first!.facets) }),
        meta: { ...metaOf(rows), ...(searched.q !== filters.q && { searched_for: searched.q }) },
      };
    },

    async histogram(query: HistogramQuery): Promise<Histogram> {
      const { interval = 'month', ...filters } = query;
      const { rows } = await pool.query<BucketRow>(histogramStatement({ interval, ...filters }));
      const data = toBuckets(rows);
      const last = await readRows({ filters: {}, order: 'happened', isDescending: false, cursor: null, rows: 0 });
      return { data, meta: { ...metaOf(last), interval, rule: RULE } };
    },

    /**
     * All that match, chunk by chunk: a reader who is slow holds no connection. The first chunk tells whether it is all,
     * and up to which change it knows; what is read later may know more.
     */
    async open(filters: TimelineFilters, order: Order, { isDescending = false, withRemoved = false } = {}): Promise<Opened> {
      const read = (asked: TimelineFilters, cursor: Cursor | null) =>
        readRows({ filters: asked, order, isDescending, cursor, rows: CHUNK, withRemoved, withWording: false });
      const first = await read(filters, null);
      const other = first[0]?.event_id === null ? await corrected(filters) : null;
      const rows = other === null ? first : await read(other, null);
      return { entries: entries(rows), isWhole: rows.length < CHUNK, meta: metaOf(rows) };

      async function* entries(chunk: PageRow[]): AsyncGenerator<Entry> {
        for (;;) {
          const cards = chunk.filter((row) => row.event_id !== null);
          for (const row of cards) yield entryOf(row);
          if (cards.length < CHUNK) return;
          chunk = await read(other ?? filters, { key: keyOf(cards.at(-1)!), towards: 'next' });
        }
      }
    },

    /** A page of what was recorded last, what was taken back among it. */
    async recorded(
      filters: TimelineFilters,
      { limit = DEFAULT_LIMIT, cursor: text }: Pick<TimelineQuery, 'limit' | 'cursor'>,
    ): Promise<Recorded> {
      const bound = { order: 'recorded', ...filters };
      const cursor: Cursor | null = text === undefined ? null : decodeCursor(text, bound, KEYSETS.recorded.parts);
      const question = {
        filters,
        order: 'recorded' as const,
        isDescending: false,
        cursor,
        rows: limit + 1,
        withRemoved: true,
        withWording: false,
      };
      const rows = await readRows(question);
      const page = cutPage(
        rows.filter((row) => row.event_id !== null),
        limit,
        cursor,
        keyOf,
        bound,
      );
      return { data: page.rows.map(entryOf), next: page.next, previous: page.previous, limit, meta: metaOf(rows) };
    },

    /** The initiatives of all that match, each from its first day to its last. */
    async eras(filters: TimelineFilters): Promise<Era[]> {
      const { rows } = await pool.query<Era>(erasStatement(filters));
      return rows;
    },
  };
}

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
