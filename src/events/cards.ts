// Keeps the cards of events true: whatever a card shows, changing it makes the card again, in the same transaction.

import type { Entity } from '../contract/write.js';
import type { Database } from '../database/connect.js';
import { type Transaction, type Write, write } from '../database/write.js';
import { MAKE_CARDS, SHOWING } from './sql.js';

/** How many cards one statement makes. */
const BATCH = 500;

/** Makes the cards again that show one of `ids`, which are of the kind `entity`. */
export async function refreshCards({ tx }: Write, entity: Entity, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  const rows = await tx.$queryRawUnsafe<{ id: string }[]>(SHOWING[entity], ids);
  await makeCards(
    tx,
    rows.map((row) => row.id),
  );
}

async function makeCards(tx: Transaction, ids: string[]): Promise<void> {
  for (let start = 0; start < ids.length; start += BATCH) {
    await tx.$executeRawUnsafe(MAKE_CARDS, ids.slice(start, start + BATCH));
  }
}

/**
 * Makes every card again from the normal tables, in one transaction.
 * @param progress told how many are done, of how many
 * @param timeout_ms how long it may take in all
 * @returns how many cards there are
 */
export async function rebuildCards(
  database: Pick<Database, 'prisma'>,
  progress: (done: number, all: number) => void = () => {},
  timeout_ms?: number,
): Promise<number> {
  return write(database, { author_id: null, author_name: 'rebuild', timeout_ms }, async ({ tx }) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`select id from events order by id`;
    const ids = rows.map((row) => row.id);
    for (let start = 0; start < ids.length; start += BATCH) {
      await makeCards(tx, ids.slice(start, start + BATCH));
      progress(Math.min(start + BATCH, ids.length), ids.length);
    }
    return tx.eventCard.count();
  });
}
