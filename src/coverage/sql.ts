// The coverage of an action plan, in one statement over the list of its events (event_postings) and their cards.
//
// Guarantee: published events alone, as of one state of the data. Index: event_postings_pkey, then event_cards_pkey.
import { lastChange } from '../database/last-change.js';
import { type AsOf, knownSql, orIfOpen, prepared, type Statement, Values } from '../database/statement.js';
import { eventsBearing } from '../events/sql.js';

/** An event counts in the span of its first day; in that of its last day where its beginning is open. */
const DAY = orIfOpen('e.start_date', 'e.end_date');

/** The columns that an event `e` is in, as a set of rows of one text. */
const PLACED = {
  actor: 'select distinct a.slug from json_to_recordset(e.actors) a(slug text)',
  country: `select substr(k.key, 9) from unnest(e.keys) k(key) where k.key like 'country:%'`,
  year: `select to_char(${DAY}, 'YYYY')`,
  quarter: `select to_char(${DAY}, 'YYYY"-Q"Q')`,
  type: 'select e.type',
} as const;

/** Newest first, as the timeline has it backwards. */
const NEWEST_FIRST = 'start_date desc, precision_rank desc, event_id desc';

const COUNTS = `count(*)::int as events, (count(*) filter (where 'advances' = any(effects)))::int as advances,
  (count(*) filter (where 'hinders' = any(effects)))::int as hinders, (count(*) filter (where 'mentions' = any(effects)))::int as mentions`;

const listed = (select: string): string => `(select coalesce(json_agg(x), '[]') from (${select}) x)`;

/** @param plan its id. @param newest how many events a cell names */
export function coverageStatement(
  asked: { plan: string; by: keyof typeof PLACED; effects: readonly string[]; columns: number; newest: number },
  as_of: AsOf,
): Statement {
  const values = new Values();
  const isOfTime = asked.by === 'year' || asked.by === 'quarter';
  const known = (row: string) => knownSql(row, as_of, values);
  const text = `
    with plan as materialized (select c.slug, c.title from resource_cards c where c.id = ${values.add(asked.plan, 'uuid')} and ${known('c')}),
    bearing as materialized (
      select e.event_id, e.start_date, e.precision_rank, e.slug, e.title, e.date, l.number, l.effects, array(${PLACED[asked.by]}) as placed
      from plan cross join lateral ${eventsBearing(`'plan:' || plan.slug`, as_of, values, ['actors', 'action_items'])} e
      cross join lateral (
        select l.item as number, array_agg(l.effect order by l.effect) as effects
        from json_to_recordset(e.action_items) l(plan text, item int, effect text)
        where l.plan = plan.slug and l.effect = any(${values.add(asked.effects, 'text[]')}) group by l.item
      ) l
    ),
    placed as materialized (select b.*, p.value from bearing b cross join lateral unnest(b.placed) p(value)),
    every as materialized (select value, count(distinct event_id)::int as events from placed group by value),
    chosen as materialized (
      select * from every order by ${isOfTime ? 'value desc' : 'events desc, value'} limit ${values.add(asked.columns, 'int')}
    ),
    cells as (
      select number, value, ${COUNTS},
        (json_agg(json_build_object('slug', slug, 'title', title, 'date', date, 'effects', effects) order by ${NEWEST_FIRST}) filter (where place <= ${values.add(asked.newest, 'int')})) as newest
      from (select p.*, row_number() over (partition by number, value order by ${NEWEST_FIRST}) as place from placed p where value in (select value from chosen)) p
      group by number, value
    )
    select last.seq, last.recorded_at, plan.slug, plan.title,
      ${listed(`select c.value, t.title as name, c.events from chosen c
        left join resource_cards t on ${asked.by === 'actor' ? `t.entity = 'actor' and t.slug = c.value and ${known('t')}` : 'false'}
        order by ${isOfTime ? 'c.value' : 'c.events desc, c.value'}`)} as columns,
      (select count(*)::int from every) as columns_total,
      ${listed(`select i.number, i.title, i.card::json ->> 'status' as status from resource_cards i
        where i.entity = 'action_item' and i.keys @> array['plan:' || plan.slug] and ${known('i')} order by i.number`)} as items,
      ${listed(`select number, ${COUNTS}, max(start_date) filter (where isfinite(start_date)) as last_event_on from bearing group by number`)} as totals,
      ${listed('select * from cells')} as cells
    from ${lastChange(as_of, values)} left join plan on true`;
  return prepared(text, values.all);
}
