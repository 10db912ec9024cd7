// Changes as JSON Merge Patches (RFC 7396): what was typed since the form was filled, two after each other as one, and one
// applied.

type Members = Record<string, unknown>;
const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** @returns the patch that makes `after` of `before`; empty where they are the same */
export function patchBetween(before: Members, after: Members): Members {
  const patch: Members = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is] = [before[name], after[name]];
    if (same(was, is)) continue;
    if (isMembers(was) && isMembers(is)) patch[name] = patchBetween(was, is);
    // A list that is emptied is there, and empty.
    else patch[name] = is ?? (Array.isArray(was) ? [] : null);
  }
  return patch;
}

/** @returns the one patch that does what both do, the first one first */
export function bothOf(first: Members, second: Members): Members {
  const both = { ...first };
  for (const [name, value] of Object.entries(second)) {
    const before = both[name];
    both[name] = isMembers(before) && isMembers(value) ? bothOf(before, value) : value;
  }
  return both;
}

export function applied(target: unknown, patch: Members): Members {
  const result: Members = isMembers(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch))
    if (value === null) delete result[name];
    else result[name] = isMembers(value) ? applied(result[name], value) : value;
  return result;
}
