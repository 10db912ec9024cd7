// Has an event name what stands: a relation to an event that was merged since becomes one to the event that it became part
// of. So what is sent, reverted or restored may name an event as it was called before a merge.
import { prepared } from '../database/statement.js';
import type { Transaction } from '../database/write.js';
import type { Followed } from '../resources/options.js';
import type { Citation } from '../sources/schema.js';
import type { EventDocument } from './schema.js';
import { isSame, keyOfRelation, takenOver } from './uniting.js';

/** By their slugs, which each event keeps for good; the state of the last revision of a merged one says where it went. */
const MERGED = `
  with recursive merged as (
    select e.slug, r.state ->> 'merged_into' as winner from events e
      join revisions r on r.entity_id = e.id and r.superseded_at is null and r.operation = 'merged'
      where e.slug = any($1::text[]) and e.deleted_at is not null
    union
    select e.slug, r.state ->> 'merged_into' from merged m join events e on e.slug = m.winner and e.deleted_at is not null
      join revisions r on r.entity_id = e.id and r.superseded_at is null and r.operation = 'merged'
  )
  select slug, winner from merged`;

/** One statement; none where no document names an event. */
export async function followMerged(tx: Transaction, documents: EventDocument[]): Promise<Followed<EventDocument>[]> {
  const named = [...new Set(documents.flatMap(({ related }) => related.map(({ event }) => event)))];
  if (named.length === 0) return documents.map((document) => ({ document }));
  const { rows } = await tx.query<{ slug: string; winner: string }>(prepared(MERGED, [named]));
  const winners = new Map(rows.map(({ slug, winner }) => [slug, winner]));
  return documents.map((document) => (document.related.some(({ event }) => winners.has(event)) ? follow(document, winners) : { document }));
}

function follow(sent: EventDocument, winners: Map<string, string>): Followed<EventDocument> {
  const standing = (slug: string): string => (winners.has(slug) ? standing(winners.get(slug)!) : slug);
  const related = sent.related.map((one) => ({ ...one, event: standing(one.event) }));
  const keys = related.map(keyOfRelation);
  const isAsSent = (place: number) => related[place]!.event === sent.related[place]!.event;
  // What was sent twice, or of itself, is refused where the event is saved.
  const relations = placesOf(
    related,
    ({ event }, place) =>
      isAsSent(place) || (event !== sent.slug && !keys.some((key, other) => key === keys[place] && (other < place || isAsSent(other)))),
  );
  const before = { ...sent, related };
  const document = { ...before, related: relations.map((place) => related[place]!) };
  const carried = sent.sources.map((citation, index) => takenOver(citation, index, before, document, []));
  const isThere = (one: Citation, place: number) => carried.some((other, at) => at !== place && other !== null && isSame(other, one));
  const citations = placesOf(
    carried,
    (one, place) => one !== null && (one.claim !== null || sent.sources[place]!.claim === null || !isThere(one, place)),
  );
  const places: Record<string, number[]> = { related: relations, sources: citations };
  return {
    document: { ...document, sources: citations.map((place) => carried[place]!) },
    sentAt: (pointer) =>
      pointer.replace(/^\/(related|sources)\/(\d+)/, (_, list: string, place: string) => `/${list}/${places[list]![Number(place)]}`),
  };
}

/** The places of those that stay. */
const placesOf = <Entry>(list: Entry[], stays: (entry: Entry, place: number) => boolean): number[] =>
  [...list.keys()].filter((place) => stays(list[place]!, place));
