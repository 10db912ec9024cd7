// What follows from events of an initiative: the steps that they mark, and who takes part in them.
import type { AsOf, Values } from '../database/statement.js';
import { eventsBearing } from '../events/sql.js';

/** How many steps and participants are told, the latest and the most frequent. */
const MOST = 200;

/**
 * The members that a single answer has besides the card `c`, and whether steps follow that it does not tell.
 * @param valid_to only what had begun until that day
 */
export const initiativeCourse = (as_of: AsOf, values: Values, valid_to: string | null): string => {
  const last = values.add(valid_to ?? 'infinity', 'date');
  return `(
  with every as materialized (select * from ${eventsBearing(`'initiative:' || c.slug`, as_of, values, ['action', 'actors'])} e),
  e as materialized (select * from every where start_date <= ${last}),
  taking as materialized (
    select slug, max(name) as name, max(kind) as kind, max(country_code) as country_code, max(country_name) as country_name,
      array_agg(distinct role order by role) as roles, count(distinct event_id)::int as events,
      min(start_date) filter (where isfinite(start_date) and certainty <> 'scheduled') as first_seen_on,
      max(start_date) filter (where isfinite(start_date) and certainty <> 'scheduled') as last_seen_on
    from (
      select a.*, e.event_id, e.start_date, e.certainty from e
      cross join lateral json_to_recordset(e.actors) a(slug text, name text, kind text, country_code text, country_name text, role text)
    ) a group by slug
  )
  select json_build_object(
    'life_cycle', (
      select coalesce(json_agg(json_build_object('action', action, 'date', date, 'certainty', certainty,
        'event', json_build_object('slug', slug, 'title', title, 'type', type)) order by start_date, precision_rank, event_id), '[]')
      from (select * from e where action is not null order by start_date desc, precision_rank desc, event_id desc limit ${MOST}) s),
    'participants', (
      select coalesce(json_agg(row_to_json(t) order by events desc, slug), '[]') from (select * from taking order by events desc, slug limit ${MOST}) t),
    'participants_total', (select count(*)::int from taking),
    'has_later_steps', exists (select from every where start_date > ${last} and action is not null and certainty <> 'scheduled')))`;
};
