// Finished answers of plans and items. Coverage is counted on reading, from published developments that are not
// deleted.
import { instantOf } from '../resources/store.js';
import { citationsSql } from '../sources/sql.js';

/** The coverage of the item `i`, as JSON. */
const COVERAGE = `(
  select json_build_object(
    'advances', count(*) filter (where l.effect = 'advances'),
    'hinders', count(*) filter (where l.effect = 'hinders'),
    'mentions', count(*) filter (where l.effect = 'mentions'),
    'last_event_on', max(e.start_date))
  from event_action_items l join events e on e.id = l.event_id
  where l.action_item_id = i.id and e.state = 'published' and e.deleted_at is null)`;

/** $1: ids of plans. */
export const PLAN_ANSWERS = `
  select p.id, p.version, row_to_json(p)::text as body
  from (
    select p.id, p.slug, p.title,
      coalesce((select json_agg(json_build_object('title', v.title, 'language', v.language) order by v.position)
        from action_plan_title_variants v where v.action_plan_id = p.id), '[]'::json) as title_variants,
      case when a.id is not null then json_build_object('slug', a.slug, 'name', a.name) end as issuer,
      p.issued_on, p.summary,
      case when coalesce(p.place_name, p.place_city, p.place_country_code) is not null
        then json_build_object('name', p.place_name, 'city', p.place_city, 'country_code', p.place_country_code) end as place,
      p.principles, p.priorities,
      coalesce((
        select json_agg(json_build_object('number', i.number, 'title', i.title,
          'topics', (select coalesce(json_agg(t.slug order by l.position), '[]'::json) from action_item_topics l join topics t on t.id = l.topic_id where l.action_item_id = i.id),
          'coverage', ${COVERAGE}) order by i.number)
        from action_items i where i.action_plan_id = p.id and i.deleted_at is null), '[]'::json) as items,
      ${citationsSql('action_plan_citations', 'l.action_plan_id = p.id')} as sources,
      p.notes, p.version,
      ${instantOf('p.created_at')} as created_at, ${instantOf('p.updated_at')} as updated_at
    from action_plans p left join actors a on a.id = p.issuer_id
    where p.id = any($1::uuid[])
  ) p`;

/** $1: ids of items. */
export const ITEM_ANSWERS = `
  select i.id, i.version, row_to_json(i)::text as body
  from (
    select i.id, p.slug as plan, i.number, i.title, i.text,
      coalesce((select json_agg(json_build_object('slug', t.slug, 'name', t.name) order by l.position)
        from action_item_topics l join topics t on t.id = l.topic_id where l.action_item_id = i.id), '[]'::json) as topics,
      i.evidence, ${COVERAGE} as coverage, i.version,
      ${instantOf('i.created_at')} as created_at, ${instantOf('i.updated_at')} as updated_at
    from action_items i join action_plans p on p.id = i.action_plan_id
    where i.id = any($1::uuid[])
  ) i`;
