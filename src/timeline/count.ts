// How many match in all, counted along the lists of the keys that are asked for, or along the timeline: no card is looked at,
// however many match.
//
// Guarantee: as many as conditionsOf would find.
// Index: event_postings_pkey alone; where there are several lists they have one order, so they may be merged, or the shorter one
// is looked up in the longer; statistics choose. As for pages, event_cards_timeline_idx without keys, and
// event_cards_spans_idx for what began before the window.
import { type AsOf, knownSql, type Values } from '../database/statement.js';
import { beginningsOf, conditionsOf, excludedKeysOf, groupsOf, traitsOf } from './filters.js';
import type { TimelineFilters } from './schema.js';
import { openGroupsOf, placeOf, spanningSql } from './walk.js';

/** @param filters which can be walked. @returns a select of one number */
export function countSql(filters: TimelineFilters, as_of: AsOf, values: Values): string {
  const { from, bounds } = beginningsOf(filters, values);
  const dateless = { ...filters, from: undefined, to: undefined };
  const within =
    openGroupsOf(filters).length === 0
      ? `select count(*) from event_cards c where ${[...conditionsOf(dateless, as_of, values), ...bounds('c')].join(' and ')}`
      : `select count(*) from (${listedSql('p.event_id', filters, as_of, bounds('p'), values)}) p`;
  if (from === null) return `select (${within})::int`;
  const spanning = `select count(*) from ${spanningSql(from)} c where ${conditionsOf(dateless, as_of, values).join(' and ')}`;
  return `select ((${within}) + (${spanning}))::int`;
}

/**
 * @param columns of the posting `p`, event_id among them
 * @param bounds of it
 * @returns a select of those that stand on the lists of all keys that are asked for, each once; there has to be one
 */
export function listedSql(columns: string, filters: TimelineFilters, as_of: AsOf, bounds: string[], values: Values): string {
  const open = openGroupsOf(filters);
  // Of one key no event stands on its list twice, so such lists are joined as they are.
  const single = open.filter((keys) => keys.length === 1);
  const several = open.filter((keys) => keys.length > 1);
  const [first, ...rest] = [...single, ...several] as [string[], ...string[][]];
  const meets = (row: string, keys: string[]): string =>
    `${row}.key = ${keys.length === 1 ? values.add(keys[0], 'text') : `any(${values.add(keys, 'text[]')})`} and ${knownSql(row, as_of, values)}`;
  const isSame = (row: string, keys: string[]): string => `(${placeOf(row)}) = (${placeOf('p')}) and ${meets(row, keys)}`;
  const joined = rest
    .filter(({ length }) => length === 1)
    .map((keys, index) => `join event_postings o${index} on ${isSame(`o${index}`, keys)}`);
  const excluded = excludedKeysOf(filters);
  const conditions = [
    meets('p', first),
    ...bounds,
    ...(filters.type !== undefined && open.length < groupsOf(filters).length
      ? [`p.type = any(${values.add(filters.type, 'text[]')})`]
      : []),
    ...traitsOf('p', filters, values),
    ...rest.filter(({ length }) => length > 1).map((keys) => `exists (select from event_postings o where ${isSame('o', keys)})`),
    ...(excluded.length === 0 ? [] : [`not exists (select from event_postings o where ${isSame('o', excluded)})`]),
  ];
  return `select ${first.length === 1 ? '' : 'distinct '}${columns} from event_postings p ${joined.join(' ')} where ${conditions.join(' and ')}`;
}
