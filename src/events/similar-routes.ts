// The routes that tell what may be the same development: as something that is described, or as an event that is there.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { key } from '../contract/ids.js';
import { limitUpTo } from '../contract/page.js';
import { LIKELY, type SimilarEvent } from '../contract/similar.js';
import { invalidParameters, Problem } from '../errors.js';
import { sendPage } from '../http/listing.js';
import { notModified, operation } from '../http/operation.js';
import type { event } from './schema.js';
import type { EventService } from './service.js';
import { DEFAULT_SIMILAR, type FindSimilar, MOST_SIMILAR, type SimilarQuery, similarList, similarQuery } from './similar.js';

const keyQuery = z.strictObject({ limit: limitUpTo(MOST_SIMILAR, DEFAULT_SIMILAR) });

const ABOUT = `Each with a score from 0 to 1 and the reasons for it: sources that both cite, how alike the titles are, how far the dates are apart, who takes part in both. From ${LIKELY} on it counts as a duplicate. The likeliest first; there is one page. It is told of the present alone: \`known_at\` and \`release\` are answered 400.`;

/** There is no more than one page. */
const pageOf = (found: SimilarEvent[], limit = DEFAULT_SIMILAR) => ({
  data: found.map((one) => JSON.stringify(one)),
  next: null,
  previous: null,
  limit,
});

export const similarRoutes = (service: EventService, findSimilar: FindSimilar) => async (app: FastifyInstance) => {
  app.get<{ Querystring: SimilarQuery }>(
    '/v1/events/similar',
    {
      ...operation({
        id: 'findSimilarEvents',
        access: 'public',
        tag: 'Events',
        summary: 'Find events like something new',
        description: `Is it there already? Events that may be the development described by title, date, sources and actors. ${ABOUT}`,
        querystring: similarQuery,
        answers: { 200: similarList, 304: notModified },
        problems: [401],
        example: {
          url: '/v1/events/similar?title=China%20proposes%20a%20world%20AI%20organisation%20in%20Shanghai&date=2025-07-26&limit=1',
        },
      }),
      preValidation: refuseMoments,
    },
    async (request, reply) => {
      const { limit, source: sources, actor: actors, ...rest } = request.query;
      const found = await findSimilar({ ...rest, sources, actors }, request.principal !== null, { limit });
      return sendPage(request, reply, pageOf(found, limit));
    },
  );

  // Or they would be those of an event called "similar".
  app.route({
    method: ['PUT', 'PATCH', 'DELETE'],
    url: '/v1/events/similar',
    config: { access: null },
    schema: { hide: true } as object,
    onRequest: refuseMethod,
    handler: refuseMethod,
  });

  app.get<{ Params: { key: string }; Querystring: z.output<typeof keyQuery> }>(
    '/v1/events/:key/similar',
    {
      ...operation({
        id: 'listSimilarEvents',
        access: 'public',
        tag: 'Events',
        summary: 'List events like this one',
        description: `Was it recorded twice? Other events that may be the same development. ${ABOUT}`,
        params: z.strictObject({ key }),
        querystring: keyQuery,
        answers: { 200: similarList, 304: notModified },
        problems: [301, 401, 404, 410],
        example: { url: '/v1/events/waic-2025/similar?limit=1' },
      }),
      preValidation: refuseMoments,
    },
    async (request, reply) => {
      const seesHidden = request.principal !== null;
      const { limit } = request.query;
      const { body } = await service.get(request.params.key, seesHidden);
      const { id, title, date, type, sources, actors } = JSON.parse(body) as z.output<typeof event>;
      const described = { title, date, type, sources: sources.map((one) => one.id), actors: actors.map((one) => one.slug), except: id };
      return sendPage(request, reply, pageOf(await findSimilar(described, seesHidden, { limit }), limit));
    },
  );
};

/** What is cited, and how many cite it, is known of the present; nothing is sent to the database. @throws Problem 400 */
async function refuseMoments({ query }: FastifyRequest): Promise<void> {
  const asked = ['known_at', 'release'].filter((name) => Object.hasOwn(query as object, name));
  if (asked.length === 0) return;
  throw invalidParameters(
    asked.map((parameter) => ({
      parameter,
      detail: `What is alike is told of the present alone, by the sources and actors of now; leave ${parameter} out. What was known then is told by GET /v1/timeline, which takes it with q, actor, from and to, and by GET /v1/events/{key}.`,
    })),
  );
}

async function refuseMethod({ method }: FastifyRequest): Promise<never> {
  throw new Problem('method-not-allowed', `${method} is not taken here; GET is.`, { headers: { allow: 'GET, HEAD' } });
}
