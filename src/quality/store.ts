// Reads what the record lacks. Only what everybody may see is counted and listed.
import { cutPage, decodeCursor } from '../contract/cursor.js';
import { isId } from '../contract/ids.js';
import { DEFAULT_LIMIT, type Listing } from '../contract/page.js';
import type { Database } from '../database/connect.js';
import { prepared } from '../database/statement.js';
import { type CardTable, listCards, sortedBy } from '../resources/cards.js';
import { type CheckQuery, EVENT_CHECKS, type EventCheck, STALE_ABOUT, STALE_MONTHS, type StaleQuery } from './schema.js';
import { COUNT_STALE, COUNTS, KINDS, staleSql } from './sql.js';

const CARDS: CardTable = { from: 'event_cards c', where: `c.state = 'published'`, id: 'c.event_id', sort: sortedBy('title', 'created_at') };

const CURSOR_KEY = [
  (part: string | number) => part === '-infinity' || /^\d{4}-\d{2}-\d{2}$/.test(String(part)),
  (part: string | number) => isId(String(part)),
];

interface StaleRow {
  id: string;
  day: string;
  card: { slug: string; name: string; kind: string; status: string | null };
  /** Of its latest event; null where it has none. */
  slug: string | null;
  title: string;
  date: string;
  start_date: string | null;
}

/** The day so many months before today, in UTC; the last of the month where that has fewer days. */
export function monthsBefore(months: number, today = new Date()): string {
  const first = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - months, 1));
  const days = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(today.getUTCDate(), days));
  return first.toISOString().slice(0, 10);
}

export type QualityStore = ReturnType<typeof createQualityStore>;

export function createQualityStore({ reads }: Pick<Database, 'reads'>) {
  const countStale = async (day: string): Promise<number> =>
    (await reads.query<{ count: number }>(prepared(COUNT_STALE, [day]))).rows[0]!.count;

  return {
    /** How much of each there is, and where. */
    async overview(months = STALE_MONTHS) {
      const checks = Object.entries(EVENT_CHECKS);
      const { rows: counts } = await reads.query<{ key: string; count: number }>(prepared(COUNTS, [checks.map(([, { key }]) => key)]));
      const { rows: kinds } = await reads.query<{ kind: string; count: number }>(prepared(KINDS));
      const countOf = new Map(counts.map(({ key, count }) => [key, count]));
      return [
        ...checks.map(([check, { key, about }]) => ({ check, about, count: countOf.get(key) ?? 0, url: `/v1/quality/${check}` })),
        {
          check: 'stale-initiatives',
          about: STALE_ABOUT,
          count: await countStale(monthsBefore(months)),
          url: `/v1/quality/stale-initiatives?months=${months}`,
        },
        ...kinds
          .sort((a, b) => (a.kind < b.kind ? -1 : 1))
          .map(({ kind, count }) => ({
            check: `sources-of-kind-${kind}`,
            about: `Sources of the kind ${kind}.`,
            count,
            url: `/v1/sources?kind=${kind}`,
          })),
      ];
    },

    /** A page of finished events. */
    events: (check: EventCheck, query: CheckQuery): Promise<Listing<string>> =>
      listCards(reads, CARDS, { groups: [[EVENT_CHECKS[check].key]] }, query, null, ['quality', check]),

    /** A page of initiatives as finished JSON, the longest silent first. */
    async stale({ months = STALE_MONTHS, limit = DEFAULT_LIMIT, cursor: text, total }: StaleQuery): Promise<Listing<string>> {
      const day = monthsBefore(months);
      const bound = ['stale', months];
      const from = text === undefined ? null : decodeCursor(text, bound, CURSOR_KEY);
      const { rows } = await reads.query<StaleRow>(
        prepared(staleSql(from?.towards === 'previous'), [day, from?.key[0] ?? null, from?.key[1] ?? null, limit + 1]),
      );
      const page = cutPage(rows, limit, from, (row) => [row.day, row.id], bound);
      return {
        data: page.rows.map(listed),
        next: page.next,
        previous: page.previous,
        limit,
        ...(total && { total: await countStale(day) }),
      };
    },
  };
}

function listed({ id, card, slug, title, date, start_date }: StaleRow): string {
  const last_event = slug === null ? null : { slug, title, date, start_date };
  return JSON.stringify({ id, slug: card.slug, name: card.name, kind: card.kind, status: card.status, last_event });
}
