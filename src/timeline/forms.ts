// Answers the timeline in a form other than its own JSON: a page of a feed, a page that was asked for, or all of it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendAnswer, sendStream } from '../http/conditional.js';
import { firstOf, linkNeighbours } from '../http/listing.js';
import type { About, Entries, Entry, Format, Published } from './formats/format.js';
import type { FormQuery, TimelineFilters, TimelineMeta } from './schema.js';
import type { TimelineStore } from './store.js';

/** Under which address the reader reached this server. */
export type OriginOf = (request: FastifyRequest) => string;

export function createForms(store: TimelineStore, originOf: OriginOf) {
  const aboutOf = (request: FastifyRequest, filters: TimelineFilters, meta: TimelineMeta, more: Partial<About> = {}): About => ({
    title: titleOf(filters),
    origin: originOf(request),
    address: request.url,
    first: firstOf(request.url),
    next: null,
    previous: null,
    updated_at: meta.last_change_at,
    eras: [],
    ...more,
  });

  return async (request: FastifyRequest, reply: FastifyReply, format: Format, query: FormQuery): Promise<FastifyReply> => {
    const { order = 'asc', limit, cursor, eras: wantsEras, ...filters } = query;
    const type = `${format.media_type}${format.parameters}`;
    if (format.suffix === 'csv') reply.header('content-disposition', 'attachment; filename="timeline.csv"');
    const eras = wantsEras ? await store.eras(filters) : [];
    if (format.is_feed || limit !== undefined || cursor !== undefined) {
      const page = format.is_feed ? await store.recorded(filters, { limit, cursor }) : await readPage(query);
      const about = aboutOf(request, filters, page.meta, { ...linkNeighbours(request, reply, page), eras });
      return sendAnswer(request, reply, { body: await textOf(format, each(page.data), about) }, type);
    }
    const { entries, isWhole, meta } = await store.open(filters, order === 'relevance' ? 'relevance' : 'happened', {
      isDescending: order === 'desc',
    });
    const about = aboutOf(request, filters, meta, { eras });
    if (isWhole) return sendAnswer(request, reply, { body: await textOf(format, entries, about) }, type);
    return sendStream(request, reply, format.write(entries, about), `${meta.as_of_seq} ${about.origin}`, type);
  };

  async function readPage({ eras: _, ...query }: FormQuery) {
    const { data, ...page } = await store.read(query);
    return { ...page, data: data.map((card): Published => ({ card, event: JSON.parse(card) })) };
  }
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
function titleOf(filters: TimelineFilters): string {
  const parts = Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${[value].flat().join(' or ')}`]));
  return parts.length === 0 ? 'Demarche' : `Demarche: ${parts.join(' · ')}`;
}
