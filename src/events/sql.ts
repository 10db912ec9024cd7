// Cards: the finished JSON of events, made when they are written and read as they are ever after. Everything that a
// card shows is in this one statement, so that making a card again gives the same bytes.
import { instantOf, listOfRows, placeOf } from '../resources/store.js';
import { citationsSql } from '../sources/sql.js';

const ACTORS = listOfRows(`
  select a.slug, a.name, a.kind, a.country_code, l.role, l.response
  from event_actors l join actors a on a.id = l.actor_id where l.event_id = e.id order by l.position`);

const named = (links: string, table: string, key: string): string =>
  listOfRows(`select t.slug, t.name from ${links} l join ${table} t on t.id = l.${key} where l.event_id = e.id order by l.position`);

const ACTION_ITEMS = listOfRows(`
  select p.slug as plan, i.number as item, i.title, l.effect, l.note
  from event_action_items l join action_items i on i.id = l.action_item_id join action_plans p on p.id = i.action_plan_id
  where l.event_id = e.id order by l.position`);

/** What is not published is shown to nobody by way of another event. */
const RELATED = listOfRows(`
  select r.slug as event, r.title, l.relation
  from event_relations l join events r on r.id = l.related_event_id
  where l.event_id = e.id and r.state = 'published' and r.deleted_at is null order by l.position`);

const PRECISION_RANK = `array_position(array['day', 'month', 'season', 'year', 'decade', 'century'], e.date_precision) - 1`;

const slugs = (links: string, table: string, key: string): string =>
  `array(select distinct t.slug from ${links} l join ${table} t on t.id = l.${key} where l.event_id = e.id order by 1)`;

/** The names by which an event is found: who takes part, by whatever name, and where. */
const NAMES = `concat_ws(' | ', e.place_name, e.place_city,
  (select string_agg(concat_ws(' | ', a.name, a.native_name, nullif(array_to_string(a.aliases, ' | '), '')), ' | ' order by l.position)
    from event_actors l join actors a on a.id = l.actor_id where l.event_id = e.id))`;

/** Makes the cards of $1 (ids of events). */
export const MAKE_CARDS = `
  insert into event_cards (event_id, state, type, certainty, significance, start_date, end_date, precision_rank,
    actors, countries, topics, initiatives, action_plans, action_items, search, updated_at, was_published, valid_from, valid_to, card)
  select e.id, case when e.deleted_at is null then e.state else 'deleted' end, e.type, e.certainty, e.significance,
    coalesce(e.start_date, '-infinity'), coalesce(e.end_date, 'infinity'), ${PRECISION_RANK},
    ${slugs('event_actors', 'actors', 'actor_id')},
    array(
      select a.country_code::text from event_actors l join actors a on a.id = l.actor_id where l.event_id = e.id and a.country_code is not null
      union select e.place_country_code::text where e.place_country_code is not null order by 1),
    ${slugs('event_topics', 'topics', 'topic_id')},
    ${slugs('event_initiatives', 'initiatives', 'initiative_id')},
    array(select distinct p.slug from event_action_items l join action_items i on i.id = l.action_item_id
      join action_plans p on p.id = i.action_plan_id where l.event_id = e.id order by 1),
    array(select distinct p.slug || '/' || i.number from event_action_items l join action_items i on i.id = l.action_item_id
      join action_plans p on p.id = i.action_plan_id where l.event_id = e.id order by 1),
    search_document(e.title, e.summary, ${NAMES}), e.updated_at, e.published_at is not null, e.valid_from, e.valid_to,
    row_to_json(c)::text
  from events e
  cross join lateral (
    select e.id, e.slug, e.type, e.action, e.title, e.summary, e.date, e.start_date, e.end_date, e.date_precision,
      ${placeOf('e')} as place,
      e.significance, e.certainty, e.state, e.details,
      ${ACTORS} as actors,
      ${named('event_topics', 'topics', 'topic_id')} as topics,
      ${named('event_initiatives', 'initiatives', 'initiative_id')} as initiatives,
      ${ACTION_ITEMS} as action_items,
      ${citationsSql('event_citations', 'l.event_id = e.id')} as sources,
      ${RELATED} as related,
      e.confidence, e.evidence, e.caveat, e.notes, e.version,
      ${instantOf('e.created_at')} as created_at, ${instantOf('e.updated_at')} as updated_at, ${instantOf('e.published_at')} as published_at
  ) c
  where e.id = any($1::uuid[])
  on conflict (event_id) do update set
    state = excluded.state, type = excluded.type, certainty = excluded.certainty, significance = excluded.significance,
    start_date = excluded.start_date, end_date = excluded.end_date, precision_rank = excluded.precision_rank,
    actors = excluded.actors, countries = excluded.countries, topics = excluded.topics, initiatives = excluded.initiatives,
    action_plans = excluded.action_plans, action_items = excluded.action_items, search = excluded.search,
    updated_at = excluded.updated_at, was_published = excluded.was_published, valid_from = excluded.valid_from,
    valid_to = excluded.valid_to, card = excluded.card`;

/** $1: ids of events. */
export const CARDS = `select e.id, e.version, c.card as body from event_cards c join events e on e.id = c.event_id where c.event_id = any($1::uuid[])`;

/** The ids of the events whose cards show one of $1 (ids), by what $1 are. */
export const SHOWING = {
  actor: 'select distinct event_id as id from event_actors where actor_id = any($1::uuid[])',
  topic: 'select distinct event_id as id from event_topics where topic_id = any($1::uuid[])',
  initiative: 'select distinct event_id as id from event_initiatives where initiative_id = any($1::uuid[])',
  source: 'select distinct event_id as id from event_citations where source_id = any($1::uuid[])',
  action_item: 'select distinct event_id as id from event_action_items where action_item_id = any($1::uuid[])',
  action_plan:
    'select distinct l.event_id as id from event_action_items l join action_items i on i.id = l.action_item_id where i.action_plan_id = any($1::uuid[])',
  event: 'select distinct event_id as id from event_relations where related_event_id = any($1::uuid[]) union select unnest($1::uuid[])',
} as const;
