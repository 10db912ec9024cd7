// The routes of events. What is not published is seen only by the bearer of a key.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { key } from '../contract/ids.js';
import { requireRole } from '../http/access.js';
import { sendAnswer } from '../http/conditional.js';
import { sendPage } from '../http/listing.js';
import { notModified, operation } from '../http/operation.js';
import { resourceRoutes } from '../resources/routes.js';
import { followsOf } from './follows.js';
import { mergeRoutes } from './merge-routes.js';
import { type ProvenanceStore, provenance } from './provenance.js';
import { type RelatedQuery, type RelatedStore, relatedList, relatedQuery } from './related.js';
import { creationParameters, type EventQuery, event, eventCreated, eventForms, eventList, eventQuery } from './schema.js';
import type { EventService } from './service.js';
import type { FindSimilar } from './similar.js';
import { similarRoutes } from './similar-routes.js';
import { stepRoutes } from './step-routes.js';

interface Parts {
  events: EventService;
  findSimilar: FindSimilar;
  related: RelatedStore;
  provenance: ProvenanceStore;
}

export const eventRoutes = (parts: Parts) => async (app: FastifyInstance) => {
  const { events: service, findSimilar, related, provenance: origins } = parts;
  // Before those of one event, whose key could be called the same.
  await similarRoutes(service, findSimilar)(app);
  await mergeRoutes(service)(app);
  await resourceRoutes({
    path: '/v1/events',
    tag: 'Events',
    names: { one: 'Event', many: 'Events' },
    nouns: { one: 'event', many: 'events' },
    about: {
      list: 'Developments in the order in which they were recorded; `/v1/timeline` has them in the order in which they happened, with all filters.',
      get: 'One dated development with everybody who took part, its sources, topics, initiatives, action items and relations.',
      write:
        'Actors, topics and initiatives are named by slug or sent in full, sources by url or in full: what is sent in full is made in the same transaction. The new development stands in its place on the timeline at once. Beside it `similar` tells what may be the same development; `reject_duplicates=true` refuses it then.',
    },
    service,
    forms: eventForms,
    answer: event,
    moves: true,
    created: { parameters: creationParameters, answer: eventCreated },
    list: eventList,
    query: eventQuery,
    toQuery(query: EventQuery, request) {
      if (query.state?.some((state) => state !== 'published')) requireRole(request, 'contributor');
      return query;
    },
    toInput: (input) => input,
    // Which event it was merged into no write may say.
    toMembers: ({ merged_into: _, ...members }) => members,
    shown: related.withoutHidden,
    follows: followsOf,
    examples: {
      list: '/v1/events?type=forum&limit=1',
      get: '/v1/events/li-qiang-waic-2025-keynote',
      post: {
        type: 'statement',
        title: 'Germany comments on the proposed AI organisation',
        summary: 'A spokesperson says that the government is looking at the invitation.',
        date: '2025-08~',
        place: { city: 'Berlin', country_code: 'DE' },
        certainty: 'reported',
        actors: [{ actor: 'germany', role: 'issuer' }],
        topics: ['china-diplomacy'],
        initiatives: ['world-ai-cooperation-organization'],
        action_items: [{ plan: 'global-ai-governance-action-plan', item: 13, effect: 'mentions' }],
        related: [{ event: 'global-ai-organisation-proposal', relation: 'responds_to' }],
        sources: [
          {
            source: {
              url: 'https://example.org/berlin-comments',
              title: 'Berlin comments on the AI organisation',
              publisher: 'Example',
              kind: 'media',
              language: 'en',
            },
            claim: '/date',
          },
        ],
        reason: 'new_development',
      },
      patch: { significance: 5, reason: 'editorial', comment: 'The speech that all the rest refers to.' },
      change: { significance: 4, reason: 'editorial', comment: 'One of several speeches of that day.' },
    },
  })(app);

  await stepRoutes(service)(app);

  app.get<{ Params: { key: string }; Querystring: RelatedQuery }>(
    '/v1/events/:key/related',
    operation({
      id: 'listRelatedEvents',
      access: 'public',
      tag: 'Events',
      summary: 'List related events',
      description:
        'The events that this one names, and those that name it: what it responds to and what responds to it, what it amends and what amends it. As they happened, paged by cursor: follow `page.next`.',
      params: z.strictObject({ key }),
      querystring: relatedQuery,
      answers: { 200: relatedList, 304: notModified },
      problems: [301, 401, 404, 410],
      example: { url: '/v1/events/global-ai-organisation-proposal/related?limit=1' },
    }),
    async (request, reply) => {
      const { id } = await service.get(request.params.key, request.principal !== null, request.query);
      return sendPage(request, reply, await related.list(id, request.query));
    },
  );

  app.get<{ Params: { key: string } }>(
    '/v1/events/:key/provenance',
    operation({
      id: 'getEventProvenance',
      access: 'public',
      tag: 'Events',
      summary: 'Read where each field comes from',
      description:
        'Each field of the event with its value, the sources that back it, those that dispute it and what they give instead, and the version that last changed it. Sources that name no field back the event as a whole and are told once.',
      params: z.strictObject({ key }),
      answers: { 200: provenance, 304: notModified },
      problems: [301, 401, 404, 410],
      example: { url: '/v1/events/unga-resolution-78-311/provenance' },
    }),
    async (request, reply) => {
      const seesHidden = request.principal !== null;
      const { body } = await service.get(request.params.key, seesHidden);
      return sendAnswer(request, reply, { body: JSON.stringify(await origins.read(JSON.parse(body), seesHidden)) });
    },
  );
};
