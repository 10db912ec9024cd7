// Decides which source a citation means: one that exists, by url, slug or id, or one that is sent inline and made.
import { newId } from '../contract/ids.js';
import type { Write } from '../database/write.js';
import { type Fault, RejectedRows } from '../errors.js';
import { createResourceService, type ResourceOptions } from '../resources/service.js';
import type { Citation, CitationInput, SourceDocument, SourceInput } from './schema.js';
import type { SourceStore } from './store.js';

type Options = Pick<ResourceOptions<SourceInput, SourceDocument>, 'database' | 'refresh'> & { store: SourceStore };

export type SourceService = ReturnType<typeof createSourceService>;

export function createSourceService({ store, ...options }: Options) {
  const service = createResourceService<SourceInput, SourceDocument>({
    ...options,
    store,
    entity: 'source',
    noun: 'source',
    path: '/v1/sources',
    prepare: async (_write, inputs) => inputs,
    keyOf: (document) => document.slug,
  });

  /**
   * @param rows the citations of each row
   * @returns the same with sources by id
   * @throws RejectedRows where a source named by url, slug or id does not exist
   */
  async function cite(write: Write, rows: CitationInput[][]): Promise<Citation[][]> {
    const all = rows.flat().map(({ source }) => source);
    const inline = new Map(all.flatMap((source) => (typeof source === 'string' ? [] : [[source.url ?? source.slug!, source]])));
    const named = [...new Set([...all.filter((source) => typeof source === 'string'), ...inline.keys()])];
    const known = await store.find(write.tx, named);
    const fresh = [...inline].filter(([reference]) => !known.has(reference));
    if (fresh.length > 0) {
      await service.createAll(write, fresh.map(([, source]) => source));
      for (const [reference, id] of await store.find(write.tx, fresh.map(([reference]) => reference))) known.set(reference, id);
    }
    const faults: { row: number; fault: Fault }[] = [];
    const cited = rows.map((citations, row) =>
      citations.map((citation, index) => {
        const reference = typeof citation.source === 'string' ? citation.source : (citation.source.url ?? citation.source.slug!);
        const id = known.get(reference);
        if (id === undefined) faults.push({ row, fault: { pointer: `/sources/${index}/source`, detail: `There is no source ${reference}; send it inline with url and title, or create it first.` } });
        return { ...citation, source: id ?? newId() };
      }),
    );
    if (faults.length > 0) throw new RejectedRows(faults);
    return cited;
  }

  return { ...service, cite };
}
