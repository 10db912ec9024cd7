// Surrogate keys: what an answer follows from, in words that a shared cache finds it by, so that it can be dropped there
// once a change makes it untrue. Answers and changes speak of it in the same words.
//
// Guarantee: an answer that a change makes untrue bears one of the keys of that change.

/** On every answer. */
export const ALL = 'all';
/** On what may follow from any change: lists, the timeline, counts, what is told by events of others, pages. */
export const OVERVIEW = 'overview';
/** On every single event: which of them name one that comes into sight nobody may be told before. */
export const EVENTS = 'events';

export const surrogateKey = (entity: string, name: string): string => `${entity}/${name}`;

/** What a change is told as. */
export interface Told {
  entity: string;
  id: string;
  slug: string | null;
  operation: string;
  version: number;
}

/** The keys of the answers that a change, as readers without a key are told of it, may make untrue. */
export function keysOf({ entity, id, slug, operation, version }: Told): string[] {
  const isMoved = entity === 'event' && operation !== 'updated' && version > 1;
  return [OVERVIEW, surrogateKey(entity, id), ...(slug === null ? [] : [surrogateKey(entity, slug)]), ...(isMoved ? [EVENTS] : [])];
}
