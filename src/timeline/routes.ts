// The timeline, over HTTP.
import type { FastifyInstance } from 'fastify';
import { sendPage } from '../http/listing.js';
import { notModified, operation } from '../http/operation.js';
import { type TimelineQuery, timeline, timelineQuery } from './schema.js';
import type { TimelineStore } from './store.js';

export const timelineRoutes = (store: TimelineStore) => async (app: FastifyInstance) => {
  app.get<{ Querystring: TimelineQuery }>(
    '/v1/timeline',
    operation({
      id: 'getTimeline',
      access: 'public',
      tag: 'Timeline',
      summary: 'Read the timeline',
      description:
        'Published developments in the order in which they happened: by first day, then the less precise date after the more precise, then by id. Dates are EDTF and may mean a month, a year or an interval; `from` and `to` ask for overlap with what they mean. Filters of different names all hold; several values of one name mean any of them. Paged by cursor: follow `page.next` and `page.previous`, which stay right while events are added.',
      querystring: timelineQuery,
      answers: { 200: timeline, 304: notModified },
      problems: [401],
      example: { url: '/v1/timeline?from=2025-07&to=2025-08&limit=2' },
    }),
    async (request, reply) => {
      const { meta, ...page } = await store.read(request.query);
      return sendPage(request, reply, page, { meta });
    },
  );
};
