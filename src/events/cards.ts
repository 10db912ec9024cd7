// Keeps the cards of events true: whatever a card shows, changing it makes the card again, in the same transaction.

import type { Entity } from '../contract/write.js';
import type { Database } from '../database/connect.js';
import { type Transaction, type Write, write } from '../database/write.js';
import { MAKE_CARDS, SHOWING } from './sql.js';

/** How many cards one statement makes. */
const BATCH = 2000;

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
  database: Pick<Database, 'prisma' | 'state'>,
  progress: (done: number, all: number) => void = () => {},
  timeout_ms?: number,
): Promise<number> {
  return write(database, { author_id: null, author_name: 'rebuild', timeout_ms }, async ({ tx }) => {
    await tx.$executeRaw`set local statement_timeout = 0`;
    // Not even what is kept beside the cards is trusted.
    for (const table of DERIVED) await tx.$executeRawUnsafe(`delete from ${table}`);
    const rows = await tx.$queryRaw<{ id: string }[]>`select id from events order by id`;
    const ids = rows.map((row) => row.id);
    for (let start = 0; start < ids.length; start += BATCH) {
      await makeCards(tx, ids.slice(start, start + BATCH));
      progress(Math.min(start + BATCH, ids.length), ids.length);
    }
    return tx.eventCard.count();
  });
}

const DERIVED = ['event_counts', 'event_postings', 'event_cards'];

/** How long making all cards again may take after a migration, in milliseconds. */
const REBUILD_MS = 3_600_000;

/**
 * Makes the cards where there are events and no cards: a migration that changes what cards hold deletes them.
 * @returns how many were made; null where they are there
 */
export async function ensureCards(database: Database): Promise<number | null> {
  const { rows } = await database.pool.query<{ lacks_cards: boolean }>(
    'select exists (select from events) and not exists (select from event_cards) as lacks_cards',
  );
  return rows[0]!.lacks_cards ? rebuildCards(database, undefined, REBUILD_MS) : null;
}
