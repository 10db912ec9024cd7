// In which order documents stand in an export: one that does not depend on ids, so that the same documents have the same
// bytes wherever they are, and in which each can be imported after those before it.
import type { Document, Kind } from '../kinds.js';

/** As the code units of the text count: no locale of a database has a say. */
export const byKey =
  ({ keyOf }: Pick<Kind, 'keyOf'>) =>
  (one: Document, other: Document): number => {
    const [first, second] = [keyOf(one) ?? '', keyOf(other) ?? ''];
    return first < second ? -1 : first > second ? 1 : 0;
  };

/** Of the same kind, what a document names. */
export function needsOf({ entity }: Kind, document: Document): string[] {
  if (entity === 'topic') return named(document.broader);
  if (entity === 'actor') return named(document.affiliation);
  if (entity === 'event') return ((document.related ?? []) as { event: string }[]).map(({ event }) => event);
  return [];
}

const named = (slug: unknown): string[] => (typeof slug === 'string' ? [slug] : []);

/** Holds back what names others until they have gone by. What names others that never come goes last. */
export async function* afterTheirNeeds(kind: Kind, documents: AsyncIterable<Document>): AsyncGenerator<Document> {
  const gone = new Set<string>();
  const waiting = new Map<string, Document[]>();
  const missing = (document: Document) => needsOf(kind, document).find((key) => !gone.has(key));
  const held = new Set<Document>();

  function* release(document: Document): Generator<Document> {
    const queue = [document];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const lacking = missing(next);
      if (lacking !== undefined) {
        held.add(next);
        waiting.set(lacking, [...(waiting.get(lacking) ?? []), next]);
        continue;
      }
      held.delete(next);
      const key = kind.keyOf(next)!;
      gone.add(key);
      yield next;
      queue.push(...(waiting.get(key) ?? []));
      waiting.delete(key);
    }
  }

  for await (const document of documents) yield* release(document);
  yield* held;
}

/** Puts those in order that stand at one place of the timeline, where the server has them by id. */
export async function* sortedWithin(documents: AsyncIterable<{ place: string; document: Document }>, kind: Kind): AsyncGenerator<Document> {
  let [place, group]: [string, Document[]] = ['', []];
  for await (const one of documents) {
    if (one.place !== place) {
      yield* group.sort(byKey(kind));
      [place, group] = [one.place, []];
    }
    group.push(one.document);
  }
  yield* group.sort(byKey(kind));
}
