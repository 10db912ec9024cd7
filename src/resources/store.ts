// What every resource's store does alike: finding by id or slug, and the keyset listing. The document of a resource,
// the form in which writes send it, is not put together from its tables: it is the state of its latest revision.

import { cutPage, decodeCursor } from '../contract/cursor.js';
import { isId } from '../contract/ids.js';
import { DEFAULT_LIMIT, type Listing } from '../contract/page.js';
import { Prisma } from '../database/client/client.js';
import type { Transaction, Write } from '../database/write.js';
import { type Fault, RejectedRows } from '../errors.js';

/** A resource as it stands, deleted or not. */
export interface Located<Document> {
  id: string;
  slug: string | null;
  version: number;
  created_at: Date;
  deleted_at: Date | null;
  /** From the latest revision: when, by which operation and why. */
  recorded_at: Date;
  operation: string;
  reason: string | null;
  /** Whether readers without a key may see this version. */
  is_public: boolean;
  document: Document;
}

/** A resource as it is to be stored. */
export interface Row<Document> {
  id: string;
  version: number;
  created_at: Date;
  updated_at: Date;
  deleted_at: Date | null;
  /** Whether the row is not there yet. */
  is_new: boolean;
  document: Document;
}

/** The finished JSON of a resource. */
export interface Body {
  id: string;
  version: number;
  body: string;
}

export interface ResourceStore<Document> {
  /** Those of `keys` (ids or slugs) that exist, each under the key that found it. */
  locate(tx: Transaction, keys: string[]): Promise<Map<string, Located<Document>>>;
  /** Inserts or replaces rows with all their links. @throws RejectedRows where something named does not exist */
  save(write: Write, rows: Row<Document>[]): Promise<void>;
  /** What still refers to it, in words such as "12 events"; empty when nothing does. */
  uses(tx: Transaction, id: string): Promise<string[]>;
  /** Finished answers in the order of `ids`. */
  answers(tx: Transaction, ids: string[]): Promise<Body[]>;
}

export interface ListedStore<Document, Query> extends ResourceStore<Document> {
  /** A page of ids. */
  list(tx: Transaction, query: Query): Promise<Listing<string>>;
}

interface HeadRow {
  key: string;
  id: string;
  slug: string | null;
  version: number;
  created_at: Date;
  deleted_at: Date | null;
  recorded_at: Date;
  operation: string;
  reason: string | null;
  is_public: boolean;
  state: unknown;
}

/** The tables whose rows have an id and a slug. */
export type SluggedTable = 'topics' | 'actors' | 'sources' | 'initiatives' | 'action_plans' | 'events';

/** One statement: the rows of `table` by id or slug, with their documents. */
export async function locateBySlug<Document>(
  tx: Transaction,
  table: SluggedTable,
  keys: string[],
): Promise<Map<string, Located<Document>>> {
  const ids = keys.filter(isId).map((key) => key.toLowerCase());
  const rows = await tx.$queryRaw<HeadRow[]>`
    select e.id, e.slug, e.version, e.created_at, e.deleted_at, r.recorded_at, r.operation, r.reason, r.is_public, r.state
    from ${Prisma.raw(table)} e
    join revisions r on r.entity_id = e.id and r.superseded_at is null
    where e.slug = any(${keys}::text[]) or e.id = any(${ids}::uuid[])`;
  const found = new Map<string, Located<Document>>();
  for (const { state, ...row } of rows) {
    const located = { ...row, document: state as Document };
    found.set(row.id, located);
    if (row.slug !== null) found.set(row.slug, located);
  }
  for (const key of keys) if (isId(key) && found.has(key.toLowerCase())) found.set(key, found.get(key.toLowerCase())!);
  return found;
}

/** References of many rows to one table, resolved in one statement; collects what is not there as faults. */
export class References {
  private readonly faults: { row: number; fault: Fault }[] = [];

  constructor(private readonly tx: Transaction) {}

  /**
   * @param named what each row refers to: position of the row, slug, and where in its document the slug stands
   * @returns the id of each slug; a slug that is unknown or deleted is recorded as a fault and maps to nothing
   */
  async resolve(table: SluggedTable, noun: string, named: { row: number; slug: string; pointer: string }[]): Promise<Map<string, string>> {
    if (named.length === 0) return new Map();
    const slugs = [...new Set(named.map(({ slug }) => slug))];
    const rows = await this.tx.$queryRaw<{ id: string; slug: string }[]>`
      select id, slug from ${Prisma.raw(table)} where slug = any(${slugs}::text[]) and deleted_at is null`;
    const ids = new Map(rows.map((row) => [row.slug, row.id]));
    for (const { row, slug, pointer } of named) {
      if (!ids.has(slug)) this.reject(row, pointer, `There is no ${noun} ${slug}; name one that exists, or create it first.`);
    }
    return ids;
  }

