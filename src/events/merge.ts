// Decides how two records of one development become one. The event at the address is the one that goes, the loser; `into`
// names the one that stays, the winner. All of it is one transaction, and each event that changes has a revision of it.
import { isDeepStrictEqual } from 'node:util';
import { check } from '../contract/check.js';
import type { Database } from '../database/connect.js';
import { type Transaction, type Write, write } from '../database/write.js';
import { invalidBody, Problem } from '../errors.js';
import type { Body } from '../resources/cards.js';
import type { ChangeOptions, ResourceService } from '../resources/service.js';
import type { Located } from '../resources/store.js';
import { type EventDocument, type EventInput, type EventQuery, eventForms } from './schema.js';
import type { EventStore } from './store.js';
import { type Left, renamed, unite } from './uniting.js';

type Service = Pick<ResourceService<EventInput, EventDocument, EventQuery>, 'findForChange' | 'put' | 'answer'> & {
  database: Pick<Database, 'pool' | 'state'>;
  store: EventStore;
};

/** The event that stays, and what is told beside it. */
export type Merged = Body & {
  beside: { merged: { id: string; slug: string; version: number }; not_united: Left[]; renamed: string[] };
};

export function createMerge({ database, store, findForChange, put, answer }: Service) {
  /** @throws Problem where one of them does not stand, or they are one already */
  return (key: string, into: string, change: ChangeOptions): Promise<Merged> =>
    write(database, { ...change, comment: change.comment ?? `Merged ${key} into ${into}.` }, async (running) => {
      const loser = await findForChange(running.tx, key, change);
      const winner = await findWinner(running.tx, store, into);
      refuseUnfit(loser, winner);
      const { document, left } = unite(winner.document, loser.document);
      holdTogether(document);
      const others = await namingOf(running, store, loser, winner);
      await put(running, [
        ...(isDeepStrictEqual(plain(document), plain(winner.document))
          ? []
          : [{ located: winner, document, operation: 'updated' as const }]),
        ...others.map((located) => ({
          located,
          document: renamed(located.document, loser.document.slug, winner.document.slug),
          operation: 'updated' as const,
        })),
        { located: loser, document: { ...loser.document, merged_into: winner.document.slug }, operation: 'merged' as const },
      ]);
      const beside = {
        merged: { id: loser.id, slug: loser.document.slug, version: loser.version + 1 },
        not_united: left,
        renamed: others.map(({ document: { slug } }) => slug),
      };
      return { ...(await answer(running.tx, winner.id)), beside };
    });
}

const refusal = (detail: string) => invalidBody([{ pointer: '/into', detail }]);

async function findWinner(tx: Transaction, store: EventStore, into: string): Promise<Located<EventDocument>> {
  const winner = (await store.locate(tx, [into])).get(into);
  if (winner === undefined) throw refusal(`There is no event ${into}; name one that exists.`);
  const { merged_into } = winner.document;
  if (merged_into !== undefined) throw refusal(`The event ${into} was merged into ${merged_into}; name that one.`);
  if (winner.deleted_at !== null) throw refusal(`The event ${into} was deleted; restore it first, or name another one.`);
  return winner;
}

function refuseUnfit(loser: Located<EventDocument>, winner: Located<EventDocument>): void {
  if (loser.id === winner.id) throw refusal('An event cannot be merged into itself; name another one.');
  for (const { slug, state } of [loser.document, winner.document])
    if (state === 'withdrawn') throw new Problem('conflict', `The event ${slug} is withdrawn; restore it first.`);
  // Its readers would be led to what they may not see.
  if (loser.document.state === 'published' && winner.document.state !== 'published')
    throw new Problem(
      'conflict',
      `The event ${winner.document.slug} is not published, and what is published cannot become part of it; publish it first.`,
    );
}

/** What was united is checked like what is sent: it may have become too much. */
function holdTogether(document: EventDocument): void {
  const { faults } = check(eventForms.input, plain(document), 'body');
  if (faults === undefined) return;
  throw new Problem('conflict', `The two cannot be united: ${faults[0]!.detail} Change one of them first.`);
}

async function namingOf({ tx }: Write, store: EventStore, loser: Located<EventDocument>, winner: Located<EventDocument>) {
  const ids = (await store.naming(tx, loser.id)).filter((id) => id !== winner.id && id !== loser.id);
  const found = ids.length === 0 ? new Map() : await store.locate(tx, ids);
  return ids.map((id): Located<EventDocument> => found.get(id)!);
}

const plain = (document: object): unknown => JSON.parse(JSON.stringify(document));
