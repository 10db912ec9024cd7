// What every resource's store does alike: finding by id or slug, resolving references, and saving rows. The document of a
// resource, the form in which writes send it, is not put together from its tables: it is the state of a revision.

import { isId } from '../contract/ids.js';
import type { Listing } from '../contract/page.js';
import { type AsOf, prepared } from '../database/statement.js';
import type { Transaction, Why, Write } from '../database/write.js';
import { type Fault, RejectedRows } from '../errors.js';
import type { CardTable } from './cards.js';

/** A resource as it stands or stood, deleted or not. */
export interface Located<Document> {
  id: string;
  slug: string | null;
  version: number;
  created_at: Date;
  deleted_at: Date | null;
  /** From the revision: when, by which operation and why. */
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

/** New rows, saved but not recorded yet. */
export type Begun<Document> = { row: Row<Document>; why: Why | undefined }[];

/** What was made. */
export interface Made<Document> {
  id: string;
  key: string | null;
  address: string;
  document: Document;
}

export interface ResourceStore<Document> {
  /** Those of `keys` (ids or slugs) that exist, each under the key that found it; as of a change, those that existed then. */
  locate(tx: Transaction, keys: string[], as_of?: AsOf): Promise<Map<string, Located<Document>>>;
  /** Inserts or replaces rows with all their links. @throws RejectedRows where something named does not exist */
  save(write: Write, rows: Row<Document>[]): Promise<void>;
  /** What still refers to it, in words such as "12 events"; empty when nothing does. */
  uses(tx: Transaction, id: string): Promise<string[]>;
}

export interface ListedStore<Document, Query> extends ResourceStore<Document> {
  /** Where its finished answers lie. */
  cards: CardTable;
  /** A page of finished answers. */
  list(tx: Transaction, query: Query, as_of: AsOf): Promise<Listing<string>>;
}

export interface HeadRow extends Omit<Located<unknown>, 'document'> {
  state: unknown;
}

/** The tables whose rows have an id and a slug. */
export type SluggedTable = 'topics' | 'actors' | 'sources' | 'initiatives' | 'action_plans' | 'events';

/** The columns of a HeadRow, but for the id and the slug, from the revision `r`. */
export const HEAD = `
  r.version, r.recorded_at, r.operation, r.reason, r.is_public, r.state,
  case when r.operation in ('deleted', 'merged') then r.recorded_at end as deleted_at,
  (select f.recorded_at from revisions f where f.entity_id = r.entity_id and f.version = 1) as created_at`;

/** What the revision `r` must be to be in force, now or as of the change in the placeholder. */
export const inForce = (as_of: AsOf, placeholder: string): string =>
  as_of === null
    ? 'r.superseded_at is null'
    : `r.seq <= ${placeholder}::bigint and (r.superseded_seq is null or r.superseded_seq > ${placeholder}::bigint)`;

/** One statement: the rows of `table` by id or slug, with their documents. */
export async function locateBySlug<Document>(
  tx: Transaction,
  table: SluggedTable,
  keys: string[],
  as_of: AsOf = null,
): Promise<Map<string, Located<Document>>> {
  const ids = keys.filter(isId).map((key) => key.toLowerCase());
  const { rows } = await tx.query<HeadRow>(
    prepared(
      `select e.id, e.slug, ${HEAD}
       from (select id, slug from ${table} where slug = any($1::text[]) union select id, slug from ${table} where id = any($2::uuid[])) e
       join revisions r on r.entity_id = e.id and ${inForce(as_of, '$3')}`,
      as_of === null ? [keys, ids] : [keys, ids, as_of],
    ),
  );
  const found = new Map<string, Located<Document>>();
  for (const { state, ...row } of rows) {
    const located = { ...row, document: state as Document };
    found.set(row.id, located);
    if (row.slug !== null) found.set(row.slug, located);
  }
  for (const key of keys) if (isId(key) && found.has(key.toLowerCase())) found.set(key, found.get(key.toLowerCase())!);
  return found;
}

interface Named {
  row: number;
  slug: string;
  pointer: string;
}

/** References of many rows, resolved in one statement; collects what is not there as faults. */
export class References {
  private readonly faults: { row: number; fault: Fault }[] = [];

  constructor(private readonly tx: Transaction) {}

