// How many developments fall into each span of time.
//
// The rule: an event counts once, in the bucket of its first day, which is where it stands on the timeline. One that
// began before `from` counts in the first bucket; one whose beginning is open, in that of its last day. Those whose date
// is less precise than the interval (a year, in a histogram by months) are counted there too, and told as `imprecise`.

import { lastChange } from '../database/last-change.js';
import { type AsOf, type Statement, Values } from '../database/statement.js';
import { invalidParameters } from '../errors.js';
import { conditionsOf, windowOf } from './filters.js';
import type { Histogram, HistogramQuery } from './schema.js';

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
      with counted as (
        select ${bucketOf(`case when isfinite(greatest(c.start_date, ${from})) then greatest(c.start_date, ${from}) else c.end_date end`)} as bucket,
          c.type, count(*)::int as count, (count(*) filter (where c.precision_rank > ${finest}))::int as imprecise
        from event_cards c where ${conditionsOf(filters, as_of, values).join(' and ')}
        group by 1, 2
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
