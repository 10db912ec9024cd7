// Cards: finished answers, made when something is written and read as they are ever after, now or as of any change since.
//
// Guarantee: a card is in force as of the change s where known_from <= s and s < known_to. One that would show the same is
// left alone; one that shows something else takes its place.
import { cutPage, decodeCursor } from '../contract/cursor.js';
import { isId } from '../contract/ids.js';
import { DEFAULT_LIMIT, type Listing } from '../contract/page.js';
import type { Entity } from '../contract/write.js';
import { type AsOf, FOREVER, knownSql, prepared, Values } from '../database/statement.js';
import type { Transaction, Write } from '../database/write.js';

/** The finished JSON of a resource. */
export interface Body {
  id: string;
  version: number;
  body: string;
}

/** A column that a list may be sorted by: its SQL type, by which the cursor's text is read back. */
export type SortColumns = Record<string, { column: string; type: 'text' | 'timestamptz' | 'int' }>;

export interface ListQuery {
  limit?: number | undefined;
  cursor?: string | undefined;
  sort?: string | undefined;
  total?: boolean | undefined;
  /** In the reader's words, as of when it is asked. */
  moment?: string | undefined;
}

/** Where the cards of a kind lie, and how lists look at them. */
export interface CardTable {
  /** Which rows of which table, called c. */
  from: string;
  /** What else they must be. */
  where: string;
  id: string;
  sort: SortColumns;
  /**
   * What a single answer has besides its card and a list has not: SQL of a JSON object of members, of the card `c`. It
   * follows from events, so that a card that showed it would be made again with each of them.
   */
  beside?: (as_of: AsOf, values: Values, valid_to: string | null) => string;
  /** What becomes of the whole, as it stood on a day where that is asked for. @param valid_to YYYY-MM-DD */
  onDay?: (whole: never, valid_to: string | null) => object;
}

/** What cards of a resource are made of: a select of the columns of resource_cards but entity, known_from and known_to, for $1 (ids). */
export interface CardMaker {
  entity: Entity;
  select: string;
}

/** The columns of a card from the row `row`, in the order in which they are inserted. @param keys SQL of what it can be asked for by */
export const cardColumns = (
  row: string,
  { slug, title, number = 'null', keys }: Record<'slug' | 'title', string> & { number?: string; keys: string },
) =>
  `${row}.id, ${slug} as slug, ${row}.version, ${title} as title, (${number})::smallint as number, ${row}.created_at, ${row}.updated_at, ${keys} as keys`;

const makeSql = ({ entity, select }: CardMaker): string => `
  with fresh as materialized (${select}),
  stale as materialized (select * from resource_cards where id = any($1::uuid[]) and known_to = ${FOREVER}),
  same as (select f.id from fresh f join stale s on s.id = f.id and s.card = f.card and s.keys = f.keys and s.updated_at = f.updated_at),
  -- Made and unmade by one write.
  dropped as (delete from resource_cards c using stale s where c.id = s.id and c.known_from = s.known_from and s.known_from = $2::bigint
    and s.id not in (select id from fresh)),
  closed as (update resource_cards c set known_to = $2::bigint from stale s where c.id = s.id and c.known_from = s.known_from
    and s.known_from < $2::bigint and s.id not in (select id from same))
  insert into resource_cards (entity, known_from, id, slug, version, title, number, created_at, updated_at, keys, card)
  select '${entity}', $2::bigint, f.* from fresh f where f.id not in (select id from same)
  on conflict (id, known_from) do update set slug = excluded.slug, version = excluded.version, title = excluded.title, number = excluded.number,
    created_at = excluded.created_at, updated_at = excluded.updated_at, keys = excluded.keys, card = excluded.card`;

/** Makes the cards of `ids` as the tables have them now. */
export async function makeCards({ tx, since }: Pick<Write, 'tx' | 'since'>, maker: CardMaker, ids: string[]): Promise<void> {
  if (ids.length > 0) await tx.query(prepared(makeSql(maker), [ids, since]));
}

export const resourceCards = (entity: Entity, sort: SortColumns): CardTable => ({
  from: 'resource_cards c',
  where: `c.entity = '${entity}'`,
  id: 'c.id',
  sort,
});

const TIMES: SortColumns = {
  created_at: { column: 'c.created_at', type: 'timestamptz' },
  updated_at: { column: 'c.updated_at', type: 'timestamptz' },
};

