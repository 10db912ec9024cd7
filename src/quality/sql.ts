// Statements that tell what the record lacks, now or as of a change. What events lack is among the keys of their cards, and
// counted with them.
import { type AsOf, knownSql, prepared, type Statement, Values } from '../database/statement.js';

/** One row for each of the keys that some published event bears; of what was, counted in the lists of the keys. */
export function countsStatement(keys: string[], as_of: AsOf): Statement {
  if (as_of === null) return prepared('select key, count from event_counts where key = any($1::text[])', [keys]);
  const values = new Values();
  const text = `select p.key, count(*)::int as count from event_postings p
    where p.key = any(${values.add(keys, 'text[]')}) and ${knownSql('p', as_of, values)} group by p.key`;
  return prepared(text, values.all);
}

/** By sources_kind_idx alone; of what was, by the keys of the cards of sources. */
export function kindsStatement(as_of: AsOf): Statement {
  if (as_of === null) return prepared('select kind, count(*)::int as count from sources where deleted_at is null group by kind');
  const values = new Values();
  const text = `select substr(k.key, 6) as kind, count(*)::int as count from resource_cards c cross join lateral unnest(c.keys) k(key)
    where c.entity = 'source' and k.key like 'kind:%' and ${knownSql('c', as_of, values)} group by 1`;
  return prepared(text, values.all);
}

/** On which day something was recorded; $1: its number. */
export const DAY_OF_CHANGE = `select to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD') as day from revisions where seq = $1::bigint`;

/**
 * Initiatives with the latest event of each, as they are in force: `day` is -infinity where there is none. A look into
 * the end of one list of event_postings for each initiative, of which there are few.
 */
const latest = (as_of: AsOf, values: Values): string => `
  select i.id, i.slug, i.card, coalesce(l.start_date, '-infinity'::date) as day, l.event_id
  from resource_cards i
  left join lateral (
    select p.start_date, p.event_id from event_postings p
    where p.key = 'initiative:' || i.slug and ${knownSql('p', as_of, values)}
    order by p.start_date desc, p.precision_rank desc, p.event_id desc limit 1
  ) l on true
  where i.entity = 'initiative' and ${knownSql('i', as_of, values)}`;

/** @param first the first day that counts */
export function countStaleStatement(first: string, as_of: AsOf): Statement {
  const values = new Values();
  const text = `select count(*)::int as count from (${latest(as_of, values)}) x where day < ${values.add(first, 'date')}`;
  return prepared(text, values.all);
}

interface StalePage {
  /** The first day that counts. */
  first: string;
  as_of: AsOf;
  /** Where to go on: the day and the id of the one before. */
  after: readonly [string | number | null, string | number | null];
  isBackwards: boolean;
  rows: number;
}

export function staleStatement({ first, as_of, after, isBackwards, rows }: StalePage): Statement {
  const values = new Values();
  const [day, id] = [values.add(after[0], 'date'), values.add(after[1], 'uuid')];
  const direction = isBackwards ? 'desc' : 'asc';
  const text = `
    select x.id, x.day::text as day, x.card::json as card, e.card::json as last_event
    from (${latest(as_of, values)}) x left join event_cards e on e.event_id = x.event_id and ${knownSql('e', as_of, values)}
    where x.day < ${values.add(first, 'date')} and (${day} is null or (x.day, x.id) ${isBackwards ? '<' : '>'} (${day}, ${id}))
    order by x.day ${direction}, x.id ${direction} limit ${values.add(rows, 'int')}`;
  return prepared(text, values.all);
}
