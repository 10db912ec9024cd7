// The initiatives of all that match, as spans of time: each from the first day of its first development to the last day
// of its last. What is open at an end counts with the end that it has.

import { lastChange } from '../database/last-change.js';
import { type AsOf, knownSql, orIfOpen, type Statement, Values } from '../database/statement.js';
import { conditionsOf } from './filters.js';
import type { TimelineFilters } from './schema.js';

export function erasStatement(filters: TimelineFilters, as_of: AsOf): Statement {
  const values = new Values();
  const first = orIfOpen('c.start_date', 'c.end_date');
  const last = orIfOpen('c.end_date', 'c.start_date');
  return {
    text: `
      select last.seq, i.name, i.first::text as start_date, i.last::text as end_date
      from ${lastChange(as_of, values)} left join (select i.title as name, x.first, x.last from (
        select k.key, min(${first}) as first, max(${last}) as last
        from event_cards c cross join lateral unnest(c.keys) as k(key)
        where ${conditionsOf(filters, as_of, values).join(' and ')} and k.key like 'initiative:%' group by k.key
      ) x join resource_cards i on i.entity = 'initiative' and i.slug = substr(x.key, 12) and ${knownSql('i', as_of, values)}) i on true
      order by i.first, i.name`,
    values: values.all,
  };
}
