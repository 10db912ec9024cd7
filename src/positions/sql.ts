// Who took part in the events of an initiative in a way that may tell a position, in one statement over the list of its
// events (event_postings) and their cards.
//
// Guarantee: published events alone, as of one state of the data, in the order of the timeline.
import { lastChange } from '../database/last-change.js';
import { type AsOf, knownSql, prepared, type Statement, Values } from '../database/statement.js';
import { eventsBearing } from '../events/sql.js';

/** @param initiative its id. @param valid_to the day until which the events had begun; null for all. @param roles that may tell something */
export function partsStatement(
  asked: { initiative: string; valid_to: string | null; roles: string[]; kinds: string[] },
  as_of: AsOf,
): Statement {
  const values = new Values();
  const itself = values.add(asked.initiative, 'uuid');
  const text = `
    select last.seq, last.recorded_at, i.slug as initiative, i.title as initiative_name, x.*
    from ${lastChange(as_of, values)}
    left join resource_cards i on i.id = ${itself} and ${knownSql('i', as_of, values)}
    left join lateral (
      select e.event_id, nullif(e.start_date, '-infinity')::text as start_date, nullif(e.end_date, 'infinity')::text as end_date, e.certainty,
        e.slug as event, e.title as event_title, e.type, e.action, e.date, a.slug as actor, a.name, a.kind, a.country_code, a.country_name, a.role, a.response,
        a.has_ratified, e.sources, row_number() over (order by e.start_date, e.precision_rank, e.event_id, a.place) as place
      from ${eventsBearing(`'initiative:' || i.slug`, as_of, values, ['action', 'actors', 'details', 'sources'])} e
      cross join lateral (
        select a.*, row_number() over () as place, coalesce(d.ratified_by ? a.slug, false) as has_ratified
        from json_to_recordset(e.actors) a(slug text, name text, kind text, country_code text, country_name text, role text, response text)
        cross join (select e.details::jsonb -> 'ratified_by' as ratified_by) d
      ) a
      where e.start_date <= ${values.add(asked.valid_to ?? 'infinity', 'date')} and a.kind = any(${values.add(asked.kinds, 'text[]')})
        and (a.has_ratified or a.role = any(${values.add(asked.roles, 'text[]')}))
    ) x on true
    order by x.place`;
  return prepared(text, values.all);
}
