// The filters of the timeline as SQL over event_cards: a closed list, each mapped here by hand to a column or a key.
import { parseDate } from '../contract/date.js';
import { type AsOf, knownSql, type Values } from '../database/statement.js';
import { invalidParameters } from '../errors.js';
import type { TimelineFilters } from './schema.js';
import { parseSearch, searchSql } from './search.js';

/** The days that from and to leave; null where open. */
export interface Window {
  from: string | null;
  to: string | null;
}

/** @throws Problem 400 where it ends before it begins */
export function windowOf({ from, to }: Pick<TimelineFilters, 'from' | 'to'>): Window {
  const window = {
    from: from === undefined ? null : parseDate(from)!.start_date,
    to: to === undefined ? null : parseDate(to)!.end_date,
  };
  if (window.from !== null && window.to !== null && window.from > window.to) {
    throw invalidParameters([{ parameter: 'from', detail: `from (${from}) lies after to (${to}); swap them.` }]);
  }
  return window;
}

/** The days of a window as values of the statement, null where open, and what a row holds that begins within it. */
export function beginningsOf(filters: TimelineFilters, values: Values): { from: string | null; bounds(row: string): string[] } {
  const window = windowOf(filters);
  const from = window.from === null ? null : values.add(window.from, 'date');
  const to = window.to === null ? null : values.add(window.to, 'date');
  return {
    from,
    bounds: (row) => [...(from === null ? [] : [`${row}.start_date >= ${from}`]), ...(to === null ? [] : [`${row}.start_date <= ${to}`])],
  };
}

/** The keys that an event must bear, one of each group; see KEYS in src/events/sql.ts. Those of types are the last group. */
export function groupsOf({ actor, country, topic, initiative, plan, item, type }: TimelineFilters): string[][] {
  const keyed = (kind: string, values: string[] | undefined) => values?.map((value) => `${kind}:${value}`);
  const items = item && plan?.flatMap((slug) => item.map((number) => `${slug}/${number}`));
  return [
    keyed('actor', actor),
    keyed('country', country),
    keyed('topic', topic),
    keyed('initiative', initiative),
    items === undefined ? keyed('plan', plan) : keyed('item', items),
    keyed('type', type),
  ].filter((group) => group !== undefined);
}

export const excludedKeysOf = ({ exclude_topic = [] }: TimelineFilters): string[] => exclude_topic.map((slug) => `topic:${slug}`);

export const isUnfiltered = (filters: TimelineFilters): boolean => Object.values(filters).every((value) => value === undefined);

/** The key that all is asked for by; null where there are several, or something else. */
export function onlyKeyOf(filters: TimelineFilters): string | null {
  const { actor, country, topic, initiative, plan, item, type, ...others } = filters;
  const [group, ...rest] = groupsOf(filters);
  return group?.length === 1 && rest.length === 0 && isUnfiltered(others) ? group[0]! : null;
}

/** What the events `c` must all be. @param states SQL that says which of them readers may see */
export function conditionsOf(filters: TimelineFilters, as_of: AsOf, values: Values, states = "c.state = 'published'"): string[] {
  const conditions = [states, knownSql('c', as_of, values)];
  const window = windowOf(filters);
  // Two spans overlap when each begins before the other ends.
  if (window.from !== null) conditions.push(`c.end_date >= ${values.add(window.from, 'date')}`);
  if (window.to !== null) conditions.push(`c.start_date <= ${values.add(window.to, 'date')}`);
  if (filters.valid_at !== undefined) conditions.push(...validAt(filters.valid_at, as_of, values));
  const groups = groupsOf(filters);
  const single = groups.filter((group) => group.length === 1).flat();
  if (single.length > 0) conditions.push(`c.keys @> ${values.add(single, 'text[]')}`);
  for (const group of groups) if (group.length > 1) conditions.push(`c.keys && ${values.add(group, 'text[]')}`);
  const excluded = excludedKeysOf(filters);
  if (excluded.length > 0) conditions.push(`not c.keys && ${values.add(excluded, 'text[]')}`);
  conditions.push(...traitsOf('c', filters, values));
  if (filters.q !== undefined) conditions.push(`c.search @@ ${searchSql(parseSearch(filters.q)!, values)}`);
  return conditions;
}

/** What is tested on the way, on the card or on the posting `row` alike. */
export function traitsOf(row: string, filters: TimelineFilters, values: Values): string[] {
  const conditions: string[] = [];
  if (filters.exclude_type !== undefined) conditions.push(`${row}.type <> all(${values.add(filters.exclude_type, 'text[]')})`);
  // One value by equality, so that an index may serve.
  if (filters.certainty?.length === 1) conditions.push(`${row}.certainty = ${values.add(filters.certainty[0], 'text')}`);
  else if (filters.certainty !== undefined) conditions.push(`${row}.certainty = any(${values.add(filters.certainty, 'text[]')})`);
  if (filters.min_significance !== undefined) conditions.push(`${row}.significance >= ${values.add(filters.min_significance, 'int')}`);
  return conditions;
}

/** In force at some time in a span: begun before its end, not expired before its start, nor ended by another event. */
function validAt(date: string, as_of: AsOf, values: Values): string[] {
  const span = parseDate(date)!;
  const first = values.add(span.start_date ?? '-infinity', 'date');
  const last = values.add(span.end_date ?? 'infinity', 'date');
  return [
    `c.valid_from <= ${last}`,
    `(c.valid_to is null or c.valid_to >= ${first})`,
    `not exists (
      select from event_postings o where o.key = 'ends:' || c.event_id and o.start_date <= ${first} and ${knownSql('o', as_of, values)})`,
  ];
}
