// Topics in the database.
import { Prisma } from '../database/client/client.js';
import type { Transaction } from '../database/write.js';
import {
  counted,
  instantOf,
  type ListedStore,
  listIds,
  locateBySlug,
  References,
  readBodies,
  type SortColumns,
  saveRows,
  stampsOf,
} from '../resources/store.js';
import type { TopicDocument, TopicQuery } from './schema.js';

const SORT: SortColumns = { name: 'text', created_at: 'timestamptz', updated_at: 'timestamptz' };

const ANSWERS = `
  select t.id, t.version, row_to_json(t)::text as body
  from (
    select t.id, t.slug, t.name, t.description, b.slug as broader, t.version,
      ${instantOf('t.created_at')} as created_at, ${instantOf('t.updated_at')} as updated_at
    from topics t left join topics b on b.id = t.broader_id
    where t.id = any($1::uuid[])
  ) t`;

const CIRCLE = 'A topic cannot stand under itself; choose another broader topic.';

export const topicStore: ListedStore<TopicDocument, TopicQuery> = {
  locate: (tx, keys) => locateBySlug(tx, 'topics', keys),

  async save({ tx }, rows) {
    const references = new References(tx);
    const ids = new Map(rows.map((row) => [row.document.slug, row.id]));
    const known = await references.resolve(
      'topics',
      'topic',
      rows.flatMap(({ document: { broader } }, row) =>
        broader === null || ids.has(broader) ? [] : [{ row, slug: broader, pointer: '/broader' }],
      ),
    );
    for (const [row, { document }] of rows.entries()) if (document.broader === document.slug) references.reject(row, '/broader', CIRCLE);
    references.check();
    const data = rows.map((row) => {
      const { slug, name, description, broader } = row.document;
      return { ...stampsOf(row), slug, name, description, broader_id: broader === null ? null : (ids.get(broader) ?? known.get(broader)!) };
    });
    await saveRows(
      rows,
      data,
      (data) => tx.topic.createMany({ data }),
      (id, data) => tx.topic.update({ where: { id }, data }),
    );
    await refuseCircles(
      tx,
      rows.map((row) => row.id),
      references,
    );
  },

  async uses(tx, id) {
    const [counts] = await tx.$queryRaw<{ events: number; items: number; narrower: number }[]>`
      select (select count(*)::int from event_topics l join events e on e.id = l.event_id and e.deleted_at is null where l.topic_id = ${id}::uuid) as events,
        (select count(*)::int from action_item_topics l join action_items i on i.id = l.action_item_id and i.deleted_at is null where l.topic_id = ${id}::uuid) as items,
        (select count(*)::int from topics where broader_id = ${id}::uuid and deleted_at is null) as narrower`;
    return [...counted(counts!.events, 'event'), ...counted(counts!.items, 'action item'), ...counted(counts!.narrower, 'narrower topic')];
  },

  answers: (tx, ids) => readBodies(tx, ANSWERS, ids),
  list,
};

async function list(tx: Transaction, { broader, ...query }: TopicQuery) {
  const conditions = broader === undefined ? [] : [Prisma.sql`e.broader_id = (select id from topics where slug = ${broader})`];
  return listIds(tx, 'topics', SORT, conditions, query, { broader });
}

/** A topic is never above itself, however long the way round. */
async function refuseCircles(tx: Transaction, ids: string[], references: References): Promise<void> {
  const circles = await tx.$queryRaw<{ id: string }[]>`
    with recursive above as (
      select id as start, broader_id from topics where id = any(${ids}::uuid[]) and broader_id is not null
      union
      select above.start, topics.broader_id from above join topics on topics.id = above.broader_id
    )
    select start as id from above where broader_id = start`;
  for (const { id } of circles) references.reject(ids.indexOf(id), '/broader', CIRCLE);
  references.check();
}
