// Topics in the database.

import type { Transaction } from '../database/write.js';
import { type CardMaker, cardColumns, listCards, resourceCards, sortedBy } from '../resources/cards.js';
import { counted, instantOf, type ListedStore, locateBySlug, References, saveRows, stampsOf } from '../resources/store.js';
import type { TopicDocument, TopicQuery } from './schema.js';

const CARDS = resourceCards('topic', sortedBy('name'));

export const topicCards: CardMaker = {
  entity: 'topic',
  select: `
    select ${cardColumns('t', { slug: 't.slug', title: 't.name', keys: `array(select 'broader:' || b.slug where b.id is not null)` })}, row_to_json(x)::text as card
    from topics t left join topics b on b.id = t.broader_id
    cross join lateral (
      select t.id, t.slug, t.name, t.description, b.slug as broader, t.version,
        ${instantOf('t.created_at')} as created_at, ${instantOf('t.updated_at')} as updated_at
    ) x
    where t.id = any($1::uuid[]) and t.deleted_at is null`,
};

const CIRCLE = 'A topic cannot stand under itself; choose another broader topic.';

export const topicStore: ListedStore<TopicDocument, TopicQuery> = {
  cards: CARDS,
  locate: (tx, keys, as_of) => locateBySlug(tx, 'topics', keys, as_of),

  async save({ tx }, rows) {
    const references = new References(tx);
    const ids = new Map(rows.map((row) => [row.document.slug, row.id]));
    const named = rows.flatMap(({ document: { broader } }, row) =>
      broader === null || ids.has(broader) ? [] : [{ row, slug: broader, pointer: '/broader' }],
    );
    const { topics } = await references.resolve({ topics: { noun: 'topic', named } });
    for (const [row, { document }] of rows.entries()) if (document.broader === document.slug) references.reject(row, '/broader', CIRCLE);
    references.check();
    const saved = rows.map((row) => {
      const { slug, name, description, broader } = row.document;
      return {
        ...stampsOf(row),
        slug,
        name,
        description,
        broader_id: broader === null ? null : (ids.get(broader) ?? topics.get(broader)!),
      };
    });
    await saveRows(tx, [{ table: 'topics', key: 'id', rows: saved }]);
    await refuseCircles(
      tx,
      rows.map((row) => row.id),
      references,
    );
  },

  async uses(tx, id) {
    const { rows } = await tx.query<{ events: number; items: number; narrower: number }>(
      `select (select count(*)::int from event_topics l join events e on e.id = l.event_id and e.deleted_at is null where l.topic_id = $1) as events,
        (select count(*)::int from action_item_topics l join action_items i on i.id = l.action_item_id and i.deleted_at is null where l.topic_id = $1) as items,
        (select count(*)::int from topics where broader_id = $1 and deleted_at is null) as narrower`,
      [id],
    );
    const { events, items, narrower } = rows[0]!;
    return [...counted(events, 'event'), ...counted(items, 'action item'), ...counted(narrower, 'narrower topic')];
  },

  list: (tx, { broader, ...query }, as_of) =>
    listCards(tx, CARDS, { groups: [broader === undefined ? undefined : [`broader:${broader}`]] }, query, as_of, { broader }),
};

/** A topic is never above itself, however long the way round. */
async function refuseCircles(tx: Transaction, ids: string[], references: References): Promise<void> {
  const { rows } = await tx.query<{ id: string }>(
    `with recursive above as (
       select id as start, broader_id from topics where id = any($1::uuid[]) and broader_id is not null
       union
       select above.start, topics.broader_id from above join topics on topics.id = above.broader_id
     )
     select start as id from above where broader_id = start`,
    [ids],
  );
  for (const { id } of rows) references.reject(ids.indexOf(id), '/broader', CIRCLE);
  references.check();
}
