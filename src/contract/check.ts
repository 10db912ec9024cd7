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
  const unfit = unstorable(input, []).map(
    ({ path, detail }): Fault => (place === 'body' ? { pointer: pointerOf(path), detail } : { parameter: path[0]!, detail }),
  );
  if (unfit.length > 0) return { faults: unfit };
  const result = schema.safeParse(input, { reportInput: true });
  return result.success ? { value: result.data } : { faults: faultsOf(result.error, place, schema) };
}

/** Text that PostgreSQL cannot keep, be it a value or a name, and nesting without end. */
function unstorable(input: unknown, path: string[]): { path: string[]; detail: string }[] {
  if (typeof input === 'string')
    return isStorable(input) ? [] : [{ path, detail: 'The text holds a NUL or half of a surrogate pair; take it out.' }];
  if (typeof input !== 'object' || input === null) return [];
  if (path.length === DEEPEST)
    return [{ path: path.slice(0, 3), detail: `This is nested deeper than ${DEEPEST} levels; nothing here is.` }];
  return Object.entries(input).flatMap(([name, value]) =>
    isStorable(name)
      ? unstorable(value, [...path, name])
      : [{ path, detail: 'A name here holds a NUL or half of a surrogate pair; take it out.' }],
  );
}

const isStorable = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();
