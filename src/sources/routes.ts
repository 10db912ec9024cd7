// The routes of sources.
import { resourceRoutes } from '../resources/routes.js';
import { type SourceQuery, source, sourceForms, sourceList, sourceQuery } from './schema.js';
import type { SourceService } from './service.js';

export const sourceRoutes = (service: SourceService) =>
  resourceRoutes({
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
  });
