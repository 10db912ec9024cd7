// Counts of everything as of a change, from those that are kept of now: less what came since, and what it took the place of.
// What is asked of a short while ago then takes as long as little changed since, however much there is. Where much did, all
// that was there then is counted.
//
// Index: event_cards_known_from_idx for what came since, event_cards_pkey for what each event looked like then.
import { FOREVER, type Values } from '../database/statement.js';

/** How many events are counted along an index in the time in which one is looked up as it was and as it is. */
export const COUNTED = 100;

/** So many cards made since are always little. */
const LITTLE = 100;

/** SQL of the number of all events. */
export const EVERYTHING = `(select coalesce(sum(count), 0) from event_counts where key like 'type:%')`;

/**
 * @param share how many events are counted in the time in which one is taken back
 * @returns SQL that tells whether taking back what came since `as_of` is less work than counting what was there
 */
export function isLittleSince(as_of: number, share: number, values: Values): string {
  const most = `(select greatest(${LITTLE}, ${EVERYTHING} / ${share})::bigint)`;
  return `((select count(*) from (select from event_cards x where x.known_from > ${values.add(as_of, 'bigint')} limit ${most}) x) < ${most})`;
}

/**
 * @returns a select of the cards, in force and of then, of all events of which one was made since `as_of`, and in `turn`
 * what each adds to a count of now to make it one of then
 */
export function turnedBackSql(as_of: number, values: Values): string {
  const seq = values.add(as_of, 'bigint');
  return `
    select c.keys, c.type, c.start_date, c.end_date, c.precision_rank, case when c.known_to = ${FOREVER} then -1 else 1 end as turn
    from (select distinct x.event_id from event_cards x where x.known_from > ${seq}) x
    join event_cards c on c.event_id = x.event_id and c.state = 'published'
      and (c.known_to = ${FOREVER} or (c.known_from <= ${seq} and c.known_to > ${seq}))`;
}
