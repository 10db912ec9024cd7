// Action plans and their items in the database. An item is found by "plan/number"; one whose plan is deleted is gone
// with it.
import { prepared } from '../database/statement.js';
import { type CardTable, listCards, resourceCards, sortedBy } from '../resources/cards.js';
import {
  counted,
  HEAD,
  type HeadRow,
  inForce,
  type ListedStore,
  type Located,
  locateBySlug,
  References,
  removeLinks,
  saveRows,
  stampsOf,
} from '../resources/store.js';
import { type ItemDocument, type ItemQuery, type PlanDocument, type PlanQuery, SHORT_TIMELINE } from './schema.js';
import { itemTimeline } from './sql.js';

const PLAN_CARDS = resourceCards('action_plan', sortedBy('title'));
const ITEM_CARDS: CardTable = {
  ...resourceCards('action_item', { number: { column: 'c.number', type: 'int' } }),
  beside: (as_of, values) => itemTimeline(SHORT_TIMELINE, as_of, values),
};

export const planStore: ListedStore<PlanDocument, PlanQuery> = {
  cards: PLAN_CARDS,
  locate: (tx, keys, as_of) => locateBySlug(tx, 'action_plans', keys, as_of),

  async save({ tx }, rows) {
    const references = new References(tx);
    const named = rows.flatMap(({ document: { issuer } }, row) => (issuer === null ? [] : [{ row, slug: issuer, pointer: '/issuer' }]));
    const { actors } = await references.resolve({ actors: { noun: 'actor', named } });
    references.check();
    const plans = rows.map((row) => {
      const { title_variants: _, sources: __, issuer, place, ...columns } = row.document;
      return {
        ...stampsOf(row),
        ...columns,
        issuer_id: issuer === null ? null : actors.get(issuer)!,
        place_name: place?.name ?? null,
        place_city: place?.city ?? null,
        place_country_code: place?.country_code ?? null,
      };
    });
    const owned = <Value>(list: (document: PlanDocument) => Value[], columnsOf: (value: Value) => object) =>
      rows.flatMap(({ id, document }) => list(document).map((value, position) => ({ action_plan_id: id, position, ...columnsOf(value) })));
    await removeLinks(tx, ['action_plan_title_variants', 'action_plan_citations'], 'action_plan_id', rows);
    await saveRows(tx, [
      { table: 'action_plans', key: 'id', rows: plans },
      {
        table: 'action_plan_title_variants',
        rows: owned(
          ({ title_variants }) => title_variants,
          (variant) => variant,
        ),
      },
      {
        table: 'action_plan_citations',
        rows: owned(
          ({ sources }) => sources,
          ({ source, ...citation }) => ({ ...citation, source_id: source }),
        ),
      },
    ]);
  },

  async uses(tx, id) {
    const { rows } = await tx.query<{ events: number }>(
      `select count(distinct e.id)::int as events from action_items i join event_action_items l on l.action_item_id = i.id
       join events e on e.id = l.event_id and e.deleted_at is null where i.action_plan_id = $1`,
      [id],
    );
    return counted(rows[0]!.events, 'event');
  },

  list: (tx, { issuer, ...query }, as_of) =>
    listCards(tx, PLAN_CARDS, { groups: [issuer === undefined ? undefined : [`issuer:${issuer}`]] }, query, as_of, { issuer }),
};

type ItemRow = HeadRow & { plan_id: string };

export const itemStore: ListedStore<ItemDocument, ItemQuery & { plan: string }> = {
  cards: ITEM_CARDS,

  async locate(tx, keys, as_of = null) {
    const { rows } = await tx.query<ItemRow>(
      prepared(
        `select i.id, p.id as plan_id, p.slug || '/' || i.number as slug, item.*,
           coalesce(item.deleted_at, (select r.recorded_at from revisions r where r.entity_id = p.id and ${inForce(as_of, '$3')} and r.operation = 'deleted')) as deleted_at
         from action_items i
         join action_plans p on p.id = i.action_plan_id
         cross join lateral (select ${HEAD} from revisions r where r.entity_id = i.id and ${inForce(as_of, '$3')}) item
         where p.slug || '/' || i.number = any($1::text[]) or p.id || '/' || i.number = any($2::text[])`,
        [keys, keys.map((key) => key.toLowerCase()), ...(as_of === null ? [] : [as_of])],
      ),
    );
    const found = new Map<string, Located<ItemDocument>>();
    for (const { state, plan_id, ...row } of rows) {
      const located = { ...row, document: state as ItemDocument };
      found.set(row.slug!, located);
      found.set(`${plan_id}/${located.document.number}`, located);
    }
    return found;
  },

  async save({ tx }, rows) {
    const references = new References(tx);
    const plans = rows.map(({ document: { plan } }, row) => ({ row, slug: plan, pointer: '/plan' }));
    const links = rows.flatMap(({ document }, row) =>
      document.topics.map((slug, position) => ({ row, slug, position, pointer: `/topics/${position}` })),
    );
    for (const link of links)
      if (rows[link.row]!.document.topics.indexOf(link.slug) < link.position)
        references.reject(link.row, link.pointer, `The topic ${link.slug} is there twice; name it once.`);
    const { action_plans, topics } = await references.resolve({
      action_plans: { noun: 'action plan', named: plans },
      topics: { noun: 'topic', named: links },
    });
    references.check();
    await removeLinks(tx, ['action_item_topics'], 'action_item_id', rows);
    await saveRows(tx, [
      {
        table: 'action_items',
        key: 'id',
        rows: rows.map((row) => {
          const { plan, topics: _, status = null, status_since = null, status_reason = null, ...columns } = row.document;
          return { ...stampsOf(row), ...columns, status, status_since, status_reason, action_plan_id: action_plans.get(plan)! };
        }),
      },
      {
        table: 'action_item_topics',
        rows: links.map(({ row, slug, position }) => ({ action_item_id: rows[row]!.id, position, topic_id: topics.get(slug)! })),
      },
    ]);
  },

  async uses(tx, id) {
    const { rows } = await tx.query<{ events: number }>(
      'select count(distinct e.id)::int as events from event_action_items l join events e on e.id = l.event_id and e.deleted_at is null where l.action_item_id = $1',
      [id],
    );
    return counted(rows[0]!.events, 'event');
  },

  list(tx, { plan, topic, ...query }, as_of) {
    const groups = [[`plan:${plan.toLowerCase()}`], topic === undefined ? undefined : [`topic:${topic}`]];
    return listCards(tx, ITEM_CARDS, { groups }, query, as_of, { plan, topic });
  },
};
