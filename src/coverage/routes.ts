// The coverage of an action plan, over HTTP: as JSON and as a table.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CSV_TYPE } from '../contract/csv.js';
import { key } from '../contract/ids.js';
import type { MomentQuery } from '../contract/moment.js';
import type { AnswerCache, Made } from '../http/answer-cache.js';
import { JSON_TYPE } from '../http/conditional.js';
import { addressOf } from '../http/listing.js';
import { notModified, operation } from '../http/operation.js';
import { coverageCsv } from './formats/csv.js';
import { type CoverageQuery, coverage, coverageQuery } from './schema.js';
import type { CoverageStore } from './store.js';

/** Finds a plan. @throws Problem where there is none */
type Find = (key: string, seesHidden: boolean, moment: MomentQuery) => Promise<{ id: string }>;
type Asked = { Params: { key: string }; Querystring: CoverageQuery & MomentQuery };

const shared = {
  access: 'public' as const,
  tag: 'Action plans',
  params: z.strictObject({ key }),
  querystring: coverageQuery,
  problems: [401, 404, 410],
};
const EXAMPLE = '/v1/action-plans/global-ai-governance-action-plan/coverage';

export const coverageRoutes = (store: CoverageStore, find: Find, cache: AnswerCache) => async (app: FastifyInstance) => {
  app.addHook('onRequest', cache.recalled);

  const read = async (key: string, { known_at, release, ...query }: Asked['Querystring']) => {
    const { id } = await find(key, false, { known_at, release });
    return store.read(id, query, { known_at, release });
  };

  app.get<Asked>(
    '/v1/action-plans/:key/coverage',
    operation({
      ...shared,
      id: 'getActionPlanCoverage',
      summary: 'Read what became of a plan',
      description:
        'The items of the plan against years, quarters, types, actors or countries: in each cell how many published developments bear on the item and how, and the newest of them. Items on which none bears are gaps; those that any hinders are told. The same as a table: `.csv`.',
      answers: { 200: coverage, 304: notModified },
      example: { url: `${EXAMPLE}?by=year&effect=hinders&columns=2` },
    }),
    async (request, reply) =>
      cache.answer(request, reply, `json ${addressOf(`${request.params.key}/coverage`, request.query)}`, async (): Promise<Made> => {
        const { coverage, ...state } = await read(request.params.key, request.query);
        return { body: JSON.stringify(coverage), type: JSON_TYPE, ...state };
      }),
  );

  app.get<Asked>(
    '/v1/action-plans/:key/coverage.csv',
    operation({
      ...shared,
      id: 'getActionPlanCoverageAsCsv',
      summary: 'Read what became of a plan, as CSV',
      description: 'One row for each item: its totals, whether it is a gap or hindered, and how many events are in each column.',
      answers: { 200: z.string().meta({ description: 'CSV (RFC 4180)' }), 304: notModified },
      media: ['text/csv'],
      example: { url: `${EXAMPLE}.csv?by=year` },
    }),
    async (request, reply) =>
      cache.answer(request, reply, `csv ${addressOf(`${request.params.key}/coverage`, request.query)}`, async (): Promise<Made> => {
        const { coverage, ...state } = await read(request.params.key, request.query);
        const headers = { 'content-disposition': `attachment; filename="${coverage.plan.slug}-coverage.csv"` };
        return { body: coverageCsv(coverage), type: CSV_TYPE, headers, ...state };
      }),
  );
};
