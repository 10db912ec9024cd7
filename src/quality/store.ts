// Reads what the record lacks. Only what everybody may see is counted and listed.
import { cutPage, decodeCursor } from '../contract/cursor.js';
import { isId } from '../contract/ids.js';
import { endOf, type MomentQuery } from '../contract/moment.js';
import { DEFAULT_LIMIT, type Listing } from '../contract/page.js';
import type { Database } from '../database/connect.js';
import type { Reader } from '../database/reading.js';
import { type AsOf, prepared } from '../database/statement.js';
import type { Moments } from '../history/moments.js';
import { type CardTable, listCards, sortedBy } from '../resources/cards.js';
import { type CheckQuery, EVENT_CHECKS, type EventCheck, type QualityQuery, STALE_ABOUT, STALE_MONTHS, type StaleQuery } from './schema.js';
import { countStaleStatement, countsStatement, DAY_OF_CHANGE, kindsStatement, staleStatement } from './sql.js';

const CARDS: CardTable = { from: 'event_cards c', where: `c.state = 'published'`, id: 'c.event_id', sort: sortedBy('title', 'created_at') };

const CURSOR_KEY = [
  (part: string | number) => part === '-infinity' || /^\d{4}-\d{2}-\d{2}$/.test(String(part)),
  (part: string | number) => isId(String(part)),
];

interface StaleRow {
  id: string;
  day: string;
  card: { slug: string; name: string; kind: string; status: string | null };
  /** The card of its latest event; null where it has none. */
  last_event: { slug: string; title: string; date: string; start_date: string | null } | null;
}

/** All of a list, as it is read. */
export interface Opened {
  /** Finished JSON of each. */
  items: AsyncIterable<string>;
  /** Whether the first part is all. */
  isWhole: boolean;
}

/** When all are wanted: how many one statement reads, which bounds the memory. */
const AT_ONCE = 500;

/** The day so many months before today, in UTC; the last of the month where that has fewer days. */
export function monthsBefore(months: number, today = new Date()): string {
  const first = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - months, 1));
  const days = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(today.getUTCDate(), days));
  return first.toISOString().slice(0, 10);
}

export type QualityStore = ReturnType<typeof createQualityStore>;

export function createQualityStore({ reads }: Pick<Database, 'reads'>, moments: Pick<Moments, 'resolve'>) {
  /** The moment that is asked for: as of which change, and which day it was. */
  async function resolve({ known_at, release }: MomentQuery) {
    const { as_of } = await moments.resolve({ known_at, release });
    if (known_at !== undefined) return { as_of, today: endOf(known_at) };
    if (as_of === null) return { as_of, today: new Date() };
    // A release stands for the day of the last change that it knows.
    const { rows } = await reads.query<{ day: string }>(prepared(DAY_OF_CHANGE, [as_of]));
    return { as_of, today: new Date(rows[0]?.day ?? 0) };
  }

  const countStale = async (first: string, as_of: AsOf): Promise<number> =>
    (await reads.query<{ count: number }>(countStaleStatement(first, as_of))).rows[0]!.count;

  async function readEvents(from: Reader, check: EventCheck, { known_at, release, ...query }: CheckQuery): Promise<Listing<string>> {
    const { as_of } = await moments.resolve({ known_at, release });
    const asked = { ...query, moment: known_at ?? release };
    return listCards(from, CARDS, { groups: [[EVENT_CHECKS[check].key]] }, asked, as_of, ['quality', check]);
  }

  async function readStale(from: Reader, { months = STALE_MONTHS, limit = DEFAULT_LIMIT, cursor: text, total, ...moment }: StaleQuery) {
    const { as_of, today } = await resolve(moment);
    const first = monthsBefore(months, today);
    const bound = ['stale', months, moment.known_at ?? moment.release];
    const cursor = text === undefined ? null : decodeCursor(text, bound, CURSOR_KEY);
    const after = [cursor?.key[0] ?? null, cursor?.key[1] ?? null] as const;
    const { rows } = await from.query<StaleRow>(
      staleStatement({ first, as_of, after, isBackwards: cursor?.towards === 'previous', rows: limit + 1 }),
    );
    const page = cutPage(rows, limit, cursor, (row) => [row.day, row.id], bound);
    const counted = total === true ? { total: await countStale(first, as_of) } : {};
    return { data: page.rows.map(listed), next: page.next, previous: page.previous, limit, ...counted };
  }

  return {
    /** How much of each there is, and where. */
    async overview({ months = STALE_MONTHS, ...moment }: QualityQuery) {
      const { as_of, today } = await resolve(moment);
      const checks = Object.entries(EVENT_CHECKS);
      const keys = checks.map(([, { key }]) => key);
      const { rows: counts } = await reads.query<{ key: string; count: number }>(countsStatement(keys, as_of));
      const { rows: kinds } = await reads.query<{ kind: string; count: number }>(kindsStatement(as_of));
      const countOf = new Map(counts.map(({ key, count }) => [key, count]));
      const urlOf = (path: string, parameters: object = {}) => {
        const query = new URLSearchParams({ ...parameters, ...stated(moment) });
        return query.size === 0 ? path : `${path}?${query}`;
      };
      return [
        ...checks.map(([check, { key, about }]) => ({ check, about, count: countOf.get(key) ?? 0, url: urlOf(`/v1/quality/${check}`) })),
        {
          check: 'stale-initiatives',
          about: STALE_ABOUT,
          count: await countStale(monthsBefore(months, today), as_of),
          url: urlOf('/v1/quality/stale-initiatives', { months }),
        },
        ...kinds
          .sort((a, b) => (a.kind < b.kind ? -1 : 1))
          .map(({ kind, count }) => ({
            check: `sources-of-kind-${kind}`,
            about: `Sources of the kind ${kind}.`,
            count,
            url: urlOf('/v1/sources', { kind }),
          })),
      ];
    },

    /** A page of finished events. */
    events: (check: EventCheck, query: CheckQuery): Promise<Listing<string>> => readEvents(reads, check, query),

    /** A page of initiatives as finished JSON, the longest silent first. */
    stale: (query: StaleQuery): Promise<Listing<string>> => readStale(reads, query),

    /** All of them, part by part: a reader who is slow holds no connection. What is read later may know more, unless it is asked as of a moment. */
    allEvents(check: EventCheck, query: CheckQuery): Promise<Opened> {
      const from = reads.pinned();
      return open((cursor) => readEvents(from, check, { ...query, limit: AT_ONCE, cursor }));
    },

    allStale(query: StaleQuery): Promise<Opened> {
      const from = reads.pinned();
      return open((cursor) => readStale(from, { ...query, limit: AT_ONCE, cursor }));
    },
  };
}

async function open(read: (cursor: string | undefined) => Promise<Listing<string>>): Promise<Opened> {
  const first = await read(undefined);
  async function* items(): AsyncGenerator<string> {
    for (let page = first; ; page = await read(page.next)) {
      yield* page.data;
      if (page.next === null) return;
    }
  }
  return { items: items(), isWhole: first.next === null };
}

/** The parameters that are there. */
const stated = (parameters: object): object => Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));

function listed({ id, card, last_event }: StaleRow): string {
  const { slug, name, kind, status } = card;
  const last = last_event && (({ slug, title, date, start_date }) => ({ slug, title, date, start_date }))(last_event);
  return JSON.stringify({ id, slug, name, kind, status, last_event: last });
}
