// Decides which source a citation means: one that exists, by url, slug or id, or one that is sent inline and made.
import { newId } from '../contract/ids.js';
import { projectionOf } from '../contract/projection.js';
import type { Write } from '../database/write.js';
import { type Fault, RejectedRows } from '../errors.js';
import { createInline } from '../resources/inline.js';
import { createResourceService, type ResourceOptions } from '../resources/service.js';
import { type Citation, type CitationInput, type SourceDocument, type SourceInput, type SourceQuery, sourceForms } from './schema.js';
import type { SourceStore } from './store.js';

type Options = Pick<ResourceOptions<SourceInput, SourceDocument, SourceQuery>, 'database' | 'moments' | 'refresh'> & { store: SourceStore };

export type SourceService = ReturnType<typeof createSourceService>;

export function createSourceService({ store, ...options }: Options) {
  const service = createResourceService<SourceInput, SourceDocument, SourceQuery>({
    ...options,
    store,
    entity: 'source',
    noun: 'source',
    addressOf: (key) => `/v1/sources/${key}`,
    prepare: async (_write, inputs) => inputs,
    keyOf: (document) => document.slug,
    fixed: 'slug',
    kept: projectionOf(sourceForms.input),
  });

  /**
   * @param rows the citations of each row
   * @returns the same with sources by id
   * @throws RejectedRows where a source named by url, slug or id does not exist
   */
  async function cite(write: Write, rows: CitationInput[][]): Promise<Citation[][]> {
    const placed = rows.flatMap((citations, row) =>
      citations.map(({ source }, index) => ({ row, pointer: `/sources/${index}/source`, source })),
    );
    const inline = new Map(
      placed.flatMap(({ source, ...place }) => (typeof source === 'string' ? [] : [[referenceOf(source), { ...place, input: source }]])),
    );
    const known = await store.find(write.tx, [...new Set(placed.map(({ source }) => referenceOf(source)))]);
    const fresh = [...inline].filter(([reference]) => !known.has(reference));
    if (fresh.length > 0) {
      await createInline(
        write,
        service,
        fresh.map(([, one]) => one),
      );
      for (const [reference, id] of await store.find(
        write.tx,
        fresh.map(([reference]) => reference),
      ))
        known.set(reference, id);
    }
    const faults: { row: number; fault: Fault }[] = [];
    const cited = rows.map((citations, row) =>
      citations.map((citation, index) => {
        const reference = referenceOf(citation.source);
        const id = known.get(reference);
        if (id === undefined)
          faults.push({
            row,
            fault: {
              pointer: `/sources/${index}/source`,
              detail: `There is no source ${reference}; send it inline with url and title, or create it first.`,
            },
          });
        return { ...citation, source: id ?? newId() };
      }),
    );
    if (faults.length > 0) throw new RejectedRows(faults);
    return cited;
  }

  return { ...service, cite };
}

/** By what a source is found: what it was named by, or the url or slug of one sent in full. */
const referenceOf = (source: CitationInput['source']): string => (typeof source === 'string' ? source : (source.url ?? source.slug!));
