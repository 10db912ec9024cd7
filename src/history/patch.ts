// The difference between two states as a JSON Patch (RFC 6902), for programs.
import { isDeepStrictEqual } from 'node:util';
import { createPatch, type Operation } from 'rfc6902';

type Differ = NonNullable<Parameters<typeof createPatch>[2]>;

/** The library looks for the shortest patch of a list, at a cost of the product of both lengths; up to here it may. */
const MOST_PAIRS = 400;

/** @returns what makes `after` out of `before`; empty where they are equal */
export const patchBetween = (before: object, after: object): Operation[] => createPatch(before, after, diffLongLists);

const diffLongLists: Differ = (before, after, pointer) => {
  if (!Array.isArray(before) || !Array.isArray(after) || before.length * after.length <= MOST_PAIRS) return undefined;
  return patchOfList(before, after, pointer.toString());
};

/** In one pass: what both ends have in common stays; what lies between is replaced one by one, then removed or added. */
function patchOfList(before: unknown[], after: unknown[], path: string): Operation[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isDeepStrictEqual(before[start], after[start])) start += 1;
  let end = 0;
  while (end < shorter - start && isDeepStrictEqual(before.at(-1 - end), after.at(-1 - end))) end += 1;
  const [olds, news] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  const operations: Operation[] = [];
  for (let index = 0; index < Math.min(olds.length, news.length); index += 1)
    if (!isDeepStrictEqual(olds[index], news[index]))
      operations.push({ op: 'replace', path: `${path}/${start + index}`, value: news[index] });
  // From the end, so that no position shifts before its turn.
  for (let index = olds.length - 1; index >= news.length; index -= 1) operations.push({ op: 'remove', path: `${path}/${start + index}` });
  for (let index = olds.length; index < news.length; index += 1)
    operations.push({ op: 'add', path: `${path}/${start + index}`, value: news[index] });
  return operations;
}
