// Totals and freshness, in one statement. Events of the present are counted by what is kept (event_counts), all else in the
// indexes of the cards.
import { lastChange } from '../database/last-change.js';
import { type AsOf, knownSql, prepared, type Statement, Values } from '../database/statement.js';

const listed = (select: string): string => `(select coalesce(json_agg(x), '[]') from (${select}) x)`;

export function statsStatement(as_of: AsOf): Statement {
  const values = new Values();
  const known = (row: string) => knownSql(row, as_of, values);
  const counted =
    as_of === null
      ? `select key, count from event_counts where count > 0 and (key like 'type:%' or key like 'year:%')`
      : `select k.key collate "C" as key, count(*)::int as count from event_cards c cross join lateral unnest(c.keys) k(key)
         where c.state = 'published' and ${known('c')} and (k.key like 'type:%' or k.key like 'year:%') group by 1`;
  const text = `
    with counted as materialized (${counted})
    select last.seq, last.recorded_at,
      (select coalesce(sum(count), 0)::int from counted where key like 'type:%') as events,
      ${listed(`select c.entity, count(*)::int as count from resource_cards c where ${known('c')} group by c.entity`)} as resources,
      ${listed(`select substr(key, 6)::int as year, count as events from counted where key like 'year:%' order by 1`)} as by_year,
      ${listed(`select substr(key, 6) as type, count as events from counted where key like 'type:%' order by count desc, key`)} as by_type,
      (select json_build_object('start_date', c.start_date, 'card', c.card) from event_cards c
        where c.state = 'published' and ${known('c')} and c.certainty <> 'scheduled' and c.start_date <> '-infinity'
        order by c.start_date desc, c.precision_rank desc, c.event_id desc limit 1) as latest,
      (select to_char(c.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') from event_cards c
        where c.state = 'published' and ${known('c')} order by c.updated_at desc, c.event_id desc limit 1) as last_published_at
    from ${lastChange(as_of, values)}`;
  return prepared(text, values.all);
}
