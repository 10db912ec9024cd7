// Groups of one batch, each in a transaction of its own, so that other writers get their turn between them. While one is
// carried out, what the next one needs is read and its rows are saved, where nobody sees them; so its own turn is short.
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../database/connect.js';
import type { Early } from '../database/turn.js';
import { type Write, type WriteOptions, write } from '../database/write.js';
import type { Begun } from '../resources/store.js';
import { createdAs, type Item, isOfLines, type Outcome } from './batch-group.js';
import type { EventDocument } from './schema.js';
import type { EventService } from './service.js';

/** @param next the lines that come next, once they are read; none where they have to wait for these */
export type WriteItems = (items: Item[], next?: Promise<Item[]>) => Promise<Outcome[]>;

/** How often a group that gets no turn to write is tried again; each time waits some seconds. */
const TRIES = 15;

interface Group {
  outcomes: Promise<Outcome[]>;
  /** Its turn, once its rows are saved; nothing where it failed. */
  saved: Promise<Write | undefined>;
  isOver: boolean;
}

export interface Work extends Pick<EventService, 'complete'> {
  /** All of it, in its turn. */
  whole(running: Write, items: Item[]): Promise<Outcome[]>;
  /** What of it can be done before. @throws where not all lines are new events that are right */
  begin(running: Write, items: Item[]): Promise<Begun<EventDocument>>;
}

export function createTurns(database: Pick<Database, 'pool' | 'state'>, options: WriteOptions, work: Work) {
  const begun = new WeakMap<Item[], Group>();
  let last: Promise<unknown> = Promise.resolve();

  function begin(items: Item[], before?: { group: Group; turn: Write }): Group {
    let tellSaved: (turn?: Write) => void = () => {};
    const saved = new Promise<Write | undefined>((resolve) => {
      tellSaved = resolve;
    });
    const early = before && {
      after: before.turn,
      isOn: () => !before.group.isOver,
      work: (running: Write) => work.begin(running, items),
    };
    const group: Group = { saved, isOver: false, outcomes: Promise.resolve([]) };
    group.outcomes = inTurn(items, early, tellSaved).finally(() => {
      group.isOver = true;
      tellSaved();
    });
    last = group.outcomes.catch(() => {});
    return group;
  }

  async function inTurn(
    items: Item[],
    early: Early<Begun<EventDocument>> | undefined,
    tellSaved: (turn: Write) => void,
  ): Promise<Outcome[]> {
    const writeOnce = (early?: Early<Begun<EventDocument>>): Promise<Outcome[]> =>
      patiently(() =>
        write(
          database,
          options,
          async (running, begun?: Begun<EventDocument>) => {
            if (begun !== undefined) {
              tellSaved(running);
              return createdAs(items, await work.complete(running, begun));
            }
            const outcomes = await work.whole(running, items);
            tellSaved(running);
            return outcomes;
          },
          early,
        ),
      );
    try {
      return await writeOnce(early);
    } catch (error) {
      // One line is at fault with what is made of it; which one is found in a turn of its own.
      if (early === undefined || !isOfLines(error)) throw error;
      return writeOnce();
    }
  }

  const writeNext: WriteItems = (items, next) => {
    const group = begun.get(items) ?? begin(items);
    void Promise.all([group.saved, next]).then(([turn, coming]) => {
      if (turn !== undefined && !group.isOver && coming !== undefined && areApart(coming))
        begun.set(coming, begin(coming, { group, turn }));
    });
    return group.outcomes;
  };

  return {
    write: writeNext,
    /** When nothing that was begun runs any more. */
    ended: () => last,
  };
}

/** Whether there are lines, and no two of one slug. */
function areApart(items: Item[]): boolean {
  const slugs = items.flatMap(({ input }) => input.slug ?? []);
  return items.length > 0 && new Set(slugs).size === slugs.length;
}

/** Many want to write: a batch waits its turn longer than one who waits for an answer would. */
export async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === TRIES || !isBusy(error)) throw error;
      await pause(200);
    }
  }
}

/** Nothing was begun: no turn to write, or no connection. */
const isBusy = (error: unknown): boolean =>
  (error as { code?: unknown }).code === '55P03' ||
  (error instanceof Error && /timeout exceeded when trying to connect/.test(error.message));
