// Makes one document of two that tell of one development. The texts of the one that stays, the winner, stand as they are;
// links are united; what the winner lacks it takes from the other, and what could not be united is told.
import { isDeepStrictEqual } from 'node:util';
import { pointerOf } from '../contract/faults.js';
import { partsOf } from '../contract/pointer.js';
import type { Citation } from '../sources/schema.js';
import type { EventDocument } from './schema.js';

/** What of the loser is in the winner no more: where it stood there, what it was, and why. */
export interface Left {
  pointer: string;
  value: unknown;
  detail: string;
}

type Related = EventDocument['related'];

/** How entries of a list are told apart. */
const KEYS = {
  actors: ({ actor, role }: EventDocument['actors'][number]) => `${actor} ${role}`,
  topics: (slug: string) => slug,
  initiatives: (slug: string) => slug,
  action_items: ({ plan, item, effect }: EventDocument['action_items'][number]) => `${plan} ${item} ${effect}`,
  related: ({ event, relation }: Related[number]) => `${event} ${relation}`,
};
export const keyOfRelation = KEYS.related;
type List = keyof typeof KEYS;
const LISTS = Object.keys(KEYS) as List[];

/** Taken from the loser where the winner has none. */
const FILLED = ['action', 'summary', 'place', 'caveat'] as const;

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);

export function unite(winner: EventDocument, loser: EventDocument): { document: EventDocument; left: Left[] } {
  const left: Left[] = [];
  const document = { ...winner, ...filled(winner, loser) };
  for (const list of LISTS)
    Object.assign(document, { [list]: union(KEYS[list] as (entry: unknown) => string, document[list], loser[list]) });
  document.actors = document.actors.map((one) => withResponse(one, loser.actors, left));
  document.related = withoutRelationsTo(document.related, [winner.slug, loser.slug]);
  document.sources = winner.sources.flatMap((citation) => carried(citation, winner, document) ?? []);
  for (const [index, citation] of loser.sources.entries()) {
    const taken = takenOver(citation, index, loser, document, left);
    if (taken !== null && !document.sources.some((other) => isSame(other, taken))) document.sources.push(taken);
  }
  return { document, left: [...textsLeft(document, loser), ...notesLeft(document, loser), ...left] };
}

function filled(winner: EventDocument, loser: EventDocument): Partial<EventDocument> {
  const members = FILLED.filter((name) => isEmpty(winner[name]) && !isEmpty(loser[name])).map((name) => [name, loser[name]]);
  const details = winner.type === loser.type && isEmpty(winner.details) ? { details: loser.details } : {};
  return { ...Object.fromEntries(members), ...details };
}

function union<Entry>(keyOf: (entry: Entry) => string, first: Entry[], second: Entry[]): Entry[] {
  const keys = new Set(first.map(keyOf));
  return [...first, ...second.filter((entry) => !keys.has(keyOf(entry)))];
}

/** An invitee's response is taken over where there is none. */
function withResponse(one: EventDocument['actors'][number], others: EventDocument['actors'], left: Left[]) {
  const index = others.findIndex((other) => KEYS.actors(other) === KEYS.actors(one));
  const response = others[index]?.response ?? null;
  if (response === null || response === one.response) return one;
  if (one.response === null) return { ...one, response };
  left.push({ pointer: `/actors/${index}/response`, value: response, detail: `Here the response of ${one.actor} stays ${one.response}.` });
  return one;
}

export const withoutRelationsTo = (related: Related, slugs: string[]): Related => related.filter(({ event }) => !slugs.includes(event));

/** The same event, naming `to` wherever it named `from`. */
export function renamed(document: EventDocument, from: string, to: string): EventDocument {
  const before = { ...document, related: document.related.map((one) => (one.event === from ? { ...one, event: to } : one)) };
  const once = { ...before, related: [...new Map(before.related.map((one) => [KEYS.related(one), one])).values()] };
  return { ...once, sources: document.sources.flatMap((citation) => carried(citation, before, once) ?? []) };
}

/** A citation in another document: its claim follows the entry that it points to. @returns null where what it claims is another thing there */
function carried(citation: Citation, from: EventDocument, to: EventDocument): Citation | null {
  if (citation.claim === null) return citation;
  const [name, position, ...rest] = partsOf(citation.claim);
  if (LISTS.includes(name as List) && position !== undefined) {
    const keyOf = KEYS[name as List] as (entry: unknown) => string;
    const entry = (from[name as List] as unknown[])[Number(position)];
    const index = (to[name as List] as unknown[]).findIndex((one) => entry !== undefined && keyOf(one) === keyOf(entry));
    if (index < 0) return null;
    const claim = pointerOf([name!, String(index), ...rest]);
    return isDeepStrictEqual(valueAt(from, citation.claim), valueAt(to, claim)) ? { ...citation, claim } : null;
  }
  if (LISTS.includes(name as List)) return citation;
  return isDeepStrictEqual(valueAt(from, citation.claim), valueAt(to, citation.claim)) ? citation : null;
}

/** A citation of the loser in the winner: where the winner says something else, it backs the event as a whole. @returns null where it is left */
export function takenOver(citation: Citation, index: number, loser: EventDocument, document: EventDocument, left: Left[]): Citation | null {
  const same = carried(citation, loser, document);
  if (same !== null) return same;
  const pointer = `/sources/${index}`;
  if (citation.stance === 'disputes') {
    left.push({ pointer, value: citation, detail: `It disputed ${citation.claim}, which says something else here.` });
    return null;
  }
  const detail = `It backed ${citation.claim}, which says something else here; it backs the event as a whole.`;
  left.push({ pointer, value: citation, detail });
  const { value: _, ...rest } = citation;
  return { ...rest, claim: null };
}

export const isSame = (there: Citation, other: Citation): boolean =>
  there.source === other.source &&
  there.claim === other.claim &&
  there.stance === other.stance &&
  (other.quote === null || there.quote === other.quote) &&
  isDeepStrictEqual(there.value, other.value);

const valueAt = (document: object, pointer: string): unknown =>
  partsOf(pointer).reduce<unknown>((value, part) => (value as Record<string, unknown> | null | undefined)?.[part], document);

/** The members that are no links, and those that name the event. */
const OWN = new Set<string>([...LISTS, 'sources', 'slug', 'state', 'merged_into']);

function textsLeft(document: EventDocument, loser: EventDocument): Left[] {
  return Object.entries(loser)
    .filter(([name, value]) => !OWN.has(name) && !isEmpty(value))
    .filter(([name, value]) => !isDeepStrictEqual(document[name as keyof EventDocument], value))
    .map(([name, value]) => ({ pointer: `/${name}`, value, detail: `The ${name} of the event that stays is kept.` }));
}

function notesLeft(document: EventDocument, loser: EventDocument): Left[] {
  return loser.action_items.flatMap((item, index) => {
    const there = document.action_items.find((one) => KEYS.action_items(one) === KEYS.action_items(item));
    if (item.note === null || there?.note === item.note) return [];
    const detail = `The note on item ${item.item} of the event that stays is kept.`;
    return [{ pointer: `/action_items/${index}/note`, value: item.note, detail }];
  });
}
