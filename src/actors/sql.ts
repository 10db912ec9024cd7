// What follows from events of an actor: how often it takes part and how, since when, and with whom.
import type { AsOf, Values } from '../database/statement.js';
import { eventsBearing } from '../events/sql.js';

/** The members that a single answer has besides the card `c`. @param most how many co-actors are named */
export const actorActivity = (most: number, as_of: AsOf, values: Values): string => `(
  with e as materialized (select * from ${eventsBearing(`'actor:' || c.slug`, as_of, values, ['actors'])} e),
  taking as materialized (
    select e.event_id, a.* from e
    cross join lateral json_to_recordset(e.actors) a(slug text, name text, kind text, country_code text, country_name text, role text)
  ),
  others as materialized (
    select slug, max(name) as name, max(kind) as kind, max(country_code) as country_code, max(country_name) as country_name,
      count(distinct event_id)::int as events
    from taking where slug <> c.slug group by slug
  )
  select json_build_object('activity', json_build_object(
    'counted', 'published events',
    'events', (select count(*)::int from e),
    'first_seen_on', (select min(start_date) from e where isfinite(start_date) and certainty <> 'scheduled'),
    'last_seen_on', (select max(start_date) from e where isfinite(start_date) and certainty <> 'scheduled'),
    'by_role', (select coalesce(json_agg(json_build_object('role', role, 'events', events) order by events desc, role), '[]')
      from (select role, count(distinct event_id)::int as events from taking where slug = c.slug group by role) r),
    'co_actors', (select coalesce(json_agg(row_to_json(o) order by events desc, slug), '[]')
      from (select * from others order by events desc, slug limit ${most}) o),
    'co_actors_total', (select count(*)::int from others))))`;
