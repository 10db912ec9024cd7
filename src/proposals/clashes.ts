// What a patch that was made for an older version meets in the one in force: a field that both changed, each to
// something else, is a clash. Fields are looked at as JSON Merge Patch (RFC 7396) does: objects member by member, all
// else whole.
import { isDeepStrictEqual } from 'node:util';
import { pointerOf } from '../contract/faults.js';
import { mergePatch } from '../resources/merge-patch.js';
import type { Json, Members } from './schema.js';

export interface Clash {
  /** JSON Pointer into the document as writes send it. */
  field: string;
  /** What it was in the version that the patch was made for. */
  base: Json;
  /** What it is now. */
  theirs: Json;
  /** What the patch would make of it. */
  proposed: Json;
}

/**
 * @param base the document that the patch was made for
 * @param current the one in force
 * @returns nothing where the patch can be applied to the one in force
 */
export function clashesOf(base: Members, current: Members, patch: Members, path: string[] = []): Clash[] {
  return Object.entries(patch).flatMap(([name, value]) => {
    const [was, is] = [base[name] ?? null, current[name] ?? null];
    const place = [...path, name];
    if (isMembers(value) && isMembers(was) && isMembers(is)) return clashesOf(was, is, value, place);
    const proposed = value === null ? null : mergePatch(was, value);
    if (isDeepStrictEqual(is, was) || isDeepStrictEqual(is, proposed)) return [];
    return [{ field: pointerOf(place), base: was, theirs: is, proposed }];
  });
}

const isMembers = (value: Json): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
