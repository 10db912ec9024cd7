// Action plans and their items in the database. An item is found by "plan/number"; one whose plan is deleted is gone
// with it.
import { Prisma } from '../database/client/client.js';
import {
  counted,
  type ListedStore,
  type Located,
  listIds,
  locateBySlug,
  References,
  readBodies,
  type SortColumns,
  saveRows,
  stampsOf,
} from '../resources/store.js';
import type { ItemDocument, ItemQuery, PlanDocument, PlanQuery } from './schema.js';
import { ITEM_ANSWERS, PLAN_ANSWERS } from './sql.js';

const PLAN_SORT: SortColumns = { title: 'text', created_at: 'timestamptz', updated_at: 'timestamptz' };
const ITEM_SORT: SortColumns = { number: 'int' };

export const planStore: ListedStore<PlanDocument, PlanQuery> = {
  locate: (tx, keys) => locateBySlug(tx, 'action_plans', keys),

  async save({ tx }, rows) {
    const references = new References(tx);
    const issuers = await references.resolve(
      'actors',
      'actor',
      rows.flatMap(({ document: { issuer } }, row) => (issuer === null ? [] : [{ row, slug: issuer, pointer: '/issuer' }])),
    );
    references.check();
    const data = rows.map((row) => {
      const { title_variants: _, sources: __, issuer, place, ...columns } = row.document;
      return {
        ...stampsOf(row),
        ...columns,
        issuer_id: issuer === null ? null : issuers.get(issuer)!,
        place_name: place?.name ?? null,
        place_city: place?.city ?? null,
        place_country_code: place?.country_code ?? null,
      };
    });
    await saveRows(
      rows,
      data,
      (data) => tx.actionPlan.createMany({ data }),
      (id, data) => tx.actionPlan.update({ where: { id }, data }),
    );
    const owned = { where: { action_plan_id: { in: rows.map((row) => row.id) } } };
    await tx.actionPlanTitleVariant.deleteMany(owned);
    await tx.actionPlanCitation.deleteMany(owned);
    await tx.actionPlanTitleVariant.createMany({
      data: rows.flatMap(({ id, document }) =>
        document.title_variants.map((variant, position) => ({ action_plan_id: id, position, ...variant })),
      ),
    });
    await tx.actionPlanCitation.createMany({
      data: rows.flatMap(({ id, document }) =>
        document.sources.map(({ source, ...citation }, position) => ({ action_plan_id: id, position, source_id: source, ...citation })),
      ),
    });
  },

  async uses(tx, id) {
    const [counts] = await tx.$queryRaw<{ events: number }[]>`
      select count(distinct e.id)::int as events from action_items i join event_action_items l on l.action_item_id = i.id
      join events e on e.id = l.event_id and e.deleted_at is null where i.action_plan_id = ${id}::uuid`;
    return counted(counts!.events, 'event');
  },

  answers: (tx, ids) => readBodies(tx, PLAN_ANSWERS, ids),

  async list(tx, { issuer, ...query }) {
    const conditions = issuer === undefined ? [] : [Prisma.sql`e.issuer_id = (select id from actors where slug = ${issuer})`];
    return listIds(tx, 'action_plans', PLAN_SORT, conditions, query, { issuer });
  },
};

type ItemRow = Omit<Located<ItemDocument>, 'document'> & { state: unknown; plan_id: string };

export const itemStore: ListedStore<ItemDocument, ItemQuery & { plan: string }> = {
  async locate(tx, keys) {
    const rows = await tx.$queryRaw<ItemRow[]>`
      select i.id, p.id as plan_id, p.slug || '/' || i.number as slug, i.version, i.created_at, coalesce(i.deleted_at, p.deleted_at) as deleted_at,
        r.recorded_at, r.operation, r.reason, r.is_public, r.state
      from action_items i
      join action_plans p on p.id = i.action_plan_id
      join revisions r on r.entity_id = i.id and r.superseded_at is null
      where p.slug || '/' || i.number = any(${keys}::text[])
        or p.id || '/' || i.number = any(${keys.map((key) => key.toLowerCase())}::text[])`;
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
    const plans = await references.resolve(
      'action_plans',
      'action plan',
      rows.map(({ document: { plan } }, row) => ({ row, slug: plan, pointer: '/plan' })),
    );
    const links = rows.flatMap(({ document }, row) =>
      document.topics.map((slug, position) => ({ row, slug, position, pointer: `/topics/${position}` })),
    );
    for (const link of links)
      if (rows[link.row]!.document.topics.indexOf(link.slug) < link.position)
        references.reject(link.row, link.pointer, `The topic ${link.slug} is there twice; name it once.`);
    const topics = await references.resolve('topics', 'topic', links);
    references.check();
    const data = rows.map((row) => {
      const { plan, topics: _, ...columns } = row.document;
      return { ...stampsOf(row), ...columns, action_plan_id: plans.get(plan)! };
    });
    await saveRows(
      rows,
      data,
      (data) => tx.actionItem.createMany({ data }),
      (id, data) => tx.actionItem.update({ where: { id }, data }),
    );
    await tx.actionItemTopic.deleteMany({ where: { action_item_id: { in: rows.map((row) => row.id) } } });
    await tx.actionItemTopic.createMany({
      data: links.map(({ row, slug, position }) => ({ action_item_id: rows[row]!.id, position, topic_id: topics.get(slug)! })),
    });
  },

  async uses(tx, id) {
    const [counts] = await tx.$queryRaw<{ events: number }[]>`
      select count(distinct e.id)::int as events from event_action_items l join events e on e.id = l.event_id and e.deleted_at is null where l.action_item_id = ${id}::uuid`;
    return counted(counts!.events, 'event');
  },

  answers: (tx, ids) => readBodies(tx, ITEM_ANSWERS, ids),

  async list(tx, { plan, topic, ...query }) {
    const conditions = [
      Prisma.sql`e.action_plan_id = (select id from action_plans where slug = ${plan} or id::text = lower(${plan}))`,
      ...(topic === undefined
        ? []
        : [
            Prisma.sql`exists (select 1 from action_item_topics l join topics t on t.id = l.topic_id where l.action_item_id = e.id and t.slug = ${topic})`,
          ]),
    ];
    return listIds(tx, 'action_items', ITEM_SORT, conditions, query, { plan, topic });
  },
};
