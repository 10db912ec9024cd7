// Reads the feed of changes. It is a reader of the revisions that every write appends; it keeps nothing of its own.
import type { Database } from '../database/connect.js';
import { relatedIn, type View, viewOf } from './entry.js';
import type { ChangeEntry, ChangeFilters } from './schema.js';
import { type ChangeRow, KNOWN_EVENTS, LAST, LAST_BEFORE, LOOKED_AT, type LookedRow, readStatement } from './sql.js';

export interface ReadOptions {
  /** The last change that the reader has seen. */
  since: number;
  /** How many entries at most. */
  limit: number;
  filters: ChangeFilters;
  /** Whether the reader bears a key, of any role. */
  seesHidden: boolean;
  /** Whether the reader is told of proposals that are not decided. */
  decides?: boolean | undefined;
}

export interface Reading {
  entries: ChangeEntry[];
  /** Up to which change was looked: where to go on. It advances also where nothing matches. */
  position: number;
  hasMore: boolean;
}

/** One change as each kind of reader sees it. */
export interface Views {
  seq: number;
  /** Those who decide on proposals. */
  deciders: View;
  /** Null where only those who decide are told. */
  bearers: View | null;
  /** Null where only bearers of a key are told. */
  all: View | null;
}

export type ChangeStore = ReturnType<typeof createChangeStore>;

export function createChangeStore({ reads }: Pick<Database, 'reads'>) {
  async function look(since: number, seesHidden: boolean, filters: ChangeFilters, most: number, decides: boolean) {
    const { rows } = await reads.query<LookedRow>(readStatement(since, seesHidden, filters, most, decides));
    const { until, last_seq } = rows[0]!;
    return { rows: rows.filter((row): row is typeof row & ChangeRow => row.seq !== null), until: Number(until), lastSeq: Number(last_seq) };
  }

  /** What readers without a key were told of the events that these documents name. */
  async function knownAmong(rows: ChangeRow[]): Promise<(event: string) => boolean> {
    const named = [...new Set(rows.flatMap(({ before, state }) => [...relatedIn(before), ...relatedIn(state)]))];
    if (named.length === 0) return () => true;
    const { rows: known } = await reads.query<{ slug: string }>(KNOWN_EVENTS, [named]);
    const slugs = new Set(known.map(({ slug }) => slug));
    return (event) => slugs.has(event);
  }

  async function read({
    since,
    limit,
    filters,
    seesHidden,
    decides = false,
  }: ReadOptions): Promise<Reading & { views: View[]; lastSeq: number }> {
    const isFiltered = Object.values(filters).some((values) => values !== undefined);
    const { rows, until, lastSeq } = await look(since, seesHidden, filters, isFiltered ? LOOKED_AT : limit + 1, decides);
    const isKnown = seesHidden ? () => true : await knownAmong(rows);
    const views = rows.map((row) => viewOf(row, seesHidden, isKnown, decides)).filter((view) => view?.matches(filters) === true) as View[];
    const isCut = views.length > limit;
    const shown = views.slice(0, limit);
    const position = isCut ? shown.at(-1)!.entry.seq : until;
    return { entries: shown.map(({ entry }) => entry), views: shown, position, hasMore: isCut || position < lastSeq, lastSeq };
  }

  return {
    /** Call it first where a reader has seen this change: who answers it knows that, too. */
    reach: (seq: number): Promise<void> => reads.reach(seq),

    /** Entries after `since`, in the order of commits. */
    read,

    /** All changes after `since`, as each kind of reader sees them, and up to which was looked. */
    async readAll(since: number, most: number): Promise<{ changes: Views[]; position: number; hasMore: boolean }> {
      const { rows, until, lastSeq } = await look(since, true, {}, most, true);
      if (rows.length === 0) return { changes: [], position: until, hasMore: false };
      const isKnown = await knownAmong(rows);
      const changes = rows.map((row) => {
        const deciders = viewOf(row, true, isKnown, true)!;
        const bearers = row.entity === 'proposal' ? viewOf(row, true, isKnown) : deciders;
        return { seq: Number(row.seq), deciders, bearers, all: viewOf(row, false, isKnown) };
      });
      const position = changes.at(-1)!.seq;
      return { changes, position, hasMore: position < lastSeq };
    },

    /**
     * The last change that is older than so many days: a reader who has seen it, or any after it, misses none of those
     * that are younger. 0 where there is none.
     */
    async lastBefore(days: number): Promise<number> {
      return Number((await reads.query<{ seq: string }>(LAST_BEFORE, [days])).rows[0]?.seq ?? 0);
    },

    /** The number of the last change; 0 where there is none. */
    async last(): Promise<number> {
      return Number((await reads.query<{ seq: string }>(LAST)).rows[0]?.seq ?? 0);
    },
  };
}
