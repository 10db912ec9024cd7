// The filters of the timeline as SQL over event_cards: a closed list, each mapped here by hand to a column.
import { parseDate } from '../contract/date.js';
import { invalidParameters } from '../errors.js';
import type { TimelineFilters } from './schema.js';
import { parseSearch, searchSql } from './search.js';
import type { Values } from './values.js';

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

/** What the events `c` must all be. @param states SQL that says which of them readers may see */
export function conditionsOf(filters: TimelineFilters, values: Values, states = "c.state = 'published'"): string[] {
  const conditions = [states];
  const overlaps = (column: string, list: string[] | undefined) => {
    if (list !== undefined) conditions.push(`c.${column} && ${values.add(list, 'text[]')}`);
  };
  const isAny = (column: string, list: string[] | undefined) => {
    // One value by equality, so that an index may give the order too.
    if (list?.length === 1) conditions.push(`c.${column} = ${values.add(list[0], 'text')}`);
    else if (list !== undefined) conditions.push(`c.${column} = any(${values.add(list, 'text[]')})`);
  };
  const window = windowOf(filters);
  // Two spans overlap when each begins before the other ends.
  if (window.from !== null) conditions.push(`c.end_date >= ${values.add(window.from, 'date')}`);
  if (window.to !== null) conditions.push(`c.start_date <= ${values.add(window.to, 'date')}`);
  if (filters.valid_at !== undefined) conditions.push(...validAt(filters.valid_at, values));
  isAny('type', filters.type);
  if (filters.exclude_type !== undefined) conditions.push(`c.type <> all(${values.add(filters.exclude_type, 'text[]')})`);
  overlaps('actors', filters.actor);
  overlaps('countries', filters.country);
  overlaps('topics', filters.topic);
  if (filters.exclude_topic !== undefined) conditions.push(`not c.topics && ${values.add(filters.exclude_topic, 'text[]')}`);
  overlaps('initiatives', filters.initiative);
  if (filters.item === undefined) overlaps('action_plans', filters.plan);
  else
    overlaps(
      'action_items',
      filters.plan!.flatMap((plan) => filters.item!.map((item) => `${plan}/${item}`)),
    );
  isAny('certainty', filters.certainty);
  if (filters.min_significance !== undefined) conditions.push(`c.significance >= ${values.add(filters.min_significance, 'int')}`);
  if (filters.q !== undefined) conditions.push(`c.search @@ ${searchSql(parseSearch(filters.q)!, values)}`);
  return conditions;
}

/** In force at some time in a span: begun before its end, not expired before its start, nor ended by another event. */
function validAt(date: string, values: Values): string[] {
  const span = parseDate(date)!;
  const first = values.add(span.start_date ?? '-infinity', 'date');
  const last = values.add(span.end_date ?? 'infinity', 'date');
  return [
    `c.valid_from <= ${last}`,
    `(c.valid_to is null or c.valid_to >= ${first})`,
    `not exists (
      select 1 from event_relations l join event_cards by on by.event_id = l.event_id join events b on b.id = l.event_id
      where l.related_event_id = c.event_id and by.state = 'published' and by.start_date <= ${first}
        and (l.relation = 'supersedes' or l.relation = 'amends' and b.action in ('rescinded', 'terminated', 'suspended', 'withdrawn')))`,
  ];
}
