// How much there is and how fresh it is, over HTTP.
import type { FastifyInstance } from 'fastify';
import type { MomentQuery } from '../contract/moment.js';
import type { AnswerCache, Made } from '../http/answer-cache.js';
import { JSON_TYPE } from '../http/conditional.js';
import { addressOf } from '../http/listing.js';
import { notModified, operation } from '../http/operation.js';
import { stats, statsQuery } from './schema.js';
import type { StatsStore } from './store.js';

export const statsRoutes = (store: StatsStore, cache: AnswerCache) => async (app: FastifyInstance) => {
  app.addHook('onRequest', cache.recalled);

  app.get<{ Querystring: MomentQuery }>(
    '/v1/stats',
    operation({
      id: 'getStats',
      access: 'public',
      tag: 'Timeline',
      summary: 'Read how much there is, and how fresh it is',
      description:
        'Totals by entity, published events by year and by type, and freshness: the latest event, and the last change. So an empty answer elsewhere can be told from a late one.',
      querystring: statsQuery,
      answers: { 200: stats, 304: notModified },
      problems: [401],
      example: { url: '/v1/stats' },
    }),
    async (request, reply) =>
      cache.answer(request, reply, `json ${addressOf('/v1/stats', request.query)}`, async (): Promise<Made> => {
        const { stats, ...state } = await store.read(request.query);
        return { body: JSON.stringify(stats), type: JSON_TYPE, ...state };
      }),
  );
};
