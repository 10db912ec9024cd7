// Follows the feed for all readers of one process: what is new is read once, however many they are, and handed to each
// whom it concerns.
//
// Guarantee: a reader gets each change after its position once, in order. It reads what is there already, page by page
// as fast as it takes them, and joins the live readers at a moment when it has seen all that they have. One who lags
// goes back to reading pages, so that nothing is kept for it.
import { createTurns } from '../turns.js';
import type { ChangeFilters } from './schema.js';
import type { ChangeStore, Views } from './store.js';

/** Where entries go. */
export interface Sink {
  readonly isOpen: boolean;
  /** Whether it takes no more for now. */
  readonly isFull: boolean;
  /** Up to which change it has been served. */
  position: number | undefined;
  send(event: Buffer, seq: number): void;
  taken(): Promise<void>;
  onClose(closed: () => void): void;
  end(): void;
}

export interface Following {
  since: number;
  filters: ChangeFilters;
  seesHidden: boolean;
  decides?: boolean | undefined;
}

interface Reader extends Omit<Following, 'since'> {
  sink: Sink;
  position: number;
}

export interface HubOptions {
  store: Pick<ChangeStore, 'read' | 'readAll' | 'last'>;
  /** Calls when something may have been written. @returns ends it */
  onChange: (listener: () => void) => () => void;
  /** Told of a reading that failed. */
  onFailure: (error: unknown) => void;
}

/** How often is looked without having been told, in milliseconds. */
const LOOK_EVERY = 1000;
/** How many changes are read at once: for all, and for one who reads what is there already. */
const LIVE_PAGE = 100;
const PAGE = 200;
/** How many read what is there already at a time, so that those who come back all at once leave the database to others. */
const READING_AT_ONCE = 3;

export type ChangeHub = ReturnType<typeof createChangeHub>;

export function createChangeHub({ store, onChange, onFailure }: HubOptions) {
  const readers = new Set<Reader>();
  const live = new Set<Reader>();
  /** What was handed out last, after which change that began, and the last change of it; null while nobody reads. */
  let handed: { changes: Views[]; after: number; until: number } | null = null;
  let stop: (() => void) | undefined;
  let isLooking = false;
  let lookAgain = false;
  let isFailing = false;
  const turns = createTurns(READING_AT_ONCE);

  function start(): void {
    const stopListening = onChange(look);
    const timer = setInterval(look, LOOK_EVERY).unref();
    stop = () => {
      stopListening();
      clearInterval(timer);
      handed = null;
    };
    look();
  }

  function look(): void {
    lookAgain = true;
    if (!isLooking) void lookUntilDone();
  }

  async function lookUntilDone(): Promise<void> {
    isLooking = true;
    try {
      await lookOn();
    } catch (error) {
      // Once for each outage: it is tried again every second.
      if (!isFailing) onFailure(error);
      isFailing = true;
    } finally {
      isLooking = false;
    }
    // Told while the last look came to its end.
    if (lookAgain && readers.size > 0) look();
  }

  async function lookOn(): Promise<void> {
    while (lookAgain && readers.size > 0) {
      lookAgain = false;
      if (handed === null) {
        const last = await store.last();
        handed = { changes: [], after: last, until: last };
      }
      const { changes, position, hasMore } = await store.readAll(handed.until, LIVE_PAGE);
      isFailing = false;
      // Meanwhile all may have left, and others come.
      if (handed === null) continue;
      if (changes.length > 0) hand({ changes, after: handed.until, until: position });
      if (hasMore) {
        lookAgain = true;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  function hand(next: NonNullable<typeof handed>): void {
    handed = next;
    for (const reader of live) {
      give(reader);
      if (!reader.sink.isFull) continue;
      live.delete(reader);
      void follow(reader);
    }
  }

  /** What was handed out last, as far as the reader has not seen it. */
  function give(reader: Reader): void {
    const { changes, until } = handed!;
    for (const change of changes) {
      if (change.seq <= reader.position) continue;
      const view = reader.decides ? change.deciders : reader.seesHidden ? change.bearers : change.all;
      if (view?.matches(reader.filters)) reader.sink.send(view.asEvent, change.seq);
      moveTo(reader, change.seq);
      if (reader.sink.isFull) return;
    }
    moveTo(reader, until);
  }

  function moveTo(reader: Reader, position: number): void {
    reader.position = Math.max(reader.position, position);
    reader.sink.position = reader.position;
  }

  /** Reads what is there already until nothing lies between the reader and the others, and lets it join them. */
  async function follow(reader: Reader): Promise<void> {
    try {
      while (reader.sink.isOpen) {
        if (reader.sink.isFull) await reader.sink.taken();
        else if (handed !== null && reader.position >= handed.after) {
          give(reader);
          if (reader.sink.isFull) continue;
          live.add(reader);
          return;
        } else await readPageInTurn(reader);
      }
    } catch (error) {
      onFailure(error);
      // It comes back by itself, and goes on where it was.
      reader.sink.end();
    }
  }

  async function readPageInTurn(reader: Reader): Promise<void> {
    const giveBack = await turns.take(0);
    try {
      await readPage(reader);
    } finally {
      giveBack();
    }
  }

  async function readPage(reader: Reader): Promise<void> {
    if (!reader.sink.isOpen) return;
    const { filters, seesHidden, decides } = reader;
    const { views, position } = await store.read({ since: reader.position, limit: PAGE, filters, seesHidden, decides });
    for (const view of views) {
      if (reader.sink.isFull) return;
      reader.sink.send(view.asEvent, view.entry.seq);
      moveTo(reader, view.entry.seq);
    }
    moveTo(reader, position);
  }

  return {
    /** Serves a reader until its stream ends. */
    join(sink: Sink, { since, ...following }: Following): void {
      const reader: Reader = { sink, ...following, position: since };
      readers.add(reader);
      sink.onClose(() => {
        readers.delete(reader);
        live.delete(reader);
        if (readers.size > 0) return;
        stop?.();
        stop = undefined;
      });
      if (stop === undefined) start();
      void follow(reader);
    },

    /** How many changes the readers have not been handed yet; not a number where that cannot be seen. */
    async lag(): Promise<number> {
      if (handed === null) return 0;
      const last = await store.last().catch(() => Number.NaN);
      return Math.max(0, last - (handed?.until ?? last));
    },
  };
}
