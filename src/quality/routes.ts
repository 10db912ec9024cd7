// The routes of what the record lacks.
import type { FastifyInstance } from 'fastify';
import { sendAnswer } from '../http/conditional.js';
import { sendPage } from '../http/listing.js';
import { notModified, operation } from '../http/operation.js';
import {
  type CheckQuery,
  checkList,
  checkQuery,
  EVENT_CHECKS,
  type EventCheck,
  type QualityQuery,
  quality,
  qualityQuery,
  STALE_ABOUT,
  type StaleQuery,
  staleList,
  staleQuery,
} from './schema.js';
import type { QualityStore } from './store.js';

const shared = { access: 'public', tag: 'Quality', problems: [401] } as const;

export const qualityRoutes = (store: QualityStore) => async (app: FastifyInstance) => {
  app.get<{ Querystring: QualityQuery }>(
    '/v1/quality',
    operation({
      ...shared,
      id: 'getQuality',
      // Which initiatives are stale depends on the day.
      isUntold: true,
      problems: [...shared.problems],
      summary: 'Read what the record lacks',
      description:
        'How many events lack sources, rest on one, are disputed or stand by themselves; how many initiatives are stale; how many sources there are of each kind. Each count has the address of its list.',
      querystring: qualityQuery,
      answers: { 200: quality, 304: notModified },
      example: { url: '/v1/quality' },
    }),
    async (request, reply) => sendAnswer(request, reply, { body: JSON.stringify({ data: await store.overview(request.query.months) }) }),
  );

  for (const [check, { operation: id, summary, about }] of Object.entries(EVENT_CHECKS))
    app.get<{ Querystring: CheckQuery }>(
      `/v1/quality/${check}`,
      operation({
        ...shared,
        id,
        problems: [...shared.problems],
        summary,
        description: `${about} In the order in which they were recorded, paged by cursor: follow \`page.next\`.`,
        querystring: checkQuery,
        answers: { 200: checkList, 304: notModified },
        example: { url: `/v1/quality/${check}?limit=1` },
      }),
      async (request, reply) => sendPage(request, reply, await store.events(check as EventCheck, request.query)),
    );

  app.get<{ Querystring: StaleQuery }>(
    '/v1/quality/stale-initiatives',
    operation({
      ...shared,
      id: 'listStaleInitiatives',
      isUntold: true,
      problems: [...shared.problems],
      summary: 'List initiatives of which nothing was heard',
      description: `${STALE_ABOUT} The longest silent first, paged by cursor: follow \`page.next\`.`,
      querystring: staleQuery,
      answers: { 200: staleList, 304: notModified },
      example: { url: '/v1/quality/stale-initiatives?limit=2' },
    }),
    async (request, reply) => sendPage(request, reply, await store.stale(request.query)),
  );
};
