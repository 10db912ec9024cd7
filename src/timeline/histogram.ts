// How many developments fall into each span of time.
//
// The rule: an event counts once, in the bucket of its first day, which is where it stands on the timeline. One that
// began before `from` counts in the first bucket; one whose beginning is open, in that of its last day. Those whose date
// is less precise than the interval (a year, in a histogram by months) are counted there too, and told as `imprecise`.

import { lastChange } from '../database/last-change.js';
import { type AsOf, knownSql, orIfOpen, type Statement, Values } from '../database/statement.js';
import { invalidParameters } from '../errors.js';
import { listedSql } from './count.js';
import { beginningsOf, conditionsOf, isUnfiltered, windowOf } from './filters.js';
import { COUNTED, isLittleSince, turnedBackSql } from './kept.js';
import type { Histogram, HistogramQuery, TimelineFilters } from './schema.js';
import { isWalkable, openGroupsOf, spanningSql } from './walk.js';

export const RULE =
  'Each event counts once, in the bucket of its first day: in the first bucket where it began before from, in that of its last day where its beginning is open. imprecise tells how many of them have a date less precise than the interval.';

const MOST_BUCKETS = 5000;

/** How long a bucket is, and the rank of the least precise date that still lies within one. */
const STEPS = {
  year: { unit: 'year', step: '1 year', finest: 3 },
  quarter: { unit: 'quarter', step: '3 months', finest: 1 },
  month: { unit: 'month', step: '1 month', finest: 1 },
  week: { unit: 'week', step: '7 days', finest: 0 },
  day: { unit: 'day', step: '1 day', finest: 0 },
} as const;

export interface BucketRow {
  /** The last change that the counts know of. */
  seq: string | null;
  recorded_at: string | null;
  /** Null where there are no buckets. */
  start_date: string | null;
  end_date: string;
  type: string | null;
  count: number;
  imprecise: number;
}

export function histogramStatement(
  { interval = 'month', ...filters }: Omit<HistogramQuery, 'known_at' | 'release'>,
  as_of: AsOf,
): Statement {
  const values = new Values();
  const { unit, step, finest } = STEPS[interval];
  const window = windowOf(filters);
  const from = values.add(window.from, 'date');
  const to = values.add(window.to, 'date');
  const bucketOf = (day: string) => `date_trunc('${unit}', (${day})::timestamp)::date`;
  return {
    text: `
      with ${placedSql(filters, from, as_of, values)},
      counted as (
        select ${bucketOf('p.day')} as bucket, p.type, sum(p.count)::int as count,
          coalesce(sum(p.count) filter (where p.precision_rank > ${finest}), 0)::int as imprecise
        from placed p group by 1, 2 having sum(p.count) > 0
      ),
      bounds as (select coalesce(${bucketOf(from)}, min(bucket)) as first, coalesce(${bucketOf(to)}, max(bucket)) as last from counted),
      buckets as (
        select (first + n * interval '${step}')::date as bucket
        from bounds, generate_series(0, ${MOST_BUCKETS}) n where first + n * interval '${step}' <= last
      )
      select last.seq, last.recorded_at, b.bucket::text as start_date, ((b.bucket + interval '${step}')::date - 1)::text as end_date, c.type,
        coalesce(c.count, 0) as count, coalesce(c.imprecise, 0) as imprecise
      from ${lastChange(as_of, values)} left join (buckets b left join counted c on c.bucket = b.bucket) on true
      order by b.bucket, c.type`,
    values: values.all,
  };
}

const KEPT = 'select day, type, precision_rank, count from event_days where count > 0';

/**
 * How many events have their place on each day, by type and precision; also several rows of one, to be added up. Of everything
 * they are kept, and those of a short while ago are the ones of now, turned back; what bears keys stands on their lists.
 * Index: event_postings_pkey, event_cards_timeline_idx alone.
 */
function placedSql(filters: TimelineFilters, from: string, as_of: AsOf, values: Values): string {
  if (isWalkable(filters) && openGroupsOf(filters).length > 0) return `placed as (${listedDaysSql(filters, as_of, values)})`;
  const matching = `
    select ${orIfOpen(`greatest(c.start_date, ${from})`, 'c.end_date')} as day, c.type, c.precision_rank, 1 as count
    from event_cards c where ${conditionsOf(filters, as_of, values).join(' and ')}`;
  if (!isUnfiltered(filters)) return `placed as (${matching})`;
  if (as_of === null) return `placed as (${KEPT})`;
  return `
    since as materialized (select ${isLittleSince(as_of, COUNTED, values)} as is_little),
    placed as (
      ${KEPT} and (select is_little from since)
      union all select ${orIfOpen('t.start_date', 't.end_date')}, t.type, t.precision_rank, t.turn from (${turnedBackSql(as_of, values)}) t
        where (select is_little from since)
      union all ${matching} and not (select is_little from since)
    )`;
}

/** Lists bear first days; the last one of those whose beginning is open is looked up on their cards, as is what began before the window. */
function listedDaysSql(filters: TimelineFilters, as_of: AsOf, values: Values): string {
  const { from, bounds } = beginningsOf(filters, values);
  const last = `(select c.end_date from event_cards c where c.event_id = p.event_id and ${knownSql('c', as_of, values)})`;
  const listed = listedSql('p.event_id, p.start_date, p.type, p.precision_rank', filters, as_of, bounds('p'), values);
  const within = `select ${orIfOpen('p.start_date', last)} as day, p.type, p.precision_rank, 1 as count from (${listed}) p`;
  if (from === null) return within;
  const dateless = { ...filters, from: undefined };
  return `${within}
    union all select ${from}, c.type, c.precision_rank, 1 from ${spanningSql(from)} c where ${conditionsOf(dateless, as_of, values).join(' and ')}`;
}

/** @throws Problem 400 where there are too many buckets */
export function toBuckets(rows: BucketRow[]): Histogram['data'] {
  const buckets = new Map<string, Histogram['data'][number]>();
  for (const { start_date, end_date, type, count, imprecise } of rows) {
    if (start_date === null) continue;
    const bucket = buckets.get(start_date) ?? { start_date, end_date, total: 0, imprecise: 0, by_type: {} };
    bucket.total += count;
    bucket.imprecise += imprecise;
    if (type !== null) bucket.by_type[type] = count;
    buckets.set(start_date, bucket);
  }
  if (buckets.size > MOST_BUCKETS)
    throw invalidParameters([
      {
        parameter: 'interval',
        detail: `There would be more than ${MOST_BUCKETS} buckets; take a longer interval, or a shorter span with from and to.`,
      },
    ]);
  return [...buckets.values()];
}
