// Makes the timeline in a form other than its own JSON: a page of a feed, a page that was asked for, or all of it.
import type { FastifyRequest } from 'fastify';
import type { Made } from '../http/answer-cache.js';
import { firstOf, neighboursOf } from '../http/listing.js';
import type { About, Entries, Entry, Format, Published } from './formats/format.js';
import type { Asked, FormQuery, TimelineMeta } from './schema.js';
import { onlyOf, type TimelineStore } from './store.js';

/** Under which address the reader reached this server. */
export type OriginOf = (request: FastifyRequest) => string;

/** A form that is asked for. */
export interface Form {
  format: Format;
  query: FormQuery;
  /** The question as an address, in its one spelling. */
  address: string;
  /** Under which readers reach this server. */
  origin: string;
}

export const createForms =
  (store: TimelineStore) =>
  async (form: Form): Promise<Made> => {
    const { format, query, address } = form;
    const { order = 'asc', limit, cursor, eras: wantsEras, ...filters } = query;
    const type = `${format.media_type}${format.parameters}`;
    const named: Record<string, string> = format.suffix === 'csv' ? { 'content-disposition': 'attachment; filename="timeline.csv"' } : {};
    const { eras, seq, isFinal: areFinal = true } = wantsEras ? await store.eras(filters) : { eras: [] };
    /** The state of all that was read. */
    const stateOf = (other: number | null) => onlyOf(new Set(seq === undefined ? [other] : [seq, other]));
    if (format.is_feed || limit !== undefined || cursor !== undefined) {
      const page = format.is_feed ? await store.recorded(filters, { limit, cursor }) : await readPage(store, query);
      const { headers, ...neighbours } = neighboursOf(address, page);
      const about = aboutOf(form, filters, page.meta, { ...neighbours, eras });
      const body = await textOf(format, each(page.data), about);
      return { body, type, headers: { ...named, ...headers }, seq: stateOf(page.seq), isFinal: page.isFinal && areFinal };
    }
    const opened = await store.open(filters, order === 'relevance' ? 'relevance' : 'happened', { isDescending: order === 'desc' });
    const about = aboutOf(form, filters, opened.meta, { eras });
    const body = opened.isWhole ? await textOf(format, opened.entries, about) : format.write(opened.entries, about);
    return { body, type, headers: named, seq: stateOf(opened.seq), isFinal: opened.isFinal && areFinal };
  };

const aboutOf = ({ address, origin }: Form, filters: Asked, meta: TimelineMeta, more: Partial<About>): About => ({
  title: titleOf(filters),
  origin,
  address,
  first: firstOf(address),
  next: null,
  previous: null,
  updated_at: meta.last_change_at,
  eras: [],
  ...more,
});

async function readPage(store: TimelineStore, { eras: _, ...query }: FormQuery) {
  const { data, ...page } = await store.read(query);
  return { ...page, data: data.map((card): Published => ({ card, event: JSON.parse(card) })) };
}

async function* each(entries: Entry[]): Entries {
  yield* entries;
}

async function textOf(format: Format, entries: Entries, about: About): Promise<string> {
  let text = '';
  for await (const piece of format.write(entries, about)) text += piece;
  return text;
}

/** "Demarche: type export_control · topic chips or compute" */
function titleOf(filters: Asked): string {
  const parts = Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${[value].flat().join(' or ')}`]));
  return parts.length === 0 ? 'Demarche' : `Demarche: ${parts.join(' · ')}`;
}