  /**
   * @param wanted by table: what its rows are called, and what refers to them: position of the row, slug, and where in its
   * document the slug stands
   * @returns by table the id of each slug; a slug that is unknown or deleted is recorded as a fault and maps to nothing
   */
  async resolve<Table extends SluggedTable>(
    wanted: Record<Table, { noun: string; named: Named[] }>,
  ): Promise<Record<Table, Map<string, string>>> {
    const tables = Object.keys(wanted) as Table[];
    const asked = tables.filter((table) => wanted[table].named.length > 0);
    const found = Object.fromEntries(tables.map((table) => [table, new Map<string, string>()])) as Record<Table, Map<string, string>>;
    if (asked.length > 0) {
      const { rows } = await this.tx.query<{ table: Table; id: string; slug: string }>(
        prepared(
          asked
            .map(
              (table, index) =>
                `select '${table}' as table, id, slug from ${table} where slug = any($${index + 1}::text[]) and deleted_at is null`,
            )
            .join(' union all '),
          asked.map((table) => [...new Set(wanted[table].named.map(({ slug }) => slug))]),
        ),
      );
      for (const { table, id, slug } of rows) found[table].set(slug, id);
    }
    for (const table of tables)
      for (const { row, slug, pointer } of wanted[table].named)
        if (!found[table].has(slug))
          this.reject(row, pointer, `There is no ${wanted[table].noun} ${slug}; name one that exists, or create it first.`);
    return found;
  }

  reject(row: number, pointer: string, detail: string): void {
    this.faults.push({ row, fault: { pointer, detail } });
  }

  /** @throws RejectedRows when anything was missing */
  check(): void {
    if (this.faults.length > 0) throw new RejectedRows(this.faults);
  }
}

/** A timestamp column as answers write it: RFC 3339 in UTC with milliseconds. */
export const instantOf = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The rows of a select as a JSON array, in their order, without the spaces that json_agg puts in. */
export const listOfRows = (select: string): string => `array_to_json(array(select row_to_json(x) from (${select}) x))`;

/** The place of `table` as JSON, or null. */
export const placeOf = (table: string): string => `(
  select row_to_json(x) from (select ${table}.place_name as name, ${table}.place_city as city, ${table}.place_country_code as country_code,
    country_name(${table}.place_country_code) as country_name) x
  where coalesce(x.name, x.city, x.country_code) is not null)`;

/** The columns that every row has. */
export const stampsOf = ({ id, version, created_at, updated_at, deleted_at }: Row<unknown>) => ({
  id,
  version,
  created_at,
  updated_at,
  deleted_at,
});

/** Rows of one table: each an object whose members are columns. */
export interface Saving {
  table: string;
  /** The columns that are the key: a row that is there is replaced. Left out for links, whose old ones are taken away. */
  key?: string;
  rows: object[];
}

/**
 * Saves rows of several tables in one statement, whatever their number; keys between them are checked when it ends.
 * Members come from our own schemas, never from a reader.
 */
export async function saveRows(tx: Transaction, savings: Saving[]): Promise<void> {
  const filled = savings.filter(({ rows }) => rows.length > 0);
  if (filled.length === 0) return;
  const parts = filled.map(({ table, key, rows }, index) => {
    const names = new Set<string>();
    for (const row of rows) for (const name of Object.keys(row)) names.add(name);
    const columns = [...names].map((name) => `"${name}"`);
    const replacing = columns.map((name) => `${name} = excluded.${name}`).join(', ');
    return `saved_${index} as (
      insert into ${table} (${columns.join(', ')})
      select ${columns.join(', ')} from jsonb_populate_recordset(null::${table}, $${index + 1}::jsonb)
      ${key === undefined ? '' : `on conflict (${key}) do update set ${replacing}`})`;
  });
  await tx.query(
    prepared(
      `with ${parts.join(', ')} select`,
      filled.map(({ rows }) => JSON.stringify(rows)),
    ),
  );
}

/** Takes away the links of rows that are there already, before they are saved anew. */
export async function removeLinks(tx: Transaction, tables: string[], owner: string, rows: Row<unknown>[]): Promise<void> {
  const old = rows.filter(({ is_new }) => !is_new).map(({ id }) => id);
  if (old.length === 0) return;
  const parts = tables.map((table, index) => `gone_${index} as (delete from ${table} where ${owner} = any($1::uuid[]))`);
  await tx.query(prepared(`with ${parts.join(', ')} select`, [old]));
}

/** "3 events", or nothing for none. */
export const counted = (count: number, noun: string): string[] => (count === 0 ? [] : [`${count} ${noun}${count === 1 ? '' : 's'}`]);
