// The routes of what the record lacks: as JSON, and each list as a table to work through.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CSV_TYPE } from '../contract/csv.js';
import { sendAnswer, sendStream } from '../http/conditional.js';
import { sendPage } from '../http/listing.js';
import { notModified, operation } from '../http/operation.js';
import { eventsCsv, initiativesCsv } from './formats/csv.js';
import {
  type CheckQuery,
  checkList,
  checkQuery,
  checkTableQuery,
  EVENT_CHECKS,
  type EventCheck,
  type QualityQuery,
  quality,
  qualityQuery,
  STALE_ABOUT,
  type StaleQuery,
  staleList,
  staleQuery,
  staleTableQuery,
} from './schema.js';
import type { Opened, QualityStore } from './store.js';

const shared = { access: 'public', tag: 'Quality', problems: [401] } as const;
const table = { answers: { 200: z.string().meta({ description: 'CSV (RFC 4180)' }), 304: notModified }, media: ['text/csv'] };

async function sendTable(
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  { items, isWhole }: Opened,
  write: (items: AsyncIterable<string>) => AsyncIterable<string>,
): Promise<FastifyReply> {
  const headers = { 'content-disposition': `attachment; filename="${name}.csv"` };
  if (!isWhole) return sendStream(request, reply, write(items), randomUUID(), CSV_TYPE, headers);
  let body = '';
  for await (const line of write(items)) body += line;
  return sendAnswer(request, reply, { body }, CSV_TYPE, headers);
}

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
        'How many events lack sources, rest on one, are disputed or stand by themselves; how many initiatives are stale; how many sources there are of each kind. Each count has the address of its list. With `known_at` or `release` as the record stood then.',
      querystring: qualityQuery,
      answers: { 200: quality, 304: notModified },
      example: { url: '/v1/quality' },
    }),
    async (request, reply) => sendAnswer(request, reply, { body: JSON.stringify({ data: await store.overview(request.query) }) }),
  );

  for (const [check, { operation: id, summary, about }] of Object.entries(EVENT_CHECKS)) {
    app.get<{ Querystring: CheckQuery }>(
      `/v1/quality/${check}`,
      operation({
        ...shared,
        id,
        problems: [...shared.problems],
        summary,
        description: `${about} In the order in which they were recorded, paged by cursor: follow \`page.next\`. The same as a table: \`.csv\`.`,
        querystring: checkQuery,
        answers: { 200: checkList, 304: notModified },
        example: { url: `/v1/quality/${check}?limit=1` },
      }),
      async (request, reply) => sendPage(request, reply, await store.events(check as EventCheck, request.query)),
    );

    app.get<{ Querystring: CheckQuery }>(
      `/v1/quality/${check}.csv`,
      operation({
        ...shared,
        ...table,
        id: `${id}AsCsv`,
        problems: [...shared.problems],
        summary: `${summary}, as CSV`,
        description: `${about} All of them, one row each: what tells the event, its sources, what disputes it and what it belongs to.`,
        querystring: checkTableQuery,
        example: { url: `/v1/quality/${check}.csv`, lines: 2 },
      }),
      async (request, reply) => sendTable(request, reply, check, await store.allEvents(check as EventCheck, request.query), eventsCsv),
    );
  }

  app.get<{ Querystring: StaleQuery }>(
    '/v1/quality/stale-initiatives',
    operation({
      ...shared,
      id: 'listStaleInitiatives',
      isUntold: true,
      problems: [...shared.problems],
      summary: 'List initiatives of which nothing was heard',
      description: `${STALE_ABOUT} The longest silent first, paged by cursor: follow \`page.next\`. The same as a table: \`.csv\`.`,
      querystring: staleQuery,
      answers: { 200: staleList, 304: notModified },
      example: { url: '/v1/quality/stale-initiatives?limit=2' },
    }),
    async (request, reply) => sendPage(request, reply, await store.stale(request.query)),
  );

  app.get<{ Querystring: StaleQuery }>(
    '/v1/quality/stale-initiatives.csv',
    operation({
      ...shared,
      ...table,
      id: 'listStaleInitiativesAsCsv',
      isUntold: true,
      problems: [...shared.problems],
      summary: 'List initiatives of which nothing was heard, as CSV',
      description: `${STALE_ABOUT} All of them, one row each, the longest silent first.`,
      querystring: staleTableQuery,
      example: { url: '/v1/quality/stale-initiatives.csv', lines: 2 },
    }),
    async (request, reply) => sendTable(request, reply, 'stale-initiatives', await store.allStale(request.query), initiativesCsv),
  );
};
