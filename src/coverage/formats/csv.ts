// The coverage of a plan as a table: one row for each item, its totals, and in a column of its own how many events are in
// each cell.
import { csvOf } from '../../contract/csv.js';
import type { Coverage } from '../schema.js';

const TOTALS = ['number', 'title', 'status', 'events', 'advances', 'hinders', 'mentions', 'balance', 'last_event_on', 'gap', 'hindered'];

const yesOrNo = (holds: boolean): string => (holds ? 'yes' : 'no');

export const coverageCsv = ({ columns, items }: Coverage): string =>
  csvOf(
    [...TOTALS, ...columns.map(({ value }) => value)],
    items.map(({ number, title, status, events, advances, hinders, mentions, balance, last_event_on, is_gap, is_hindered, cells }) => [
      ...[number, title, status, events, advances, hinders, mentions, balance, last_event_on, yesOrNo(is_gap), yesOrNo(is_hindered)],
      ...columns.map(({ value }) => cells.find(({ column }) => column === value)?.events ?? 0),
    ]),
  );
