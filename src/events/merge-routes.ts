// The route that makes one event of two.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { key } from '../contract/ids.js';
import { type WriteQuery, writeQuery } from '../contract/write.js';
import { writtenAnswer } from '../http/conditional.js';
import { sendOnce } from '../http/idempotency.js';
import { operation } from '../http/operation.js';
import { changeOf } from '../resources/routes.js';
import { eventMerged, type MergeBody, mergeBody } from './schema.js';
import type { EventService } from './service.js';

export const mergeRoutes = (service: EventService) => async (app: FastifyInstance) => {
  app.post<{ Params: { key: string }; Querystring: WriteQuery; Body: MergeBody }>(
    '/v1/events/:key/merge',
    operation({
      id: 'mergeEvent',
      access: 'editor',
      tag: 'Events',
      summary: 'Merge an event into another one',
      description:
        'Makes one event of two that tell of one development. The one at this address goes: reading it answers 301 to the one that `into` names, from now on and whatever that is merged into later. The one that stays keeps its texts, takes those that it lacks, and the actors, sources, topics, initiatives, action items and relations of the other; events that named the one name the other. `not_united` tells what is left behind. Send `If-Match` for the event at this address. To undo it, `POST …/restore` makes it stand again, and `POST …/revert` of the one that stays takes its links back.',
      params: z.strictObject({ key }),
      querystring: writeQuery,
      body: mergeBody,
      repeated: 'written',
      answers: { 200: eventMerged },
      problems: [401, 403, 404, 409, 410, 412, 413, 415, 422],
      example: {
        url: '/v1/events/global-ai-governance-action-plan-release/merge',
        body: { into: 'global-ai-organisation-proposal', reason: 'editorial' },
      },
    }),
    async (request, reply) => {
      const { into, ...why } = request.body;
      const change = changeOf(request, why);
      return sendOnce(request, reply, (once) => service.merge(request.params.key, into, { ...change, once }), writtenAnswer);
    },
  );
};
