// Statements with their values apart, so that nothing a reader sends is ever part of the SQL.

/**
 * The last change that the snapshot of a statement knows of: one row, `last`, of `seq` and `recorded_at`, the latter as
 * answers write it, since it comes with every row.
 */
export const LAST_CHANGE = `(
  select max(seq) as seq, to_char(max(recorded_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as recorded_at
  from (select seq, recorded_at from revisions order by seq desc limit 1) r) last`;

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
