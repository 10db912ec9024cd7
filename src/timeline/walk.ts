// A page by walking: along the list of a key, or along the timeline, in the order in which things happened, until the page
// is full. What else is asked for is tested on the way. Of several lists the shortest is walked, by the kept counts. How many there are in
// all is counted along the same lists (./count.ts).
//
// Guarantee: the events of the window, each once, in order, from the cursor on; as conditionsOf would find them.
// Index: event_postings_pkey alone, for list and tests; event_cards_timeline_idx without keys; event_cards_spans_idx for
// what began before the window and reaches into it, which stands nowhere near its beginning in the order.
import type { Cursor } from '../contract/cursor.js';
import { type AsOf, knownSql, type Values } from '../database/statement.js';
import { beginningsOf, conditionsOf, excludedKeysOf, groupsOf, traitsOf } from './filters.js';
import type { TimelineFilters } from './schema.js';

interface Walk {
  filters: TimelineFilters;
  as_of: AsOf;
  isBackwards: boolean;
  cursor: Cursor | null;
  rows: number;
}

/** A search and a day of validity look at cards; so does what few events have and no list is kept of. */
export const isWalkable = (filters: TimelineFilters): boolean =>
  filters.q === undefined &&
  filters.valid_at === undefined &&
  (groupsOf(filters).length > 0 ||
    (filters.from !== undefined && filters.certainty === undefined && filters.min_significance === undefined));

/** Whether one plan is right for all values, so that the statement may be kept prepared; there are few such statements. */
export const isOneWalk = (filters: TimelineFilters): boolean =>
  isWalkable(filters) &&
  openGroupsOf(filters).length === 1 &&
  [filters.exclude_type, filters.exclude_topic, filters.certainty, filters.min_significance].every((value) => value === undefined);

/** The groups that postings are looked up for. The type stands in every posting: it is walked only where there is nothing else. */
export const openGroupsOf = (filters: TimelineFilters): string[][] => {
  const groups = groupsOf(filters);
  return groups.length > 1 && filters.type !== undefined ? groups.slice(0, -1) : groups;
};

export const placeOf = (row: string): string => `${row}.start_date, ${row}.precision_rank, ${row}.event_id`;

/** @returns a select of the cards of a page */
export function walkSql({ filters, as_of, isBackwards, cursor, rows }: Walk, values: Values): string {
  const { from, bounds } = beginningsOf(filters, values);
  const key = cursor && ['date', 'smallint', 'uuid'].map((type, index) => values.add(cursor.key[index], type)).join(', ');
  const after = (row: string): string[] => (key === null ? [] : [`(${placeOf(row)}) ${isBackwards ? '<' : '>'} (${key})`]);
  const groups = openGroupsOf(filters);
  // Keys and their limit as subqueries, so that the plan is the same for all: the average list is short, and one that is
  // asked for may be long.
  const limit = groups.length === 0 ? values.add(rows, 'int') : `(select ${values.add(rows, 'int')})`;
  const inOrder = (row: string): string => `order by ${placeOf(row).replaceAll(/,|$/g, isBackwards ? ' desc$&' : ' asc$&')} limit ${limit}`;
  const onWay = (row: string): string[] => [...bounds(row), ...after(row)];

  const dateless = { ...filters, from: undefined, to: undefined };
  const within =
    groups.length === 0
      ? `select ${placeOf('c')} from event_cards c where ${[...conditionsOf(dateless, as_of, values), ...onWay('c')].join(' and ')} ${inOrder('c')}`
      : walkedList(
          groups,
          (list) => [list, knownSql('p', as_of, values), ...onWay('p'), ...testsOf(filters, groups, as_of, values)],
          inOrder,
          values,
        );
  const spanning =
    from === null
      ? null
      : `select ${placeOf('c')} from ${spanningSql(from)} c where ${[...conditionsOf(dateless, as_of, values), ...after('c')].join(' and ')} ${inOrder('c')}`;
  // An event has a card from its beginning on, so the one of then is the last that was made until then.
  const until = as_of === null ? '' : `and k.known_from <= ${values.add(as_of, 'bigint')}`;
  return `select c.event_id, c.state, c.start_date, c.precision_rank, c.card
    from (${spanning === null ? within : `(${within}) union all (${spanning})`}) p
    cross join lateral (
      select k.event_id, k.state, k.start_date, k.precision_rank, k.card from event_cards k
      where k.event_id = p.event_id ${until} order by k.known_from desc limit 1
    ) c
    ${inOrder('c')}`;
}

/** The cards of those that began before the day `from` and reach into it: few, so they are found first (offset 0 keeps it so) and then looked at. */
export const spanningSql = (from: string): string => `(
  select * from event_cards s where s.state = 'published' and s.end_date > s.start_date
    and daterange(s.start_date, s.end_date, '[]') @> daterange(${from} - 1, ${from}, '[]') offset 0)`;

type Tests = (list: string) => string[];
type InOrder = (row: string) => string;

/** The places of a page on the list of one key, on the lists of several, or on those of whichever group is the rarest. */
function walkedList(groups: string[][], tests: Tests, inOrder: InOrder, values: Values): string {
  const list = (key: string): string =>
    `select ${placeOf('p')} from event_postings p where ${tests(`p.key = ${key}`).join(' and ')} ${inOrder('p')}`;
  const [first] = groups as [string[]];
  if (groups.length === 1 && first.length === 1) return list(`(select ${values.add(first[0], 'text')})`);
  const lists = groups.map((keys, group) => `(${group}, ${values.add(keys, 'text[]')})`);
  // An event may stand on several lists of a group.
  return `select distinct ${placeOf('p')}
    from (
      select g.number, g.keys from (values ${lists.join(', ')}) g(number, keys)
      order by (select coalesce(sum(n.count), 0) from event_counts n where n.key = any(g.keys)), g.number limit 1
    ) walked
    cross join lateral unnest(walked.keys) k(key) cross join lateral (${list('k.key')}) p
    ${inOrder('p')}`;
}

/** What the posting `p` must be besides; a scalar subquery each, which nothing but a look at one place of the index answers. */
function testsOf(filters: TimelineFilters, groups: string[][], as_of: AsOf, values: Values): string[] {
  const bears = (keys: string[]): string =>
    `(select true from event_postings o where o.key = any(${values.add(keys, 'text[]')}) and (${placeOf('o')}) = (${placeOf('p')}) and ${knownSql('o', as_of, values)} limit 1)`;
  const excluded = excludedKeysOf(filters);
  return [
    ...(filters.type !== undefined && groups.length < groupsOf(filters).length
      ? [`p.type = any(${values.add(filters.type, 'text[]')})`]
      : []),
    ...traitsOf('p', filters, values),
    ...(groups.length === 1 ? [] : groups.map((keys, group) => `(walked.number = ${group} or ${bears(keys)})`)),
    ...(excluded.length === 0 ? [] : [`${bears(excluded)} is null`]),
  ];
}
