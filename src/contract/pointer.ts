// JSON Pointers (RFC 6901) into a document: whether there is something where one points, and if not, what was meant.
import { nearest, pointerOf } from './faults.js';

/** The parts of a pointer, unescaped; none for the empty one. */
export const partsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/**
 * @param known the names that a document of this kind may have at its top: those may be pointed at even where they are empty
 * @param noun the kind of document, as in "an event"
 * @returns what is wrong with the pointer and what it may have meant; undefined where it leads somewhere
 */
export function whyLost(pointer: string, document: object, known: string[], noun: string): string | undefined {
  const [first, ...rest] = partsOf(pointer);
  if (!known.includes(first!)) return `There is no member ${shorten(first!)} in ${noun}${hintAt(first!, known, '')}`;
  let place = pointerOf([first!]);
  let value: unknown = (document as Record<string, unknown>)[first!];
  for (const part of rest) {
    if (!isBranch(value))
      return `There is nothing at ${shorten(pointer)}, since ${place} is ${value == null ? 'empty' : 'a single value'}; point to ${place}.`;
    const names = Object.keys(value);
    if (!names.includes(part))
      return Array.isArray(value)
        ? `There is nothing at ${shorten(pointer)}; ${place} has ${value.length === 0 ? 'no entries' : `the entries 0 to ${value.length - 1}`}.`
        : `There is nothing at ${shorten(pointer)}${hintAt(part, names, place)}`;
    value = (value as Record<string, unknown>)[part];
    place += pointerOf([part]);
  }
  return undefined;
}

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null;
const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

function hintAt(part: string, names: string[], place: string): string {
  const near = nearest(part, names);
  const pointers = (near === undefined ? names : [near]).map((name) => place + pointerOf([name]));
  if (near !== undefined) return `; did you mean ${pointers[0]}?`;
  return pointers.length === 0 ? `; ${place} is empty.` : `; there are ${pointers.join(', ')}.`;
}
