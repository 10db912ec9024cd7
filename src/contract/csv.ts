// A table as text (RFC 4180) for spreadsheets: UTF-8 with a byte order mark, by which they know it, and a header. A cell
// that a spreadsheet would take for a formula gets an apostrophe in front.
import { stringify } from 'csv-stringify/sync';

export type Cell = string | number | null;

/** What stands in each column, in their order. New ones are added at the end. */
export type Columns<Row, Beside extends unknown[] = []> = Record<string, (row: Row, ...beside: Beside) => Cell>;

/** Several in one cell: each once, without those that say nothing. */
export const joined = (parts: (string | null)[]): string => [...new Set(parts.filter((part) => part !== null && part !== ''))].join('; ');

export const CSV_TYPE = 'text/csv; charset=utf-8; header=present';

/** A row, with its end. */
export const csvLine = (cells: Cell[]): string => stringify([cells], { record_delimiter: 'windows', escape_formulas: true });

/** What stands before all rows. @param columns their names */
export const csvHead = (columns: string[]): string => `\uFEFF${csvLine(columns)}`;

export const csvOf = (columns: string[], rows: Cell[][]): string => csvHead(columns) + rows.map(csvLine).join('');

/** A table as it comes. @param beside what all rows are told with */
export async function* csvTable<Row, Beside extends unknown[]>(
  columns: Columns<Row, Beside>,
  rows: AsyncIterable<Row>,
  ...beside: Beside
): AsyncGenerator<string> {
  yield csvHead(Object.keys(columns));
  for await (const row of rows) yield csvLine(Object.values(columns).map((cell) => cell(row, ...beside)));
}
