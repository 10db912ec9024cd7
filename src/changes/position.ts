// Where a reader of the feed begins: at a change that it has seen, provided that there is such a one and that what came
// after it is still kept.
import { invalidParameters, Problem } from '../errors.js';
import type { ChangeStore } from './store.js';

/** Where all that there is can be read at once. */
const START_OVER = '/v1/timeline.ndjson';

/**
 * @param keptDays for how long changes are kept in the feed; 0 for ever
 * @returns the number of the last change
 * @throws Problem 400 for a position in the future, 410 for one after which changes are missing
 */
export async function checkPosition(
  store: Pick<ChangeStore, 'last' | 'lastBefore'>,
  since: number,
  keptDays: number,
  parameter = 'since',
): Promise<number> {
  const last = await store.last();
  if (since > last)
    throw invalidParameters([
      { parameter, detail: `${parameter} is ${since}, but the last change is ${last}; send that or a lesser number.` },
    ]);
  const oldest = keptDays === 0 ? 0 : await store.lastBefore(keptDays);
  if (since < oldest)
    throw new Problem(
      'position-expired',
      `Changes are kept here for ${keptDays} days, and those after ${since} are older; the oldest position is ${oldest}. Start over: read ${START_OVER}, then go on with since=${oldest}.`,
      { extra: { oldest_seq: oldest, resume_url: START_OVER } },
    );
  return last;
}

/** The position that a stream resumes from; null where the header is not sent. @throws Problem 400 where it is none of ours */
export function readLastEventId(header: string | undefined): number | null {
  if (header === undefined || header === '') return null;
  if (/^\d{1,15}$/.test(header)) return Number(header);
  throw invalidParameters([
    {
      parameter: 'Last-Event-ID',
      detail: 'Last-Event-ID is the id of an event of this stream: a whole number. Leave it out to begin now.',
    },
  ]);
}
