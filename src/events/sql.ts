// Cards: the finished JSON of events, made when they are written and read as they are ever after. Everything that a
// card shows, and all by which the timeline finds it, is in this one statement, so that making a card again gives the
// same bytes.
import { type AsOf, FOREVER, knownSql, orIfOpen, type Values } from '../database/statement.js';
import { instantOf, listOfRows, placeOf } from '../resources/store.js';
import { citationsSql } from '../sources/sql.js';

const ACTORS = listOfRows(`
  select a.slug, a.name, a.kind, a.country_code, country_name(a.country_code) as country_name, l.role, l.response
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

/** Among events that begin on one day the less precise stands after the more precise. */
export const PRECISION_RANK = `array_position(array['day', 'month', 'season', 'year', 'decade', 'century'], e.date_precision) - 1`;

/** The names by which an event is found: who takes part, by whatever name, and where. */
const NAMES = `concat_ws(' | ', e.place_name, e.place_city,
  (select string_agg(concat_ws(' | ', a.name, a.native_name, nullif(array_to_string(a.aliases, ' | '), '')), ' | ' order by l.position)
    from event_actors l join actors a on a.id = l.actor_id where l.event_id = e.id))`;

/** What an event can be asked for by, from what its card shows, which events it relates to and puts an end to, and what it lacks. */
const KEYS = `array(
  select distinct x.key from (
    select unnest(array['type:' || e.type, 'year:' || extract(year from e.start_date)::int, 'country:' || e.place_country_code]) as key
    union all select unnest(array['actor:' || a.slug, 'country:' || a.country_code]) from json_to_recordset(c.actors) a(slug text, country_code text)
    union all select 'topic:' || t.slug from json_to_recordset(c.topics) t(slug text)
    union all select 'initiative:' || i.slug from json_to_recordset(c.initiatives) i(slug text)
    union all select unnest(array['plan:' || i.plan, 'item:' || i.plan || '/' || i.item]) from json_to_recordset(c.action_items) i(plan text, item text)
    union all select unnest(array['relates:' || l.relation || '/' || l.related_event_id, case when l.relation = 'supersedes'
      or l.relation = 'amends' and e.action in ('rescinded', 'terminated', 'suspended', 'withdrawn') then 'ends:' || l.related_event_id end])
      from event_relations l where l.event_id = e.id
    union all select unnest(array[case count(distinct s.id) when 0 then 'check:without-sources' when 1 then 'check:with-one-source' end,
      case when e.certainty = 'disputed' or bool_or(s.stance = 'disputes') then 'check:with-disputes' end])
      from json_to_recordset(c.sources) s(id text, stance text)
    union all select 'check:without-links' where json_array_length(c.initiatives) = 0 and json_array_length(c.action_items) = 0
  ) x where x.key is not null order by 1)`;

const WORDING = `concat_ws(' · ', e.title, e.summary, (select string_agg(a ->> 'name', ', ') from json_array_elements(c.actors) a), e.place_name, e.place_city)`;

/** What a card shows of the event `e`, in the order of the answer. */
export const CARD_OF_EVENT = `
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
  ${instantOf('e.created_at')} as created_at, ${instantOf('e.updated_at')} as updated_at, ${instantOf('e.published_at')} as published_at`;

/** Where the events of `cards` stand on the timeline, once for each key that is walked. */
const postingsOf = (cards: string): string => `
  select k.key collate "C" as key, x.start_date, x.precision_rank, x.event_id, x.type collate "C" as type, x.certainty collate "C" as certainty, x.significance
  from ${cards} x cross join lateral unnest(x.keys) as k(key) where x.state = 'published' and k.key not like 'year:%'`;

const countsOf = (cards: string, sign: '+' | '-'): string =>
  `select k.key, ${sign}1 as n from ${cards} x cross join lateral unnest(x.keys) as k(key) where x.state = 'published'`;

/** Where events stand in a histogram: on their first day, on the last one where their beginning is open. */
const daysOf = (cards: string, sign: '+' | '-'): string => `
  select ${orIfOpen('x.start_date', 'x.end_date')} as day, x.type, x.precision_rank, ${sign}1 as n
  from ${cards} x where x.state = 'published'`;

/** What a card is, besides when it is known. */
const COLUMNS = [
  ...['event_id', 'state', 'type', 'certainty', 'significance', 'start_date', 'end_date', 'precision_rank', 'keys', 'search', 'wording'],
  ...['version', 'title', 'created_at', 'updated_at', 'was_published', 'valid_from', 'valid_to', 'card'],
];
const listed = (row: string): string => COLUMNS.map((column) => `${row}.${column}`).join(', ');
const replacing = COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ');

const samePosting = `(p.key, p.start_date, p.precision_rank, p.event_id, p.type, p.certainty, p.significance, p.known_to)
      = (x.key, x.start_date, x.precision_rank, x.event_id, x.type, x.certainty, x.significance, ${FOREVER})`;

const MADE = `
  made as materialized (
    select e.id as event_id, case when e.deleted_at is null then e.state else 'deleted' end as state, e.type, e.certainty, e.significance,
      coalesce(e.start_date, '-infinity') as start_date, coalesce(e.end_date, 'infinity') as end_date, (${PRECISION_RANK})::smallint as precision_rank,
      ${KEYS} as keys, search_document(e.title, e.summary, n.names) as search, ${WORDING} as wording,
      e.version, e.title, e.created_at, e.updated_at, e.published_at is not null as was_published, e.valid_from, e.valid_to, row_to_json(c)::text as card
    from events e
    cross join lateral (select ${NAMES} as names offset 0) n
    cross join lateral (
      ${CARD_OF_EVENT}
      offset 0
    ) c
    where e.id = any($1::uuid[])
  )`;

const POSTED = 'insert into event_postings (key, start_date, precision_rank, event_id, type, certainty, significance, known_from)';
/** @param tellOf a select of what some cards add to the counts, or take from them */
const counted = (tellOf: (of: typeof countsOf) => string): string => `
  counted as (
    insert into event_counts (key, count)
    select key, sum(n) from (${tellOf(countsOf)}) x group by key having sum(n) <> 0 order by key
    on conflict (key) do update set count = event_counts.count + excluded.count
  ),
  placed as (
    insert into event_days (day, type, precision_rank, count)
    select day, type, precision_rank, sum(n) from (${tellOf(daysOf)}) x group by 1, 2, 3 having sum(n) <> 0 order by 1, 2, 3
    on conflict (day, type, precision_rank) do update set count = event_days.count + excluded.count
  )`;
const touched = (cards: string): string => `
  select distinct k.key from ${cards} x cross join lateral unnest(x.keys) k(key) where k.key like 'initiative:%' or k.key like 'item:%'`;

/**
 * Makes the cards of $1 (ids of events) as of the change $2, and with them their postings and the counts of their keys:
 * what the old cards had and the new ones lack ends, and the other way round. A card that would be the same stays.
 * Tells which initiatives and items the cards bear that were made or replaced.
 */
export const MAKE_CARDS = `
  with ${MADE},
  there as materialized (
    select ${listed('c')}, c.known_from from (select * from event_cards x where x.event_id = any($1::uuid[]) offset 0) c where c.known_to = ${FOREVER}
  ),
  same as (select m.event_id from made m join there t using (event_id) where row(${listed('m')}) is not distinct from row(${listed('t')})),
  fresh as materialized (select * from made where event_id not in (select event_id from same)),
  stale as materialized (select * from there where event_id not in (select event_id from same)),
  closed as (
    update event_cards c set known_to = $2::bigint from stale s where c.event_id = s.event_id and c.known_from = s.known_from and s.known_from < $2::bigint
  ),
  carded as (
    insert into event_cards (${COLUMNS.join(', ')}, known_from) select ${listed('f')}, $2::bigint from fresh f
    on conflict (event_id, known_from) do update set ${replacing}
  ),
  lost as materialized (${postingsOf('stale')} except ${postingsOf('fresh')}),
  ended as (update event_postings p set known_to = $2::bigint from lost x where ${samePosting} and p.known_from < $2::bigint),
  -- Made and unmade by one write.
  gone as (delete from event_postings p using lost x where ${samePosting} and p.known_from = $2::bigint),
  added as (
    ${POSTED}
    select x.*, $2::bigint from (${postingsOf('fresh')} except ${postingsOf('stale')}) x
  ),
  ${counted((of) => `${of('fresh', '+')} union all ${of('stale', '-')}`)}
  ${touched('(select keys from fresh union all select keys from stale)')}`;

/** The same for events that have no card yet, where there is nothing to compare: so an import is not kept waiting by it. */
export const MAKE_FIRST_CARDS = `
  with ${MADE},
  carded as (insert into event_cards (${COLUMNS.join(', ')}, known_from) select ${listed('m')}, $2::bigint from made m),
  added as (${POSTED} select x.*, $2::bigint from (${postingsOf('made')}) x),
  ${counted((of) => of('made', '+'))}
  ${touched('made')}`;

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

/** What a reader of cards may ask them for, as it stands in the JSON. */
const SHOWN = {
  slug: 'text',
  title: 'text',
  date: 'text',
  action: 'text',
  details: 'json',
  actors: 'json',
  action_items: 'json',
  sources: 'json',
};

/**
 * The published events that bear a key, from its list (event_postings) and their cards; as a table, to be named.
 * @param key SQL of the key, such as 'initiative:' || c.slug
 * @param shown what of each card is wanted besides what it is ordered and filtered by
 */
export const eventsBearing = (key: string, as_of: AsOf, values: Values, shown: (keyof typeof SHOWN)[] = []): string => {
  const members = ['slug' as const, 'title' as const, 'date' as const, ...shown].map((name) => `${name} ${SHOWN[name]}`).join(', ');
  return `(
    select x.event_id, x.start_date, x.end_date, x.precision_rank, x.type, x.certainty, x.keys, r.*
    from event_postings p join event_cards x on x.event_id = p.event_id and x.state = 'published' and ${knownSql('x', as_of, values)}
    cross join lateral json_to_record(x.card::json) r(${members})
    where p.key = ${key} and ${knownSql('p', as_of, values)})`;
};
