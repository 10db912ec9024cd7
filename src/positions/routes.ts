// The positions on an initiative, over HTTP: as JSON and as a table.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CSV_TYPE } from '../contract/csv.js';
import { key } from '../contract/ids.js';
import type { MomentQuery } from '../contract/moment.js';
import type { AnswerCache, Made } from '../http/answer-cache.js';
import { JSON_TYPE } from '../http/conditional.js';
import { addressOf, pageOf } from '../http/listing.js';
import { notModified, operation } from '../http/operation.js';
import { positionsCsv } from './formats/csv.js';
import { type PositionsQuery, positions, positionsQuery, positionsTableQuery } from './schema.js';
import { type PositionsStore, pageOfPositions } from './store.js';

/** Finds an initiative. @throws Problem where there is none */
type Find = (key: string, seesHidden: boolean, moment: MomentQuery) => Promise<{ id: string }>;
type Asked = { Params: { key: string }; Querystring: PositionsQuery & MomentQuery };

const shared = { access: 'public' as const, tag: 'Initiatives', params: z.strictObject({ key }), problems: [401, 404, 410] };
const EXAMPLE = '/v1/initiatives/world-ai-cooperation-organization/positions';

export const positionRoutes = (store: PositionsStore, find: Find, cache: AnswerCache) => async (app: FastifyInstance) => {
  app.addHook('onRequest', cache.recalled);

  const read = async (key: string, { known_at, release, limit: _, cursor: __, ...query }: Asked['Querystring']) => {
    const { id } = await find(key, false, { known_at, release });
    return store.read(id, query, { known_at, release });
  };

  app.get<Asked>(
    '/v1/initiatives/:key/positions',
    operation({
      ...shared,
      id: 'listPositions',
      summary: 'List where actors stand on an initiative',
      description:
        'Each actor that took a position by its part in a published event of the initiative: the latest, dated and with its sources, and how it came there. By name, paged by cursor: follow `page.next`. `valid_at` tells how it stood on a day, `known_at` what was known then. The same as a table: `.csv`.',
      querystring: positionsQuery,
      answers: { 200: positions, 304: notModified },
      example: { url: `${EXAMPLE}?kind=country&limit=1` },
    }),
    async (request, reply) => {
      const address = addressOf(`/v1/initiatives/${request.params.key}/positions`, request.query);
      return cache.answer(request, reply, `json ${address}`, async (): Promise<Made> => {
        const { limit, cursor, ...bound } = request.query;
        const { all, about, ...state } = await read(request.params.key, request.query);
        const page = pageOfPositions(all, { limit, cursor }, { initiative: about.initiative.slug, ...bound });
        return { ...pageOf(address, page, about), type: JSON_TYPE, ...state };
      });
    },
  );

  app.get<Asked>(
    '/v1/initiatives/:key/positions.csv',
    operation({
      ...shared,
      id: 'listPositionsAsCsv',
      summary: 'List where actors stand on an initiative, as CSV',
      description: 'One row for each actor: its latest position, dated and with its sources, and in one cell how it came there.',
      querystring: positionsTableQuery,
      answers: { 200: z.string().meta({ description: 'CSV (RFC 4180)' }), 304: notModified },
      media: ['text/csv'],
      example: { url: `${EXAMPLE}.csv?position=invited` },
    }),
    async (request, reply) =>
      cache.answer(request, reply, `csv ${addressOf(`${request.params.key}/positions`, request.query)}`, async (): Promise<Made> => {
        const { all, about, ...state } = await read(request.params.key, request.query);
        const headers = { 'content-disposition': `attachment; filename="${about.initiative.slug}-positions.csv"` };
        return { body: positionsCsv(all), type: CSV_TYPE, headers, ...state };
      }),
  );
};
