// Sources in the database. One article is one source: urls are unique once normalised.
import { isId } from '../contract/ids.js';
import { type AsOf, prepared } from '../database/statement.js';
import type { Transaction } from '../database/write.js';
import { type CardMaker, cardColumns, listCards, resourceCards, sortedBy } from '../resources/cards.js';
import { counted, instantOf, type ListedStore, type Located, locateBySlug, References, saveRows, stampsOf } from '../resources/store.js';
import type { SourceDocument, SourceQuery } from './schema.js';
import { urlKey } from './urls.js';

const CARDS = resourceCards('source', sortedBy('title'));

const KEYS = `array(
  select 'kind:' || s.kind union select 'publisher:' || s.publisher where s.publisher is not null
  union select 'language:' || s.language where s.language is not null
  union select 'url:' || s.url_key where s.url_key is not null order by 1)`;

export const sourceCards: CardMaker = {
  entity: 'source',
  select: `
    select ${cardColumns('s', { slug: 's.slug', title: 's.title', keys: KEYS })}, row_to_json(x)::text as card
    from sources s
    cross join lateral (
      select s.id, s.slug, s.url, s.title, s.publisher, s.kind, s.language, s.published_on, ${instantOf('s.retrieved_at')} as retrieved_at, s.archived_url, s.version,
        ${instantOf('s.created_at')} as created_at, ${instantOf('s.updated_at')} as updated_at
    ) x
    where s.id = any($1::uuid[]) and s.deleted_at is null`,
};

export interface SourceStore extends ListedStore<SourceDocument, SourceQuery> {
  /** The ids of sources by url (in whatever form), slug or id; those that do not exist or are deleted are left out. */
  find(tx: Transaction, references: string[]): Promise<Map<string, string>>;
}

export const sourceStore: SourceStore = {
  cards: CARDS,
  /** By url too. */
  async locate(tx, keys, as_of) {
    const urls = keys.filter((key) => /^https?:/i.test(key));
    if (urls.length === 0) return locateBySlug(tx, 'sources', keys, as_of);
    return locateByUrl(tx, keys, urls, as_of);
  },

  async save({ tx, isReplay = false }, rows) {
    const saved = rows.map((row) => {
      const { url, ...columns } = row.document;
      return { ...stampsOf(row), ...columns, url, url_key: url === null ? null : urlKey(url) };
    });
    await saveRows(tx, [{ table: 'sources', key: 'id', rows: await withKeys(tx, saved, isReplay) }]);
  },

  async uses(tx, id) {
    const { rows } = await tx.query<{ events: number; plans: number }>(
      `select (select count(distinct e.id)::int from event_citations l join events e on e.id = l.event_id and e.deleted_at is null where l.source_id = $1) as events,
        (select count(distinct p.id)::int from action_plan_citations l join action_plans p on p.id = l.action_plan_id and p.deleted_at is null where l.source_id = $1) as plans`,
      [id],
    );
    return [...counted(rows[0]!.events, 'event'), ...counted(rows[0]!.plans, 'action plan')];
  },

  list(tx, { kind, publisher, language, url, ...query }, as_of) {
    const groups = [
      kind?.map((value) => `kind:${value}`),
      publisher === undefined ? undefined : [`publisher:${publisher}`],
      language === undefined ? undefined : [`language:${language}`],
      url === undefined ? undefined : [`url:${urlKey(url)}`],
    ];
    return listCards(tx, CARDS, { groups }, query, as_of, { kind, publisher, language, url });
  },

  find: (tx, references) => findSources(tx, references, false),
};

async function locateByUrl(tx: Transaction, keys: string[], urls: string[], as_of?: AsOf): Promise<Map<string, Located<SourceDocument>>> {
  const ids = await findSources(tx, urls, true);
  const found = await locateBySlug<SourceDocument>(tx, 'sources', [...keys.filter((key) => !ids.has(key)), ...ids.values()], as_of);
  for (const [url, id] of ids) if (found.has(id)) found.set(url, found.get(id)!);
  return found;
}

const FIND = `
  select id, slug, url_key from sources
  where (deleted_at is null or $1::boolean) and (url_key = any($2::text[]) or slug = any($3::text[]) or id = any($4::uuid[]))`;

async function findSources(tx: Transaction, references: string[], deletedToo: boolean): Promise<Map<string, string>> {
  if (references.length === 0) return new Map();
  const keys = new Map(
    references.map((reference) => [reference, /^https?:\/\//i.test(reference) && URL.canParse(reference) ? urlKey(reference) : null]),
  );
  const { rows } = await tx.query<{ id: string; slug: string | null; url_key: string | null }>(
    prepared(FIND, [deletedToo, [...keys.values()].filter((key) => key !== null), references, references.filter(isId)]),
  );
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

interface Other {
  id: string;
  url: string;
  url_key: string;
  deleted_at: Date | null;
}

interface Keyed {
  id: string;
  url: string | null;
  url_key: string | null;
}

/**
 * Holds that no two sources have one key. A source whose url stays keeps the key that it has: when the rule of urlKey becomes
 * wider, two of the sources that are there may come to mean one article. Both stay, the first under its key, and the other,
 * when all is made again, under one by which no url finds it; by id and slug it is found as before.
 * @throws RejectedRows where a url is taken
 */
async function withKeys<Saved extends Keyed>(tx: Transaction, saved: Saved[], isReplay: boolean): Promise<Saved[]> {
  const references = new References(tx);
  const ids = saved.map(({ id }) => id);
  const { rows } = await tx.query<Other>(
    prepared(
      'select id, url, url_key, deleted_at from sources where url_key = any($1::text[]) or id = any($2::uuid[]) and url_key is not null',
      [saved.flatMap(({ url_key }) => url_key ?? []), ids],
    ),
  );
  const own = new Map(rows.map((other) => [other.id, other]));
  const taken = new Map(rows.filter(({ id }) => !ids.includes(id)).map((other) => [other.url_key, other]));
  const seen = new Set<string>();
  const keyed = saved.map((one, row) => {
    const { id, url, url_key } = one;
    if (url_key === null) return one;
    const before = own.get(id);
    if (before !== undefined && before.url === url) {
      seen.add(before.url_key);
      return { ...one, url_key: before.url_key };
    }
    const other = taken.get(url_key);
    if (isReplay && (other !== undefined || seen.has(url_key))) return { ...one, url_key: `${url_key}#${id}` };
    if (other !== undefined)
      references.reject(
        row,
        '/url',
        `The source ${other.id} has this url already${other.deleted_at === null ? '; change that one, or refer to it' : ' and was deleted; restore it'}.`,
      );
    else if (seen.has(url_key)) references.reject(row, '/url', 'This url is there twice in what was sent.');
    seen.add(url_key);
    return one;
  });
  references.check();
  return keyed;
}
