// Events in the database: their row, their links, and their cards.
import { parseDate } from '../contract/date.js';
import { Prisma } from '../database/client/client.js';
import type { Transaction } from '../database/write.js';
import {
  type ListedStore,
  listIds,
  locateBySlug,
  References,
  type Row,
  readBodies,
  type SortColumns,
  saveRows,
  stampsOf,
} from '../resources/store.js';
import type { EventDocument, EventQuery } from './schema.js';
import { CARDS } from './sql.js';
import { actorsNamed } from './types/event-type.js';
import { EVENT_TYPES } from './types/index.js';
import { validityOf } from './validity.js';

const SORT: SortColumns = { created_at: 'timestamptz', updated_at: 'timestamptz', title: 'text' };

/** A link as a document names it: which row, where in its list, what it names, and where that stands. */
interface Link<Value> {
  row: number;
  position: number;
  value: Value;
  pointer: string;
}

export const eventStore: ListedStore<EventDocument, EventQuery> = {
  locate: (tx, keys) => locateBySlug(tx, 'events', keys),

  async save({ tx, now }, rows) {
    const links = linksOf(rows);
    const ids = await resolveLinks(tx, rows, links);
    const published = await publishedBefore(tx, rows);
    const data = rows.map((row) => columnsOf(row, published.get(row.id) ?? (row.document.state === 'published' ? now : null)));
    await saveRows(
      rows,
      data,
      (data) => tx.event.createMany({ data }),
      (id, data) => tx.event.update({ where: { id }, data }),
    );
    const old = rows.filter((row) => !row.is_new).map((row) => row.id);
    const owner = ({ row, position }: Omit<Link<unknown>, 'value'>) => ({ event_id: rows[row]!.id, position });
    const saveLinks = async <Data>(table: LinkTable<Data>, data: Data[]) => {
      if (old.length > 0) await table.deleteMany({ where: { event_id: { in: old } } });
      if (data.length > 0) await table.createMany({ data });
    };
    await saveLinks(
      tx.eventActor,
      links.actors.map(({ value: { actor, ...participant }, ...link }) => ({
        ...owner(link),
        ...participant,
        actor_id: ids.actors.get(actor)!,
      })),
    );
    await saveLinks(
      tx.eventCitation,
      links.sources.map(({ value: { source, ...citation }, ...link }) => ({ ...owner(link), ...citation, source_id: source })),
    );
    await saveLinks(
      tx.eventTopic,
      links.topics.map((link) => ({ ...owner(link), topic_id: ids.topics.get(link.value)! })),
    );
    await saveLinks(
      tx.eventInitiative,
      links.initiatives.map((link) => ({ ...owner(link), initiative_id: ids.initiatives.get(link.value)! })),
    );
    await saveLinks(
      tx.eventActionItem,
      links.action_items.map((link) => ({
        ...owner(link),
        effect: link.value.effect,
        note: link.value.note,
        action_item_id: ids.items.get(`${link.value.plan}/${link.value.item}`)!,
      })),
    );
    await saveLinks(
      tx.eventRelation,
      links.related.map((link) => ({ ...owner(link), relation: link.value.relation, related_event_id: ids.events.get(link.value.event)! })),
    );
  },

  async uses(tx, id) {
    const rows = await tx.$queryRaw<{ slug: string }[]>`
      select e.slug from event_relations l join events e on e.id = l.event_id and e.deleted_at is null where l.related_event_id = ${id}::uuid order by e.slug limit 5`;
    return rows.map(({ slug }) => `the event ${slug}`);
  },

  answers: (tx, ids) => readBodies(tx, CARDS, ids),

  async list(tx, { type, certainty, state, ...query }) {
    const states = state ?? ['published'];
    const conditions = [
      Prisma.sql`e.state = any(${states}::text[])`,
      ...(type === undefined ? [] : [Prisma.sql`e.type = any(${type}::text[])`]),
      ...(certainty === undefined ? [] : [Prisma.sql`e.certainty = any(${certainty}::text[])`]),
    ];
    return listIds(tx, 'events', SORT, conditions, query, { type, certainty, states });
  },
};

