// Events in the database: their row, their links, and their cards.
import { parseDate } from '../contract/date.js';
import { prepared, type Values } from '../database/statement.js';
import type { Transaction } from '../database/write.js';
import { type CardTable, listCards, sortedBy } from '../resources/cards.js';
import { type ListedStore, locateBySlug, References, type Row, removeLinks, saveRows, stampsOf } from '../resources/store.js';
import type { EventDocument, EventQuery } from './schema.js';
import { actorsNamed } from './types/event-type.js';
import { EVENT_TYPES } from './types/index.js';
import { validityOf } from './validity.js';

const EVENT_CARDS: CardTable = { from: 'event_cards c', where: 'true', id: 'c.event_id', sort: sortedBy('title', 'created_at') };

const LINK_TABLES = ['event_actors', 'event_citations', 'event_topics', 'event_initiatives', 'event_action_items', 'event_relations'];

/** A link as a document names it: which row, where in its list, what it names, and where that stands. */
interface Link<Value> {
  row: number;
  position: number;
  value: Value;
  pointer: string;
}

export interface EventStore extends ListedStore<EventDocument, EventQuery> {
  /** The ids of the events that name this one, those that are not published too. */
  naming(tx: Transaction, id: string): Promise<string[]>;
}

export const eventStore: EventStore = {
  cards: EVENT_CARDS,
  locate: (tx, keys, as_of) => locateBySlug(tx, 'events', keys, as_of),

  async save({ tx, now }, rows) {
    const links = linksOf(rows);
    const ids = await resolveLinks(tx, rows, links);
    const published = await publishedBefore(tx, rows);
    const events = rows.map((row) => columnsOf(row, published.get(row.id) ?? (row.document.state === 'published' ? now : null)));
    const owned = <Value>(list: Link<Value>[], columns: (value: Value) => object) =>
      list.map(({ row, position, value }) => ({ event_id: rows[row]!.id, position, ...columns(value) }));
    await removeLinks(tx, LINK_TABLES, 'event_id', rows);
    await saveRows(tx, [
      { table: 'events', key: 'id', rows: events },
      {
        table: 'event_actors',
        rows: owned(links.actors, ({ actor, ...participant }) => ({ ...participant, actor_id: ids.actors.get(actor)! })),
      },
      { table: 'event_citations', rows: owned(links.sources, ({ source, ...citation }) => ({ ...citation, source_id: source })) },
      { table: 'event_topics', rows: owned(links.topics, (slug) => ({ topic_id: ids.topics.get(slug)! })) },
      { table: 'event_initiatives', rows: owned(links.initiatives, (slug) => ({ initiative_id: ids.initiatives.get(slug)! })) },
      {
        table: 'event_action_items',
        rows: owned(links.action_items, ({ plan, item, effect, note }) => ({
          effect,
          note,
          action_item_id: ids.items.get(`${plan}/${item}`)!,
        })),
      },
      {
        table: 'event_relations',
        rows: owned(links.related, ({ event, relation }) => ({ relation, related_event_id: ids.events.get(event)! })),
      },
    ]);
  },

  async uses(tx, id) {
    const { rows } = await tx.query<{ slug: string }>(
      'select e.slug from event_relations l join events e on e.id = l.event_id and e.deleted_at is null where l.related_event_id = $1 order by e.slug limit 5',
      [id],
    );
    return rows.map(({ slug }) => `the event ${slug}`);
  },

  async naming(tx, id) {
    const { rows } = await tx.query<{ id: string }>(
      prepared(
        'select distinct e.id from event_relations l join events e on e.id = l.event_id and e.deleted_at is null where l.related_event_id = $1::uuid',
        [id],
      ),
    );
    return rows.map((row) => row.id);
  },

  list(tx, { type, certainty, state = ['published'], ...query }, as_of) {
    const also = (values: Values) => [
      `c.state = any(${values.add(state, 'text[]')})`,
      ...(certainty === undefined ? [] : [`c.certainty = any(${values.add(certainty, 'text[]')})`]),
    ];
    const listed = { groups: [type?.map((name) => `type:${name}`)], also };
    return listCards(tx, EVENT_CARDS, listed, query, as_of, { type, certainty, state });
  },
};

const spread = <Value>(
  rows: Row<EventDocument>[],
  list: (document: EventDocument) => Value[],
  pointer: (position: number) => string,
): Link<Value>[] =>
  rows.flatMap(({ document }, row) => list(document).map((value, position) => ({ row, position, value, pointer: pointer(position) })));

const linksOf = (rows: Row<EventDocument>[]) => ({
  actors: spread(
    rows,
    ({ actors }) => actors,
    (position) => `/actors/${position}/actor`,
  ),
  sources: spread(
    rows,
    ({ sources }) => sources,
    (position) => `/sources/${position}/source`,
  ),
  topics: spread(
    rows,
    ({ topics }) => topics,
    (position) => `/topics/${position}`,
  ),
  initiatives: spread(
    rows,
    ({ initiatives }) => initiatives,
    (position) => `/initiatives/${position}`,
  ),
  action_items: spread(
    rows,
    (document) => document.action_items,
    (position) => `/action_items/${position}`,
  ),
  related: spread(
    rows,
    ({ related }) => related,
    (position) => `/related/${position}/event`,
  ),
});

