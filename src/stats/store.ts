// Reads how much there is and how fresh it is.
import type { MomentQuery } from '../contract/moment.js';
import type { Entity } from '../contract/write.js';
import type { Database } from '../database/connect.js';
import type { Moments } from '../history/moments.js';
import { createReader, type KnowingRow } from '../resources/reading.js';
import { type Stats, TOTALS } from './schema.js';
import { statsStatement } from './sql.js';

interface StatsRow extends KnowingRow {
  events: number;
  resources: { entity: Entity; count: number }[];
  by_year: Stats['events_by_year'];
  by_type: Stats['events_by_type'];
  latest: { start_date: string; card: string } | null;
  last_published_at: string | null;
}

export type StatsStore = ReturnType<typeof createStatsStore>;

export function createStatsStore(database: Pick<Database, 'reads'>, moments: Moments) {
  const readRows = createReader(database, moments);
  return {
    async read(moment: MomentQuery) {
      const { rows, seq, isFinal, meta } = await readRows<StatsRow>(moment, statsStatement);
      const { events, resources, by_year, by_type, latest, last_published_at } = rows[0]!;
      const counts = new Map<Entity, number>([...resources.map(({ entity, count }) => [entity, count] as const), ['event', events]]);
      const totals = Object.entries(TOTALS).map(([entity, name]) => [name, counts.get(entity as Entity) ?? 0]);
      const stats: Stats = {
        counted: 'published events, and all else that is not deleted',
        totals: Object.fromEntries(totals),
        events_by_year: by_year,
        events_by_type: by_type,
        freshness: {
          last_event_on: latest?.start_date ?? null,
          last_event: latest === null ? null : shortOf(latest.card),
          last_published_at,
          last_change: meta.last_change_at === null ? null : { seq, recorded_at: meta.last_change_at },
        },
        meta,
      };
      return { stats, seq, isFinal };
    },
  };
}

function shortOf(card: string): Stats['freshness']['last_event'] {
  const { slug, title, date } = JSON.parse(card);
  return { slug, title, date };
}
