// Statements with their values apart, so that nothing a reader sends is ever part of the SQL.
import { createHash } from 'node:crypto';

/** A statement with its values, in the order of $1, $2, … */
export interface Statement {
  /** Under which each connection keeps it prepared; left out where its plan should be made for its values. */
  name?: string;
  text: string;
  values: unknown[];
}

export class Values {
  readonly all: unknown[] = [];

  /** @returns the placeholder of the value */
  add(value: unknown, type: string): string {
    this.all.push(value);
    return `$${this.all.length}::${type}`;
  }
}

const names = new Map<string, string>();

/** The name by which a text is kept prepared. */
export const nameOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 20);

/** A statement that is kept prepared. For texts of the program alone, of which there are few. */
export function prepared(text: string, values: unknown[] = []): Statement {
  const name = names.get(text) ?? nameOf(text);
  names.set(text, name);
  return { name, text, values };
}

/** As of which change something is asked: all that was recorded up to it; null for the present. */
export type AsOf = number | null;

/** What is in force has no end: the largest bigint. Written out, so that the indexes of the present serve. */
export const FOREVER = '9223372036854775807';

/** SQL of a day, or where that is open, of another: an event stands on its first day, on its last one where its beginning is open. */
export const orIfOpen = (day: string, other: string): string => `case when isfinite(${day}) then ${day} else ${other} end`;

/** What the row `row`, which bears known_from and known_to, must be to be known. */
export function knownSql(row: string, as_of: AsOf, values: Values): string {
  if (as_of === null) return `${row}.known_to = ${FOREVER}`;
  const seq = values.add(as_of, 'bigint');
  return `${row}.known_from <= ${seq} and ${row}.known_to > ${seq}`;
}
