// The one way in: whatever is sent, by the API, a data file or the command line, is held against its schema here.
import type { z } from 'zod';
import type { Fault } from '../errors.js';
import { faultsOf, type Place, pointerOf } from './faults.js';

export type Checked<Value> = { value: Value; faults?: undefined } | { value?: undefined; faults: Fault[] };

/** Deeper than anything that a schema takes; a body of a million brackets goes no further. */
const DEEPEST = 32;

/**
 * @param input plain JSON, or the parameters of a request by name
 * @returns the value that the schema makes of it, or all that is to be mended
 */
export function check<Value>(schema: z.ZodType<Value>, input: unknown, place: Place): Checked<Value> {
  const unfit = unstorable(input).map(
    ({ path, detail }): Fault => (place === 'body' ? { pointer: pointerOf(path), detail } : { parameter: path[0]!, detail }),
  );
  if (unfit.length > 0) return { faults: unfit };
  const result = schema.safeParse(input, { reportInput: true });
  return result.success ? { value: result.data } : { faults: faultsOf(result.error, place, schema) };
}

interface Unfit {
  path: string[];
  detail: string;
}

/** Text that PostgreSQL cannot keep, be it a value or a name, and nesting without end. Looks at all that is sent, so it makes nothing that is not told. */
function unstorable(input: unknown, path: string[] = [], found: Unfit[] = []): Unfit[] {
  if (typeof input === 'string') {
    if (!isStorable(input)) found.push({ path: [...path], detail: 'The text holds a NUL or half of a surrogate pair; take it out.' });
  } else if (typeof input === 'object' && input !== null) {
    if (path.length === DEEPEST) {
      found.push({ path: path.slice(0, 3), detail: `This is nested deeper than ${DEEPEST} levels; nothing here is.` });
      return found;
    }
    for (const name of Object.keys(input)) {
      if (!isStorable(name)) {
        found.push({ path: [...path], detail: 'A name here holds a NUL or half of a surrogate pair; take it out.' });
        continue;
      }
      path.push(name);
      unstorable((input as Record<string, unknown>)[name], path, found);
      path.pop();
    }
  }
  return found;
}

const isStorable = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();
