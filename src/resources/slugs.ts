// How resources get slugs of their own: from their titles, with a number where one is taken.
import slugify from '@sindresorhus/slugify';
import { newId, SLUG_LENGTH } from '../contract/ids.js';
import type { Transaction } from '../database/write.js';
import type { ResourceStore } from './store.js';

/** Slugs for documents without one, from their titles; a number is added where one is taken, or may not be. @param reserved addresses of something else */
export async function nameAll<Document>(
  tx: Transaction,
  store: Pick<ResourceStore<Document>, 'locate'>,
  inputs: { slug?: string | undefined; title: string; otherwise: string }[],
  reserved: readonly string[] = [],
): Promise<string[]> {
  const stems = inputs.map(({ slug, title, otherwise }) => slug ?? slugOf(title) ?? otherwise);
  const candidates = stems.flatMap((stem, index) => (inputs[index]!.slug === undefined ? numbered(stem) : []));
  const others = inputs.flatMap(({ slug }) => slug ?? []);
  const taken = new Set([...(candidates.length === 0 ? [] : (await store.locate(tx, candidates)).keys()), ...reserved, ...others]);
  return stems.map((stem, index) => {
    if (inputs[index]!.slug !== undefined) return stem;
    const free = numbered(stem).find((candidate) => !taken.has(candidate)) ?? `${stem}-${newId().slice(-5)}`;
    taken.add(free);
    return free;
  });
}

/** A slug made of a title; undefined where nothing of it can be spelled in a-z. Room is left for a number. */
export const slugOf = (title: string): string | undefined =>
  slugify(title)
    .slice(0, SLUG_LENGTH - 6)
    .replace(/-+$/, '') || undefined;

const numbered = (stem: string): string[] => [stem, ...Array.from({ length: 19 }, (_, index) => `${stem}-${index + 2}`)];
