// What writes may send in place of a reference: a whole actor, topic or initiative. It is made in the same transaction.
import type { Write } from '../database/write.js';
import { RejectedRows } from '../errors.js';
import type { ResourceService } from './service.js';
import { slugOf } from './slugs.js';

/** Where a reference stands: the row of its document, and the pointer inside it. */
export interface Reference<Input> {
  row: number;
  pointer: string;
  reference: string | Input;
}

/**
 * Makes what was sent in full. Something sent with a slug that exists is linked as it stands.
 * @returns the slug of each reference, in order
 * @throws RejectedRows where something without a slug bears the name of one that exists
 */
export async function settle<Input extends { slug?: string | undefined; name: string }, Document extends object, Query>(
  write: Write,
  service: Pick<ResourceService<Input, Document, Query>, 'store' | 'createAll' | 'noun'>,
  references: Reference<Input>[],
): Promise<string[]> {
  const slugs = references.map(({ reference }) =>
    typeof reference === 'string' ? reference : (reference.slug ?? slugOf(reference.name) ?? service.noun),
  );
  const inline = new Map<string, Reference<Input>>();
  for (const [index, one] of references.entries()) if (typeof one.reference !== 'string') inline.set(slugs[index]!, one);
  if (inline.size === 0) return slugs;
  const known = await service.store.locate(write.tx, [...inline.keys()]);
  const faults = [...inline].flatMap(([slug, { row, pointer, reference }]) =>
    known.has(slug) && (reference as Input).slug === undefined
      ? [
          {
            row,
            fault: { pointer, detail: `There is the ${service.noun} ${slug} already; name it by that slug, or give yours another slug.` },
          },
        ]
      : [],
  );
  if (faults.length > 0) throw new RejectedRows(faults);
  const fresh = [...inline]
    .filter(([slug]) => !known.has(slug))
    .map(([slug, { reference, ...place }]) => ({ ...place, input: { ...(reference as Input), slug } }));
  await createInline(write, service, fresh);
  return slugs;
}

/** Creates what stands inside other documents; faults are told by where it stands there. */
export async function createInline<Input, Document extends object, Query>(
  write: Write,
  service: Pick<ResourceService<Input, Document, Query>, 'createAll'>,
  placed: { row: number; pointer: string; input: Input }[],
): Promise<void> {
  if (placed.length === 0) return;
  try {
    await service.createAll(write, placed);
  } catch (error) {
    throw error instanceof RejectedRows ? error.within(placed) : error;
  }
}
