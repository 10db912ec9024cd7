// Which change was the last one at a moment: what is asked as of a moment is asked as of that change.
import { LRUCache } from 'lru-cache';
import { endOf, isToCome, type MomentQuery } from '../contract/moment.js';
import type { Database } from '../database/connect.js';
import { type AsOf, prepared } from '../database/statement.js';
import { invalidParameters } from '../errors.js';

export interface Moment {
  as_of: AsOf;
  /** Whether no change to come can belong to it, so that what is answered as of it is true for ever. */
  isFinal: boolean;
}

export const PRESENT: Moment = { as_of: null, isFinal: false };

/**
 * Instants of changes rise strictly with their numbers, so a moment is over as soon as there is a later change. It is compared with the last
 * one: asked whether there is any later, a plan that is kept reads the whole table where there is none.
 */
const LAST_AT = `
  select coalesce((select seq from revisions where recorded_at <= $1::timestamptz order by recorded_at desc, seq desc limit 1), 0) as seq,
    coalesce((select max(recorded_at) from revisions) > $1::timestamptz, false) as is_final`;

export type Moments = ReturnType<typeof createMoments>;

/** @param seqOfRelease the change that a release is pinned to. @throws Problem where there is no such release */
export function createMoments({ reads }: Pick<Database, 'reads'>, seqOfRelease: (label: string) => Promise<number>) {
  const known = new LRUCache<string, Moment & { as_of: number }>({ max: 1000 });

  /** A replica may not have come to what was found elsewhere. */
  async function reached<Found extends { as_of: number }>(found: Found): Promise<Found> {
    await reads.reach(found.as_of);
    return found;
  }

  /** @param parameter which names it. @throws Problem 400 where it lies in the future */
  async function at(moment: string, parameter: string): Promise<Moment & { as_of: number }> {
    const found = known.get(moment);
    if (found !== undefined) return reached(found);
    if (isToCome(moment)) {
      const detail = `${parameter} (${moment}) lies in the future; leave it out for the present, or name a day up to today.`;
      throw invalidParameters([{ parameter, detail }]);
    }
    const { rows } = await reads.query<{ seq: string; is_final: boolean }>(prepared(LAST_AT, [endOf(moment)]));
    const answer = { as_of: Number(rows[0]!.seq), isFinal: rows[0]!.is_final };
    if (answer.isFinal) known.set(moment, answer);
    return answer;
  }

  return {
    at,

    /** The present, as a change that can be named. */
    async last(): Promise<Moment & { as_of: number }> {
      const { rows } = await reads.query<{ seq: string }>(prepared('select coalesce(max(seq), 0) as seq from revisions'));
      return { as_of: Number(rows[0]!.seq), isFinal: false };
    },

    /** What is read next knows that moment. @throws Problem 400 where it lies in the future, or is named twice */
    async resolve({ known_at, release }: MomentQuery): Promise<Moment> {
      if (release === undefined) return known_at === undefined ? PRESENT : at(known_at, 'known_at');
      if (known_at !== undefined)
        throw invalidParameters([{ parameter: 'release', detail: 'known_at and release each name a moment; send one of them.' }]);
      return reached({ as_of: await seqOfRelease(release), isFinal: true });
    },
  };
}
