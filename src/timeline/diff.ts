// What came to the timeline, changed on it and left it between two changes, under the same filters as the timeline.
//
// Guarantee: each event once, whose card is another one than it was: as it is now on the timeline, or as it was where it is
// no more. Index: event_cards_known_from_idx finds what was made between the two, event_cards_pkey what was there before.
import { isDeepStrictEqual } from 'node:util';
import type { Cursor } from '../contract/cursor.js';
import { type Statement, Values } from '../database/statement.js';
import { conditionsOf } from './filters.js';
import type { DiffEntry, TimelineFilters } from './schema.js';

export interface DiffQuestion {
  filters: TimelineFilters;
  from: number;
  to: number;
  cursor: Cursor | null;
  rows: number;
}

export interface DiffRow {
  added: number;
  changed: number;
  withdrawn: number;
  /** Null where there is nothing. */
  event_id: string | null;
  change: DiffEntry['change'];
  card: string;
  /** Of an event that changed. */
  before: string | null;
  k0: string;
  k1: number;
}

export function diffStatement({ filters, from, to, cursor, rows }: DiffQuestion): Statement {
  const values = new Values();
  const cardOf = (as_of: number): string => `
    left join lateral (
      select c.event_id, c.start_date, c.precision_rank, c.card from event_cards c
      where c.event_id = x.event_id and ${conditionsOf(filters, as_of, values).join(' and ')}
    )`;
  const isBackwards = cursor?.towards === 'previous';
  const place = 'd.start_date, d.precision_rank, d.event_id';
  const order = `order by ${place.replaceAll(/,|$/g, isBackwards ? ' desc$&' : ' asc$&')}`;
  const key = cursor && ['date', 'smallint', 'uuid'].map((type, index) => values.add(cursor.key[index], type)).join(', ');
  return {
    text: `
      with diff as materialized (
        select x.event_id, case when a.event_id is null then 'added' when b.event_id is null then 'withdrawn' else 'changed' end as change,
          coalesce(b.card, a.card) as card, case when b.event_id is not null then a.card end as before,
          coalesce(b.start_date, a.start_date) as start_date, coalesce(b.precision_rank, a.precision_rank) as precision_rank
        from (select distinct event_id from event_cards where known_from > ${values.add(from, 'bigint')} and known_from <= ${values.add(to, 'bigint')}) x
        ${cardOf(from)} a on true
        ${cardOf(to)} b on true
        where a.card is distinct from b.card
      )
      select n.added, n.changed, n.withdrawn, d.event_id, d.change, d.card, d.before, d.start_date::text as k0, d.precision_rank as k1
      from (
        select count(*) filter (where change = 'added')::int as added, count(*) filter (where change = 'changed')::int as changed,
          count(*) filter (where change = 'withdrawn')::int as withdrawn from diff
      ) n
      left join lateral (
        select * from diff d ${key === null ? '' : `where (${place}) ${isBackwards ? '<' : '>'} (${key})`} ${order} limit ${values.add(rows, 'int')}
      ) d on true
      ${order}`,
    values: values.all,
  };
}

type Members = Record<string, unknown>;

/** What readers are told of one row. What every version has of its own is no change. */
export function toDiffEntry({ change, card, before }: DiffRow): string {
  const changed: Record<string, { from: unknown; to: unknown }> = {};
  if (before !== null) {
    const [old, young] = [JSON.parse(before) as Members, JSON.parse(card) as Members];
    for (const name of Object.keys(young))
      if (!['version', 'updated_at'].includes(name) && !isDeepStrictEqual(old[name], young[name]))
        changed[name] = { from: old[name] ?? null, to: young[name] };
  }
  return `{"change":"${change}","changed":${JSON.stringify(changed)},"event":${card}}`;
}
