// A table as text (RFC 4180) for spreadsheets: UTF-8 with a byte order mark, by which they know it, and a header. A cell
// that a spreadsheet would take for a formula gets an apostrophe in front.
import { stringify } from 'csv-stringify/sync';

export type Cell = string | number | null;

export const CSV_TYPE = 'text/csv; charset=utf-8; header=present';

/** A row, with its end. */
export const csvLine = (cells: Cell[]): string => stringify([cells], { record_delimiter: 'windows', escape_formulas: true });

/** What stands before all rows. @param columns their names */
export const csvHead = (columns: string[]): string => `\uFEFF${csvLine(columns)}`;

export const csvOf = (columns: string[], rows: Cell[][]): string => csvHead(columns) + rows.map(csvLine).join('');