  reject(row: number, pointer: string, detail: string): void {
    this.faults.push({ row, fault: { pointer, detail } });
  }

  /** @throws RejectedRows when anything was missing */
  check(): void {
    if (this.faults.length > 0) throw new RejectedRows(this.faults);
  }
}

/** A column that a list may be sorted by: its SQL type, by which the cursor's text is read back. */
export type SortColumns = Record<string, 'text' | 'timestamptz' | 'int'>;

export interface ListQuery {
  limit?: number | undefined;
  cursor?: string | undefined;
  sort?: string | undefined;
  total?: boolean | undefined;
}

/**
 * A page of ids, by keyset on (sort column, id): limit + 1 rows, no offset. `conditions` come from the store's closed
 * list of filters; `filters` is what the cursor is bound to.
 */
export async function listIds(
  tx: Transaction,
  table: SluggedTable | 'action_items',
  columns: SortColumns,
  conditions: Prisma.Sql[],
  query: ListQuery,
  filters: unknown,
): Promise<Listing<string>> {
  const limit = query.limit ?? DEFAULT_LIMIT;
  const sort = query.sort ?? Object.keys(columns)[0]!;
  const column = sort.replace(/^-/, '');
  const bound = [table, sort, filters];
  const cursor =
    query.cursor === undefined
      ? null
      : decodeCursor(query.cursor, bound, [(part) => typeof part === 'string', (part) => isId(String(part))]);
  const backwards = cursor?.towards === 'previous';
  const descending = sort.startsWith('-') !== backwards;
  const name = Prisma.raw(`e.${column}`);
  const where = [
    Prisma.sql`e.deleted_at is null`,
    ...conditions,
    ...(cursor === null
      ? []
      : [
          Prisma.sql`(${name}, e.id) ${Prisma.raw(descending ? '<' : '>')} (${String(cursor.key[0])}::${Prisma.raw(columns[column]!)}, ${String(cursor.key[1])}::uuid)`,
        ]),
  ];
  const direction = Prisma.raw(descending ? 'desc' : 'asc');
  const rows = await tx.$queryRaw<{ id: string; key: string }[]>`
    select e.id, e.${Prisma.raw(column)}::text as key from ${Prisma.raw(table)} e
    where ${Prisma.join(where, ' and ')}
    order by ${name} ${direction}, e.id ${direction} limit ${limit + 1}`;
  const page = cutPage(rows, limit, cursor, (row) => [row.key, row.id], bound);
  return {
    data: page.rows.map((row) => row.id),
    next: page.next,
    previous: page.previous,
    limit,
    ...(query.total && { total: await countRows(tx, table, conditions) }),
  };
}

async function countRows(tx: Transaction, table: string, conditions: Prisma.Sql[]): Promise<number> {
  const rows = await tx.$queryRaw<{ total: number }[]>`
    select count(*)::int as total from ${Prisma.raw(table)} e
    where ${Prisma.join([Prisma.sql`e.deleted_at is null`, ...conditions], ' and ')}`;
  return rows[0]!.total;
}

/** A timestamp column as answers write it: RFC 3339 in UTC with milliseconds. */
export const instantOf = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The rows of a select as a JSON array, in their order, without the spaces that json_agg puts in. */
export const listOfRows = (select: string): string => `array_to_json(array(select row_to_json(x) from (${select}) x))`;

/** The place of `table` as JSON, or null. */
export const placeOf = (table: string): string => `(
  select row_to_json(x) from (select ${table}.place_name as name, ${table}.place_city as city, ${table}.place_country_code as country_code) x
  where coalesce(x.name, x.city, x.country_code) is not null)`;

/** Runs a statement that makes finished answers (columns id, version, body) and puts them in the order of `ids`. */
export async function readBodies(tx: Transaction, statement: string, ids: string[]): Promise<Body[]> {
  const rows = await tx.$queryRawUnsafe<Body[]>(statement, ids);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** The columns that every row has. */
export const stampsOf = ({ id, version, created_at, updated_at, deleted_at }: Row<unknown>) => ({
  id,
  version,
  created_at,
  updated_at,
  deleted_at,
});

/** Inserts the new rows in one statement and updates the others, one each. */
export async function saveRows<Data extends { id: string }>(
  rows: Row<unknown>[],
  data: Data[],
  insert: (data: Data[]) => Promise<unknown>,
  update: (id: string, data: Omit<Data, 'id'>) => Promise<unknown>,
): Promise<void> {
  const fresh = data.filter((_, index) => rows[index]!.is_new);
  if (fresh.length > 0) await insert(fresh);
  for (const [index, { id, ...columns }] of data.entries()) if (!rows[index]!.is_new) await update(id, columns);
}

/** "3 events", or nothing for none. */
export const counted = (count: number, noun: string): string[] => (count === 0 ? [] : [`${count} ${noun}${count === 1 ? '' : 's'}`]);
