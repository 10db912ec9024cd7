// Sources in the database. One article is one source: urls are unique once normalised.
import { isId } from '../contract/ids.js';
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
import { type SourceDocument, type SourceQuery, urlKey } from './schema.js';

const SORT: SortColumns = { title: 'text', created_at: 'timestamptz', updated_at: 'timestamptz' };

const ANSWERS = `
  select s.id, s.version, row_to_json(s)::text as body
  from (
    select s.id, s.slug, s.url, s.title, s.publisher, s.kind, s.language, s.published_on, ${instantOf('s.retrieved_at')} as retrieved_at, s.archived_url, s.version,
      ${instantOf('s.created_at')} as created_at, ${instantOf('s.updated_at')} as updated_at
    from sources s where s.id = any($1::uuid[])
  ) s`;

export interface SourceStore extends ListedStore<SourceDocument, SourceQuery> {
  /** The ids of sources by url (in whatever form), slug or id; those that do not exist or are deleted are left out. */
  find(tx: Transaction, references: string[]): Promise<Map<string, string>>;
}

export const sourceStore: SourceStore = {
  /** By url too. */
  async locate(tx, keys) {
    const urls = keys.filter((key) => /^https?:/i.test(key));
    const ids = urls.length === 0 ? new Map<string, string>() : await findSources(tx, urls, true);
    const found = await locateBySlug<SourceDocument>(tx, 'sources', [...keys.filter((key) => !ids.has(key)), ...ids.values()]);
    for (const [url, id] of ids) found.set(url, found.get(id)!);
    return found;
  },

  async save({ tx }, rows) {
    const data = rows.map((row) => {
      const { url, retrieved_at, ...columns } = row.document;
      return {
        ...stampsOf(row),
        ...columns,
        url,
        url_key: url === null ? null : urlKey(url),
        retrieved_at: retrieved_at === null ? null : new Date(retrieved_at),
      };
    });
    await refuseTakenUrls(tx, data);
    await saveRows(
      rows,
      data,
      (data) => tx.source.createMany({ data }),
      (id, data) => tx.source.update({ where: { id }, data }),
    );
  },

  async uses(tx, id) {
    const [counts] = await tx.$queryRaw<{ events: number; plans: number }[]>`
      select (select count(distinct e.id)::int from event_citations l join events e on e.id = l.event_id and e.deleted_at is null where l.source_id = ${id}::uuid) as events,
        (select count(distinct p.id)::int from action_plan_citations l join action_plans p on p.id = l.action_plan_id and p.deleted_at is null where l.source_id = ${id}::uuid) as plans`;
    return [...counted(counts!.events, 'event'), ...counted(counts!.plans, 'action plan')];
  },

  answers: (tx, ids) => readBodies(tx, ANSWERS, ids),

  async list(tx, { kind, publisher, language, url, ...query }) {
    const conditions = [
      ...(kind === undefined ? [] : [Prisma.sql`e.kind = any(${kind}::text[])`]),
      ...(publisher === undefined ? [] : [Prisma.sql`e.publisher = ${publisher}`]),
      ...(language === undefined ? [] : [Prisma.sql`e.language = ${language}`]),
      ...(url === undefined ? [] : [Prisma.sql`e.url_key = ${urlKey(url)}`]),
    ];
    return listIds(tx, 'sources', SORT, conditions, query, { kind, publisher, language, url });
  },

  find: (tx, references) => findSources(tx, references, false),
};

async function findSources(tx: Transaction, references: string[], deletedToo: boolean): Promise<Map<string, string>> {
  const keys = new Map(
    references.map((reference) => [reference, /^https?:\/\//i.test(reference) && URL.canParse(reference) ? urlKey(reference) : null]),
  );
  const rows = await tx.$queryRaw<{ id: string; slug: string | null; url_key: string | null }[]>`
    select id, slug, url_key from sources
    where (deleted_at is null or ${deletedToo}) and (url_key = any(${[...keys.values()].filter((key) => key !== null)}::text[])
      or slug = any(${references}::text[]) or id = any(${references.filter(isId)}::uuid[]))`;
  const ids = new Map(
    rows.flatMap((row) => [row.id, row.slug, row.url_key].flatMap((name) => (name === null ? [] : [[name, row.id] as const]))),
  );
  return new Map(
    references.flatMap((reference) => {
      const found = ids.get(keys.get(reference) ?? (isId(reference) ? reference.toLowerCase() : reference));
      return found === undefined ? [] : [[reference, found]];
    }),
  );
}

async function refuseTakenUrls(tx: Transaction, data: { id: string; url: string | null; url_key: string | null }[]): Promise<void> {
  const references = new References(tx);
  const keys = data.flatMap(({ url_key }) => url_key ?? []);
  const others = await tx.source.findMany({
    where: { url_key: { in: keys }, id: { notIn: data.map(({ id }) => id) } },
    select: { id: true, url_key: true, deleted_at: true },
  });
  const taken = new Map(others.map((other) => [other.url_key, other]));
  for (const [row, { url_key }] of data.entries()) {
    const other = url_key === null ? undefined : taken.get(url_key);
    if (other !== undefined)
      references.reject(
        row,
        '/url',
        `The source ${other.id} has this url already${other.deleted_at === null ? '; change that one, or refer to it' : ' and was deleted; restore it'}.`,
      );
    else if (
      url_key !== null &&
      keys.indexOf(url_key) !== keys.lastIndexOf(url_key) &&
      data.findIndex((one) => one.url_key === url_key) < row
    )
      references.reject(row, '/url', 'This url is there twice in what was sent.');
  }
  references.check();
}