interface LinkTable<Data> {
  deleteMany(query: { where: { event_id: { in: string[] } } }): Promise<unknown>;
  createMany(query: { data: Data[] }): Promise<unknown>;
}

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
  refuseTwice(references, links.actors, ({ actor, role }) => `${actor} as ${role}`);
  refuseTwice(references, links.topics, (slug) => slug);
  refuseTwice(references, links.initiatives, (slug) => slug);
  refuseTwice(references, links.action_items, ({ plan, item, effect }) => `${plan}/${item} with the effect ${effect}`);
  refuseTwice(references, links.related, ({ event, relation }) => `${event} as ${relation}`);
  const actors = await references.resolve('actors', 'actor', [...bySlug(links.actors, ({ actor }) => actor), ...actorsInDetails(rows)]);
  const topics = await references.resolve(
    'topics',
    'topic',
    bySlug(links.topics, (slug) => slug),
  );
  const initiatives = await references.resolve(
    'initiatives',
    'initiative',
    bySlug(links.initiatives, (slug) => slug),
  );
  const own = new Map(rows.map((row) => [row.document.slug, row.id]));
  const elsewhere = links.related.filter(({ value }) => !own.has(value.event));
  const events = new Map([
    ...own,
    ...(await references.resolve(
      'events',
      'event',
      bySlug(elsewhere, ({ event }) => event),
    )),
  ]);
  for (const { row, value, pointer } of links.related)
    if (value.event === rows[row]!.document.slug)
      references.reject(row, pointer, 'An event cannot be related to itself; name another one.');
  const items = await resolveItems(tx, references, links.action_items);
  await refuseDeletedSources(tx, references, links.sources);
  references.check();
  return { actors, topics, initiatives, events, items };
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
  const rows = await tx.$queryRaw<{ id: string; key: string }[]>`
    select i.id, p.slug || '/' || i.number as key from action_items i join action_plans p on p.id = i.action_plan_id
    where p.slug || '/' || i.number = any(${keys}::text[]) and i.deleted_at is null and p.deleted_at is null`;
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
  const rows = await tx.$queryRaw<{ id: string }[]>`select id from sources where id = any(${cited}::uuid[]) and deleted_at is not null`;
  const deleted = new Set(rows.map((row) => row.id));
  for (const { row, value, pointer } of links)
    if (deleted.has(value.source)) references.reject(row, pointer, `The source ${value.source} was deleted; restore it first.`);
}

/** When each was first published; kept for good. */
async function publishedBefore(tx: Transaction, rows: Row<EventDocument>[]): Promise<Map<string, Date>> {
  const old = rows.filter((row) => !row.is_new).map((row) => row.id);
  if (old.length === 0) return new Map();
  const events = await tx.event.findMany({ where: { id: { in: old } }, select: { id: true, published_at: true } });
  return new Map(events.flatMap(({ id, published_at }) => (published_at === null ? [] : [[id, published_at]])));
}

function columnsOf(row: Row<EventDocument>, published_at: Date | null) {
  const { slug, type, action, title, summary, date, place, significance, certainty, state, details, confidence, evidence, caveat, notes } =
    row.document;
  const span = parseDate(date)!;
  const validity = validityOf(row.document);
  return {
    ...stampsOf(row),
    ...{ slug, type, action, title, summary, date, significance, certainty, state, confidence, evidence, caveat, notes },
    start_date: dayOf(span.start_date),
    end_date: dayOf(span.end_date),
    date_precision: span.date_precision,
    valid_from: dayOf(validity?.valid_from ?? null),
    valid_to: dayOf(validity?.valid_to ?? null),
    place_name: place?.name ?? null,
    place_city: place?.city ?? null,
    place_country_code: place?.country_code ?? null,
    details: details as Prisma.InputJsonObject,
    published_at,
  };
}

const dayOf = (text: string | null): Date | null => (text === null ? null : new Date(`${text}T00:00:00Z`));
