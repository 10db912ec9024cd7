// Finished answers of plans and items. Coverage is counted from published developments that are not deleted.

import type { AsOf, Values } from '../database/statement.js';
import { eventsBearing } from '../events/sql.js';
import { type CardMaker, cardColumns } from '../resources/cards.js';
import { instantOf, listOfRows, placeOf } from '../resources/store.js';
import { citationsSql } from '../sources/sql.js';

/** The coverage of the item `i`, as JSON. */
const COVERAGE = `(
  select row_to_json(x) from (
    select count(*) filter (where l.effect = 'advances') as advances, count(*) filter (where l.effect = 'hinders') as hinders,
      count(*) filter (where l.effect = 'mentions') as mentions,
      count(*) filter (where l.effect = 'advances') - count(*) filter (where l.effect = 'hinders') as balance, max(e.start_date) as last_event_on
    from event_action_items l join events e on e.id = l.event_id
    where l.action_item_id = i.id and e.state = 'published' and e.deleted_at is null) x)`;

const TITLE_VARIANTS = listOfRows(
  'select v.title, v.language from action_plan_title_variants v where v.action_plan_id = p.id order by v.position',
);

const ITEMS = listOfRows(`
  select i.number, i.title,
    array_to_json(array(select t.slug from action_item_topics l join topics t on t.id = l.topic_id where l.action_item_id = i.id order by l.position)) as topics,
    i.status, ${COVERAGE} as coverage
  from action_items i where i.action_plan_id = p.id and i.deleted_at is null order by i.number`);

const TOPICS = listOfRows(
  'select t.slug, t.name from action_item_topics l join topics t on t.id = l.topic_id where l.action_item_id = i.id order by l.position',
);

export const planCards: CardMaker = {
  entity: 'action_plan',
  select: `
    select ${cardColumns('p', { slug: 'p.slug', title: 'p.title', keys: `array(select 'issuer:' || a.slug where a.id is not null)` })}, row_to_json(x)::text as card
    from action_plans p left join actors a on a.id = p.issuer_id
    cross join lateral (
      select p.id, p.slug, p.title,
        ${TITLE_VARIANTS} as title_variants,
        (select row_to_json(x) from (select a.slug, a.name where a.id is not null) x) as issuer,
        p.issued_on, p.summary, ${placeOf('p')} as place, p.principles, p.priorities, ${ITEMS} as items,
        ${citationsSql('action_plan_citations', 'l.action_plan_id = p.id')} as sources,
        p.notes, p.version,
        ${instantOf('p.created_at')} as created_at, ${instantOf('p.updated_at')} as updated_at
    ) x
    where p.id = any($1::uuid[]) and p.deleted_at is null`,
};

/** What a single answer has besides: the latest developments that bear on the item whose card is `c`. */
export const itemTimeline = (length: number, as_of: AsOf, values: Values): string => `(
  select json_build_object('timeline', coalesce(json_agg(json_build_object('slug', e.slug, 'title', e.title, 'type', e.type, 'date', e.date,
    'certainty', e.certainty, 'effect', e.effect, 'note', e.note) order by e.start_date desc, e.precision_rank desc, e.event_id desc, e.effect), '[]'))
  from (
    select e.*, l.effect, l.note from ${eventsBearing(`'item:' || c.slug`, as_of, values, ['action_items'])} e
    cross join lateral json_to_recordset(e.action_items) l(plan text, item int, effect text, note text)
    where l.plan || '/' || l.item = c.slug
    order by e.start_date desc, e.precision_rank desc, e.event_id desc, l.effect limit ${length}
  ) e)`;

const ITEM_KEYS = `array(
  select 'plan:' || p.slug union select 'plan:' || p.id
  union select 'topic:' || t.slug from action_item_topics l join topics t on t.id = l.topic_id where l.action_item_id = i.id order by 1)`;

export const itemCards: CardMaker = {
  entity: 'action_item',
  select: `
    select ${cardColumns('i', { slug: `p.slug || '/' || i.number`, title: 'i.title', number: 'i.number', keys: ITEM_KEYS })}, row_to_json(x)::text as card
    from action_items i join action_plans p on p.id = i.action_plan_id
    cross join lateral (
      select i.id, p.slug as plan, i.number, i.title, i.text,
        ${TOPICS} as topics,
        i.evidence, i.status, i.status_since, i.status_reason, ${COVERAGE} as coverage, i.version,
        ${instantOf('i.created_at')} as created_at, ${instantOf('i.updated_at')} as updated_at
    ) x
    where i.id = any($1::uuid[]) and i.deleted_at is null and p.deleted_at is null`,
};
