// The last change that an answer knows of, told with every answer.
import type { AsOf, Values } from './statement.js';

/**
 * The last change that the snapshot of a statement knows of, or as of which it is asked: one row, `last`, of `seq` and
 * `recorded_at`, the latter as answers write it, since it comes with every row.
 */
export const lastChange = (as_of: AsOf, values: Values): string => `(
  select max(seq) as seq, to_char(max(recorded_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as recorded_at
  from (select seq, recorded_at from revisions ${as_of === null ? '' : `where seq <= ${values.add(as_of, 'bigint')}`} order by seq desc limit 1) r) last`;
