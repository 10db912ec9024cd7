// Reads that are made of many facts: one statement each, as of a moment, and up to which change they know.
import type { z } from 'zod';
import type { asOfMembers, MomentQuery } from '../contract/moment.js';
import type { Database } from '../database/connect.js';
import type { AsOf, Statement } from '../database/statement.js';
import type { Moments } from '../history/moments.js';

/** Each row of such a statement begins with the last change that its snapshot knows (database/last-change). */
export interface KnowingRow {
  /** bigint, as text. */
  seq: string | null;
  recorded_at: string | null;
}

type AsOfMeta = { [Name in keyof typeof asOfMembers]: z.output<(typeof asOfMembers)[Name]> };

/** What was read, as the cache of answers takes it. */
export interface Read<Row> {
  rows: Row[];
  seq: number;
  isFinal: boolean;
  meta: AsOfMeta;
}

export type Reader = ReturnType<typeof createReader>;

export const createReader =
  ({ reads }: Pick<Database, 'reads'>, moments: Moments) =>
  /** @throws Problem 400 for a moment that lies in the future */
  async <Row extends KnowingRow>({ known_at, release }: MomentQuery, statementOf: (as_of: AsOf) => Statement): Promise<Read<Row>> => {
    const { as_of, isFinal } = await moments.resolve({ known_at, release });
    const saw = reads.reading();
    const { rows } = await reads.query<Row>(statementOf(as_of));
    const seq = Number(rows[0]?.seq ?? 0);
    if (as_of === null) saw(seq);
    return { rows, seq, isFinal, meta: { as_of_seq: seq, last_change_at: rows[0]?.recorded_at ?? null } };
  };
