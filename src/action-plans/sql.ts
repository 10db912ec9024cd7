// Finished answers of plans and items. Coverage is counted on reading, from published developments that are not
// deleted.
import { instantOf, listOfRows, placeOf } from '../resources/store.js';
import { citationsSql } from '../sources/sql.js';

/** The coverage of the item `i`, as JSON. */
const COVERAGE = `(
  select row_to_json(x) from (
    select count(*) filter (where l.effect = 'advances') as advances, count(*) filter (where l.effect = 'hinders') as hinders,
      count(*) filter (where l.effect = 'mentions') as mentions, max(e.start_date) as last_event_on
    from event_action_items l join events e on e.id = l.event_id
    where l.action_item_id = i.id and e.state = 'published' and e.deleted_at is null) x)`;

const TITLE_VARIANTS = listOfRows(
  'select v.title, v.language from action_plan_title_variants v where v.action_plan_id = p.id order by v.position',
);

const ITEMS = listOfRows(`
  select i.number, i.title,
    array_to_json(array(select t.slug from action_item_topics l join topics t on t.id = l.topic_id where l.action_item_id = i.id order by l.position)) as topics,
    ${COVERAGE} as coverage
  from action_items i where i.action_plan_id = p.id and i.deleted_at is null order by i.number`);

const TOPICS = listOfRows(
  'select t.slug, t.name from action_item_topics l join topics t on t.id = l.topic_id where l.action_item_id = i.id order by l.position',
);

/** $1: ids of plans. */
export const PLAN_ANSWERS = `
  select p.id, p.version, row_to_json(p)::text as body
  from (
    select p.id, p.slug, p.title,
      ${TITLE_VARIANTS} as title_variants,
      (select row_to_json(x) from (select a.slug, a.name where a.id is not null) x) as issuer,
      p.issued_on, p.summary, ${placeOf('p')} as place, p.principles, p.priorities, ${ITEMS} as items,
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
      ${TOPICS} as topics,
      i.evidence, ${COVERAGE} as coverage, i.version,
      ${instantOf('i.created_at')} as created_at, ${instantOf('i.updated_at')} as updated_at
    from action_items i join action_plans p on p.id = i.action_plan_id
    where i.id = any($1::uuid[])
  ) i`;
