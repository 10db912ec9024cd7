// Statements that tell what the record lacks. What events lack is among the keys of their cards, and counted with them.
import { FOREVER } from '../database/statement.js';

/** $1: keys. One row for each that some published event bears. */
export const COUNTS = 'select key, count from event_counts where key = any($1::text[])';

/** By sources_kind_idx alone. */
export const KINDS = 'select kind, count(*)::int as count from sources where deleted_at is null group by kind';

/**
 * Initiatives with the latest event of each, as they are in force: `day` is -infinity where there is none. A look into
 * the end of one list of event_postings for each initiative, of which there are few.
 */
const LATEST = `
  select i.id, i.slug, i.card, coalesce(l.start_date, '-infinity'::date) as day, l.event_id
  from resource_cards i
  left join lateral (
    select p.start_date, p.event_id from event_postings p
    where p.key = 'initiative:' || i.slug and p.known_to = ${FOREVER}
    order by p.start_date desc, p.precision_rank desc, p.event_id desc limit 1
  ) l on true
  where i.entity = 'initiative' and i.known_to = ${FOREVER}`;

/** $1: the first day that counts. */
export const COUNT_STALE = `select count(*)::int as count from (${LATEST}) x where day < $1::date`;

/** $1: the first day that counts; $2, $3: where to go on; $4: how many. */
export const staleSql = (isBackwards: boolean): string => `
  select x.id, x.day::text as day, x.card::json as card, e.slug, e.title, e.date, e.start_date::text as start_date
  from (${LATEST}) x left join events e on e.id = x.event_id
  where x.day < $1::date and ($2::date is null or (x.day, x.id) ${isBackwards ? '<' : '>'} ($2::date, $3::uuid))
  order by x.day ${isBackwards ? 'desc' : 'asc'}, x.id ${isBackwards ? 'desc' : 'asc'} limit $4`;
