// What a form of the timeline is: a pure function from events to text, piece by piece, so that a million of them pass
// through in constant memory. A new form is one file here and one line in index.ts.
import type { z } from 'zod';
import type { event } from '../../events/schema.js';

export type Event = z.output<typeof event>;

/** An event that readers see: as the JSON API has it, and taken apart. */
export interface Published {
  readonly card: string;
  readonly event: Event;
}

/** An event that readers saw once and see no more. */
export interface Removed {
  id: string;
  /** RFC 3339: when it went. */
  removed_at: string;
}

/** A span of time behind the events: an initiative, from its first development to its last. */
export interface Era {
  name: string;
  /** Days, YYYY-MM-DD. */
  start_date: string;
  end_date: string;
}

/** What a form says of the whole, besides the events. */
export interface About {
  title: string;
  /** Under which readers reach this server: "https://demarche.example". */
  origin: string;
  /** Of this very answer, path and query: "/v1/timeline.atom?topic=compute". */
  address: string;
  /** Of its first page, where it has pages. */
  first: string;
  next: string | null;
  previous: string | null;
  /** RFC 3339: the last change of the data; null while there is none. */
  updated_at: string | null;
  eras: Era[];
}

export type Entry = Published | Removed;
export type Entries = AsyncIterable<Entry>;

export interface Format {
  /** As in `/v1/timeline.csv`: "csv". */
  suffix: string;
  /** As `Accept` asks for it: "text/csv". */
  media_type: string;
  /** What goes with it when it is sent: "; charset=utf-8". */
  parameters: string;
  /** What people call it: "CSV (RFC 4180)". */
  name: string;
  /** Feeds come in pages, the newest recorded first, with what was removed; all else whole, as things happened. */
  is_feed: boolean;
  write(entries: Entries, about: About): AsyncIterable<string>;
}

export const isRemoved = (entry: Entry): entry is Removed => 'removed_at' in entry;

/** The events alone, for forms that have no place for what was removed. */
export async function* eventsOf(entries: Entries): AsyncIterable<Event> {
  for await (const entry of entries) if (!isRemoved(entry)) yield entry.event;
}

export const addressOf = (event: Event, { origin }: About): string => `${origin}/v1/events/${event.slug}`;

/** Where it took place, in words: "Expo Center, Shanghai, CN". */
export const placeText = ({ place }: Event): string | null =>
  place === null ? null : [place.name, place.city, place.country_code].filter((part) => part !== null).join(', ');

/** JSON that begins with `head`, has the items in the list `member`, and ends. */
export async function* jsonList(head: object, member: string, items: AsyncIterable<object>): AsyncIterable<string> {
  yield `${JSON.stringify({ ...head, [member]: [] }).slice(0, -2)}`;
  let separator = '';
  for await (const item of items) {
    yield `${separator}${JSON.stringify(item)}`;
    separator = ',\n';
  }
  yield ']}\n';
}
