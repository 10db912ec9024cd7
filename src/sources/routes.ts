// The routes of sources, and of what cites them.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { key } from '../contract/ids.js';
import { surrogateKey } from '../contract/surrogate-keys.js';
import { sendPage } from '../http/listing.js';
import { notModified, operation } from '../http/operation.js';
import { resourceRoutes } from '../resources/routes.js';
import { type CitationStore, type CitingQuery, citingList, citingQuery } from './citations.js';
import { type SourceQuery, source, sourceForms, sourceList, sourceQuery } from './schema.js';
import type { SourceService } from './service.js';

export const sourceRoutes = (service: SourceService, citations: CitationStore) => async (app: FastifyInstance) => {
  await resourceRoutes({
    path: '/v1/sources',
    tag: 'Sources',
    names: { one: 'Source', many: 'Sources' },
    nouns: { one: 'source', many: 'sources' },
    about: {
      list: 'Where the facts come from, by title. `url` finds the source of an address in whatever form it is written.',
      get: 'One source, by its id or, where it has one, its slug.',
      write: 'One article is one source: its url is unique once scheme, host, tracking parameters and fragment are put in one form.',
    },
    service,
    forms: sourceForms,
    answer: source,
    list: sourceList,
    query: sourceQuery,
    toQuery: (query: SourceQuery) => query,
    toInput: (input) => input,
    follows: (body) => [surrogateKey('source', JSON.parse(body).id)],
    examples: {
      list: '/v1/sources?kind=official&limit=2',
      get: '/v1/sources/china-calls-for-a-global-alliance-to-govern-ai',
      post: {
        url: 'https://www.oecd.org/en/topics/ai-principles.html',
        title: 'AI principles',
        publisher: 'OECD',
        kind: 'official',
        language: 'en',
      },
      patch: { kind: 'media', reason: 'reclassification' },
      change: { retrieved_at: '2025-08-01T09:00:00Z', reason: 'editorial' },
    },
  })(app);

  app.get<{ Params: { key: string }; Querystring: CitingQuery }>(
    '/v1/sources/:key/citations',
    operation({
      id: 'listSourceCitations',
      access: 'public',
      tag: 'Sources',
      summary: 'List what cites a source',
      description:
        'The published events and the action plans that cite the source: which member it backs or disputes, in which words, and what it gives instead. The latest development first, paged by cursor: follow `page.next`.',
      params: z.strictObject({ key }),
      querystring: citingQuery,
      answers: { 200: citingList, 304: notModified },
      problems: [401, 404, 410],
      example: { url: '/v1/sources/china-calls-for-a-global-alliance-to-govern-ai/citations?limit=2' },
    }),
    async (request, reply) => {
      const { id } = await service.get(request.params.key, request.principal !== null);
      return sendPage(request, reply, await citations.list(id, request.query));
    },
  );
};
