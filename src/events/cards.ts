// Keeps the cards of events true: whatever a card shows, changing it makes the card again, in the same transaction.

import type { Entity } from '../contract/write.js';
import { prepared } from '../database/statement.js';
import type { Write } from '../database/write.js';
import { MAKE_CARDS, MAKE_FIRST_CARDS, SHOWING } from './sql.js';

/** How many cards one statement makes. */
const BATCH = 500;

/** The ids of the events whose cards show one of `ids`, which are of the kind `entity`. */
export async function eventsShowing({ tx }: Pick<Write, 'tx'>, entity: Entity, ids: string[]): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(prepared(SHOWING[entity], [ids]));
  return rows.map(({ id }) => id);
}

/**
 * Makes the cards of events as the tables have them now.
 * @param areNew they have none yet
 * @param progress told how many are done
 * @returns the keys of initiatives and items that the cards bear or bore which were made or replaced
 */
export async function makeEventCards(
  { tx, since }: Pick<Write, 'tx' | 'since'>,
  ids: string[],
  areNew = false,
  progress: (done: number) => void = () => {},
): Promise<Set<string>> {
  const touched = new Set<string>();
  for (let start = 0; start < ids.length; start += BATCH) {
    const { rows } = await tx.query<{ key: string }>(
      prepared(areNew ? MAKE_FIRST_CARDS : MAKE_CARDS, [ids.slice(start, start + BATCH), since]),
    );
    for (const { key } of rows) touched.add(key);
    progress(Math.min(start + BATCH, ids.length));
  }
  return touched;
}
