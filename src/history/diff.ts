// The difference between two states in plain English, for people: one sentence for each member that changed, and for
// each entry of a list that came, went or changed.
import { isDeepStrictEqual } from 'node:util';
import { pointerOf } from '../contract/faults.js';

export interface Difference {
  /** Into the later state; for what was removed, into the earlier one. */
  pointer: string;
  /** What the entry of a list is called. */
  label?: string;
  from: unknown;
  to: unknown;
  sentence: string;
}

type Members = Record<string, unknown>;

/** A place in both states, and what sentences call it. */
interface Place {
  path: PropertyKey[];
  noun: string;
}

/** Texts longer than this are not repeated in a sentence. */
const LONGEST = 80;

/** The members that tell an entry of a list from the others, the first that it has. */
const NAMING = ['actor', 'source', 'event', 'plan', 'priority', 'topic', 'title', 'name', 'text', 'what'];

/** Names of lists whose entry is not called by dropping an s. */
const ENTRIES: Record<string, string> = { aliases: 'alias', related: 'relation to' };

/** @param names what things are called that states refer to by id */
export function differencesBetween(before: object, after: object, names: ReadonlyMap<string, string>): Difference[] {
  return ofMembers({ path: [], noun: '' }, before as Members, after as Members);

  function ofMembers(place: Place, from: Members, to: Members): Difference[] {
    return [...new Set([...Object.keys(to), ...Object.keys(from)])].flatMap((name) => ofValue(within(place, name), from[name], to[name]));
  }

  function ofValue(place: Place, from: unknown, to: unknown): Difference[] {
    // What is left out and what is null mean the same.
    if (isDeepStrictEqual(from ?? null, to ?? null)) return [];
    if (isMembers(from) && isMembers(to)) return ofMembers(place, from, to);
    if (isList(from) && isList(to)) return ofList(place, from ?? [], to ?? []);
    return [{ pointer: pointerOf(place.path), from: from ?? null, to: to ?? null, sentence: changeOf(place.noun, from, to) }];
  }

  function ofList(place: Place, from: unknown[], to: unknown[]): Difference[] {
    const { gone, come, stayed } = pair(from, to, labelOf);
    const noun = entryOf(String(place.path.at(-1)));
    const told = (index: number, entry: unknown, isNew: boolean): Difference => {
      const label = labelOf(entry);
      return {
        pointer: pointerOf([...place.path, index]),
        ...(label !== undefined && { label }),
        from: isNew ? null : entry,
        to: isNew ? entry : null,
        sentence: `${named(noun, label)} was ${isNew ? `added${roleOf(entry)}` : 'removed'}.`,
      };
    };
    const differences = [
      ...stayed.flatMap(([old, young]) => {
        const label = labelOf(to[young]);
        const entry = { path: [...place.path, young], noun: label === undefined ? noun : `${noun} ${quoted(label)}` };
        return ofValue(entry, from[old], to[young]).map((one) => ({ ...one, ...(label !== undefined && { label }) }));
      }),
      ...come.map((index) => told(index, to[index], true)),
      ...gone.map((index) => told(index, from[index], false)),
    ];
    if (differences.length > 0 || from.length === 0) return differences;
    return [{ pointer: pointerOf(place.path), from, to, sentence: `The order of the ${place.noun} changed.` }];
  }

  /** What an entry is called: itself, or the first member that tells it from others. */
  function labelOf(entry: unknown): string | undefined {
    if (!isMembers(entry)) return isList(entry) ? undefined : nameOf(entry);
    const naming = NAMING.find((name) => typeof entry[name] === 'string');
    if (naming === undefined) return undefined;
    const label = nameOf(entry[naming]);
    return naming === 'plan' && entry.item !== undefined ? `${label}/${entry.item}` : label;
  }

  function nameOf(value: unknown): string {
    const text = names.get(String(value)) ?? String(value);
    return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  }
}

/** Entries that are equal in both lists belong together, then those that bear one name; the rest went or came. */
function pair(from: unknown[], to: unknown[], labelOf: (entry: unknown) => string | undefined) {
  const stayed: [number, number][] = [];
  let [gone, come] = [[...from.keys()], [...to.keys()]];
  for (const keyOf of [JSON.stringify, labelOf]) {
    const waiting = new Map<string | undefined, number[]>();
    for (const index of gone) {
      const key = keyOf(from[index]);
      waiting.set(key, [...(waiting.get(key) ?? []), index]);
    }
    come = come.filter((index) => {
      const key = isMembers(to[index]) || keyOf === JSON.stringify ? keyOf(to[index]) : undefined;
      const old = key === undefined ? undefined : waiting.get(key)?.shift();
      if (old !== undefined) stayed.push([old, index]);
      return old === undefined;
    });
    const taken = new Set(stayed.map(([old]) => old));
    gone = gone.filter((index) => !taken.has(index));
  }
  return { gone, come, stayed };
}

function changeOf(noun: string, from: unknown, to: unknown): string {
  const [old, young] = [shown(from), shown(to)];
  if (isNothing(from)) return young === undefined ? `The ${noun} was added.` : `The ${noun} was set to ${young}.`;
  if (isNothing(to)) return old === undefined ? `The ${noun} was removed.` : `The ${noun} was removed; it was ${old}.`;
  if (old !== undefined && young !== undefined) return `The ${noun} changed from ${old} to ${young}.`;
  return typeof from === 'string' && typeof to === 'string' ? `The ${noun} was reworded.` : `The ${noun} changed.`;
}

/** A value within a sentence; undefined where it is too long for one. */
function shown(value: unknown): string | undefined {
  if (isMembers(value)) {
    const parts = Object.values(value).filter((part) => !isNothing(part));
    return parts.length === 0 || parts.some((part) => typeof part === 'object') ? undefined : shown(parts.join(', '));
  }
  if (Array.isArray(value)) return undefined;
  const text = String(value);
  return text.length > LONGEST ? undefined : quoted(text);
}

/** Words in quotation marks; names, numbers and dates as they are. */
const quoted = (text: string): string => (/^[\w.:/+~%-]+$/.test(text) ? text : `“${text}”`);

const named = (noun: string, label: string | undefined): string =>
  label === undefined ? `${/^[aeiou]/.test(noun) ? 'An' : 'A'} ${noun}` : `The ${noun} ${quoted(label)}`;

const roleOf = (entry: unknown): string => (isMembers(entry) && typeof entry.role === 'string' ? ` as ${wordsOf(entry.role)}` : '');

function within({ path, noun }: Place, name: string): Place {
  const words = wordsOf(name);
  return { path: [...path, name], noun: noun === '' || noun === 'details' ? words : `${words} of the ${noun}` };
}

const wordsOf = (name: string): string => name.replaceAll('_', ' ');
const entryOf = (list: string): string =>
  ENTRIES[list] ??
  wordsOf(list)
    .replace(/ies$/, 'y')
    .replace(/([^s])s$/, '$1');
const isNothing = (value: unknown): boolean => value === null || value === undefined || value === '';
const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
const isList = (value: unknown): value is unknown[] | null | undefined => Array.isArray(value) || value == null;
