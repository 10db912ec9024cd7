// Statements with their values apart, so that nothing a reader sends is ever part of the SQL.

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