/** The ids of all that the rows name. @throws RejectedRows where something does not exist, or is there twice */
async function resolveLinks(tx: Transaction, rows: Row<EventDocument>[], links: ReturnType<typeof linksOf>) {
  const references = new References(tx);
  const bySlug = <Value>(list: Link<Value>[], slug: (value: Value) => string) =>
    list.map(({ value, ...place }) => ({ ...place, slug: slug(value) }));
  const itself = (slug: string) => slug;
  refuseTwice(references, links.actors, ({ actor, role }) => `${actor} as ${role}`);
  refuseTwice(references, links.topics, itself);
  refuseTwice(references, links.initiatives, itself);
  refuseTwice(references, links.action_items, ({ plan, item, effect }) => `${plan}/${item} with the effect ${effect}`);
  refuseTwice(references, links.related, ({ event, relation }) => `${event} as ${relation}`);
  const own = new Map(rows.map((row) => [row.document.slug, row.id]));
  const elsewhere = links.related.filter(({ value }) => !own.has(value.event));
  const found = await references.resolve({
    actors: { noun: 'actor', named: [...bySlug(links.actors, ({ actor }) => actor), ...actorsInDetails(rows)] },
    topics: { noun: 'topic', named: bySlug(links.topics, itself) },
    initiatives: { noun: 'initiative', named: bySlug(links.initiatives, itself) },
    events: { noun: 'event', named: bySlug(elsewhere, ({ event }) => event) },
  });
  for (const { row, value, pointer } of links.related)
    if (value.event === rows[row]!.document.slug)
      references.reject(row, pointer, 'An event cannot be related to itself; name another one.');
  const items = await resolveItems(tx, references, links.action_items);
  // Those of new events were found just now.
  await refuseDeletedSources(
    tx,
    references,
    links.sources.filter(({ row }) => !rows[row]!.is_new),
  );
  references.check();
  return { ...found, events: new Map([...own, ...found.events]), items };
}

function actorsInDetails(rows: Row<EventDocument>[]): { row: number; slug: string; pointer: string }[] {
  return rows.flatMap(({ document }, row) =>
    actorsNamed(document.details, EVENT_TYPES[document.type].details).map((named) => ({ row, ...named })),
  );
}

function refuseTwice<Value>(references: References, links: Link<Value>[], nameOf: (value: Value) => string): void {
  const seen = new Set<string>();
  for (const { row, value, pointer } of links) {
    const key = `${row} ${nameOf(value)}`;
    if (seen.has(key)) references.reject(row, pointer, `${nameOf(value)} is there twice; name it once.`);
    seen.add(key);
  }
}

async function resolveItems(
  tx: Transaction,
  references: References,
  links: Link<EventDocument['action_items'][number]>[],
): Promise<Map<string, string>> {
  if (links.length === 0) return new Map();
  const keys = [...new Set(links.map(({ value }) => `${value.plan}/${value.item}`))];
  const { rows } = await tx.query<{ id: string; key: string }>(
    prepared(
      `select i.id, p.slug || '/' || i.number as key from action_items i join action_plans p on p.id = i.action_plan_id
       where p.slug || '/' || i.number = any($1::text[]) and i.deleted_at is null and p.deleted_at is null`,
      [keys],
    ),
  );
  const ids = new Map(rows.map((row) => [row.key, row.id]));
  for (const { row, value, pointer } of links) {
    if (!ids.has(`${value.plan}/${value.item}`))
      references.reject(
        row,
        pointer,
        `There is no item ${value.item} in an action plan ${value.plan}; name one that exists, or create it first.`,
      );
  }
  return ids;
}

/** Citations name sources by id, found when they were sent; one may have been deleted before the event is restored. */
async function refuseDeletedSources(tx: Transaction, references: References, links: Link<{ source: string }>[]): Promise<void> {
  if (links.length === 0) return;
  const cited = [...new Set(links.map(({ value }) => value.source))];
  const { rows } = await tx.query<{ id: string }>(
    prepared('select id from sources where id = any($1::uuid[]) and deleted_at is not null', [cited]),
  );
  const deleted = new Set(rows.map((row) => row.id));
  for (const { row, value, pointer } of links)
    if (deleted.has(value.source)) references.reject(row, pointer, `The source ${value.source} was deleted; restore it first.`);
}

/** When each was first published; kept for good. */
async function publishedBefore(tx: Transaction, rows: Row<EventDocument>[]): Promise<Map<string, Date>> {
  const old = rows.filter((row) => !row.is_new).map((row) => row.id);
  if (old.length === 0) return new Map();
  const { rows: events } = await tx.query<{ id: string; published_at: Date }>(
    prepared('select id, published_at from events where id = any($1::uuid[]) and published_at is not null', [old]),
  );
  return new Map(events.map(({ id, published_at }) => [id, published_at]));
}

function columnsOf(row: Row<EventDocument>, published_at: Date | null) {
  const { slug, type, action, title, summary, date, place, significance, certainty, state, details, confidence, evidence, caveat, notes } =
    row.document;
  const span = parseDate(date)!;
  const validity = validityOf(row.document);
  return {
    ...stampsOf(row),
    ...{ slug, type, action, title, summary, date, significance, certainty, state, confidence, evidence, caveat, notes },
    start_date: span.start_date,
    end_date: span.end_date,
    date_precision: span.date_precision,
    valid_from: validity?.valid_from ?? null,
    valid_to: validity?.valid_to ?? null,
    place_name: place?.name ?? null,
    place_city: place?.city ?? null,
    place_country_code: place?.country_code ?? null,
    details,
    published_at,
  };
}
