// Cards of events that were put into the tables by hand, without a history.
import type { Database } from '../../src/database/connect.js';
import { write } from '../../src/database/write.js';
import { makeEventCards } from '../../src/events/cards.js';

export const makeCardsOfAll = (database: Database): Promise<unknown> =>
  write(database, { author_id: null, author_name: 'test' }, async (running) => {
    const { rows } = await running.tx.query<{ id: string }>('select id from events');
    return makeEventCards(
      running,
      rows.map(({ id }) => id),
    );
  });
