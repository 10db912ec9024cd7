// The timeline as SQL over event_cards. The filters are a closed list, each mapped here by hand to a column.
//
// Guarantee: published events only, each once, in the order (start_date, precision_rank, event_id) or its reverse.
// Index: event_cards_timeline_idx and event_cards_type_timeline_idx have that order; the GIN indexes serve the lists.
import type { Cursor } from '../contract/cursor.js';
import type { TimelineQuery } from './schema.js';

/** A statement with its values, in the order of $1, $2, … */
export interface Statement {
  text: string;
  values: unknown[];
}

/** The days that from and to leave; null where open. */
export interface Window {
  from: string | null;
  to: string | null;
}

class Values {
  readonly all: unknown[] = [];
  /** @returns the placeholder of the value */
  add(value: unknown, type: string): string {
    this.all.push(value);
    return `$${this.all.length}::${type}`;
  }
}

function conditionsOf(query: TimelineQuery, window: Window, values: Values): string[] {
  const conditions = ["c.state = 'published'"];
  const overlaps = (column: string, list: string[] | undefined) => {
    if (list !== undefined) conditions.push(`c.${column} && ${values.add(list, 'text[]')}`);
  };
  const isAny = (column: string, list: string[] | undefined) => {
    // One value by equality, so that an index may give the order too.
    if (list?.length === 1) conditions.push(`c.${column} = ${values.add(list[0], 'text')}`);
    else if (list !== undefined) conditions.push(`c.${column} = any(${values.add(list, 'text[]')})`);
  };
  // Two spans overlap when each begins before the other ends.
  if (window.from !== null) conditions.push(`c.end_date >= ${values.add(window.from, 'date')}`);
  if (window.to !== null) conditions.push(`c.start_date <= ${values.add(window.to, 'date')}`);
  isAny('type', query.type);
  if (query.exclude_type !== undefined) conditions.push(`c.type <> all(${values.add(query.exclude_type, 'text[]')})`);
  overlaps('actors', query.actor);
  overlaps('countries', query.country);
  overlaps('topics', query.topic);
  if (query.exclude_topic !== undefined) conditions.push(`not c.topics && ${values.add(query.exclude_topic, 'text[]')}`);
  overlaps('initiatives', query.initiative);
  if (query.item === undefined) overlaps('action_plans', query.plan);
  else
    overlaps(
      'action_items',
      query.plan!.flatMap((plan) => query.item!.map((item) => `${plan}/${item}`)),
    );
  isAny('certainty', query.certainty);
  if (query.min_significance !== undefined) conditions.push(`c.significance >= ${values.add(query.min_significance, 'int')}`);
  return conditions;
}

/**
 * A page of cards from the cursor on, and the last change that the same snapshot knows of. There is one row even where
 * the page is empty, with nulls for the card.
 * @param rows how many cards: the limit and one more
 */
export function pageStatement(query: TimelineQuery, window: Window, cursor: Cursor | null, rows: number): Statement {
  const values = new Values();
  const conditions = conditionsOf(query, window, values);
  const descending = (query.order === 'desc') !== (cursor?.towards === 'previous');
  if (cursor !== null) {
    const [day, rank, id] = cursor.key;
    const key = [values.add(day, 'date'), values.add(rank, 'smallint'), values.add(id, 'uuid')].join(', ');
    conditions.push(`(c.start_date, c.precision_rank, c.event_id) ${descending ? '<' : '>'} (${key})`);
  }
  const order = ['start_date', 'precision_rank', 'event_id'].map((column) => `c.${column} ${descending ? 'desc' : 'asc'}`).join(', ');
  return {
    text: `
      select last.seq, last.recorded_at, c.event_id, c.start_date::text as start_day, c.precision_rank, c.card
      from (select max(seq) as seq, max(recorded_at) as recorded_at from (select seq, recorded_at from revisions order by seq desc limit 1) r) last
      left join (
        select c.start_date, c.precision_rank, c.event_id, c.card from event_cards c
        where ${conditions.join(' and ')}
        order by ${order} limit ${values.add(rows, 'int')}
      ) c on true
      order by ${order}`,
    values: values.all,
  };
}

/** How many cards match in all. */
export function totalStatement(query: TimelineQuery, window: Window): Statement {
  const values = new Values();
  return {
    text: `select count(*)::int as total from event_cards c where ${conditionsOf(query, window, values).join(' and ')}`,
    values: values.all,
  };
}