/** What most lists are sorted by: what people call it, under the name that the wire has for that, and when it was recorded. */
export const sortedBy = (title: 'name' | 'title', first: 'title' | 'created_at' = 'title'): SortColumns => {
  const called = { [title]: { column: 'c.title', type: 'text' as const } };
  return first === 'title' ? { ...called, ...TIMES } : { ...TIMES, ...called };
};

/**
 * The finished answer of one, with what it has besides its card.
 * @param valid_to the day up to which that is told; null for all
 */
export async function readCard(
  tx: Transaction,
  { from, id, beside, onDay }: CardTable,
  wanted: string,
  as_of: AsOf,
  valid_to: string | null = null,
): Promise<Body | undefined> {
  const values = new Values();
  const itself = values.add(wanted, 'uuid');
  const besides = beside === undefined ? '' : `, ${beside(as_of, values, valid_to)} as beside`;
  const { rows } = await tx.query<Body & { beside?: object }>(
    prepared(
      `select ${id} as id, c.version, c.card as body${besides} from ${from} where ${id} = ${itself} and ${knownSql('c', as_of, values)}`,
      values.all,
    ),
  );
  const [found] = rows;
  if (found?.beside == null) return found;
  const { beside: members, ...card } = found;
  const body = withMembers(card.body, members);
  return { ...card, body: onDay === undefined ? body : JSON.stringify(onDay(JSON.parse(body) as never, valid_to)) };
}

/** Finished JSON of an object, with further members at its end. */
const withMembers = (body: string, members: object): string => `${body.slice(0, -1)},${JSON.stringify(members).slice(1)}`;

/** What a list is asked for: the keys that each must bear, one of each group, and further conditions. */
export interface Listed {
  groups: (string[] | undefined)[];
  /** SQL conditions on c. */
  also?: (values: Values) => string[];
}

/**
 * A page of finished answers, by keyset on (sort column, id): limit + 1 rows, no offset, one statement.
 * @param bound what the cursor is bound to besides the order
 */
export async function listCards(
  tx: Transaction,
  { from, where, id, sort: columns }: CardTable,
  { groups, also }: Listed,
  query: ListQuery,
  as_of: AsOf,
  bound: unknown,
): Promise<Listing<string>> {
  const limit = query.limit ?? DEFAULT_LIMIT;
  const sort = query.sort ?? Object.keys(columns)[0]!;
  const { column, type } = columns[sort.replace(/^-/, '')]!;
  const binding = [from, where, sort, bound, query.moment];
  const cursor =
    query.cursor === undefined
      ? null
      : decodeCursor(query.cursor, binding, [(part) => typeof part === 'string', (part) => isId(String(part))]);
  const isDescending = sort.startsWith('-') !== (cursor?.towards === 'previous');
  const values = new Values();
  const conditions = [
    where,
    knownSql('c', as_of, values),
    ...groups.flatMap((group) => (group === undefined ? [] : [`c.keys && ${values.add(group, 'text[]')}`])),
    ...(also?.(values) ?? []),
  ].filter((condition) => condition !== '');
  const total = query.total ? `(select count(*)::int from ${from} where ${conditions.join(' and ')})` : 'null::int';
  const after =
    cursor === null
      ? []
      : [`(${column}, ${id}) ${isDescending ? '<' : '>'} (${values.add(cursor.key[0], type)}, ${values.add(cursor.key[1], 'uuid')})`];
  const direction = isDescending ? 'desc' : 'asc';
  const order = `order by ${column} ${direction}, ${id} ${direction}`;
  const { rows } = await tx.query<ListedRow>({
    text: `
      select n.total, p.* from (select ${total} as total) n left join lateral (
        select ${id} as id, ${column}::text as key, c.card, row_number() over (${order}) as place
        from ${from} where ${[...conditions, ...after].join(' and ')} ${order} limit ${values.add(limit + 1, 'int')}
      ) p on true
      order by p.place`,
    values: values.all,
  });
  const listed = rows.filter((row) => row.id !== null);
  const page = cutPage(listed, limit, cursor, (row) => [row.key, row.id], binding);
  return {
    data: page.rows.map(({ card }) => card),
    next: page.next,
    previous: page.previous,
    limit,
    ...(query.total && { total: rows[0]!.total }),
  };
}

interface ListedRow {
  total: number;
  /** Null where the page is empty. */
  id: string;
  key: string;
  card: string;
}
