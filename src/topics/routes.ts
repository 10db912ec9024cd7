// The routes of topics.
import { surrogateKey } from '../contract/surrogate-keys.js';
import { resourceRoutes } from '../resources/routes.js';
import { type TopicQuery, topic, topicForms, topicList, topicQuery } from './schema.js';
import type { TopicService } from './service.js';

export const topicRoutes = (service: TopicService) =>
  resourceRoutes({
    path: '/v1/topics',
    tag: 'Topics',
    names: { one: 'Topic', many: 'Topics' },
    nouns: { one: 'topic', many: 'topics' },
    about: {
      list: 'The controlled keywords by which developments and action items are found, by name.',
      get: 'One keyword, with the broader one that it stands under.',
      write: 'A topic stands under at most one broader topic, and never under itself.',
    },
    service,
    forms: topicForms,
    answer: topic,
    list: topicList,
    query: topicQuery,
    toQuery: (query: TopicQuery) => query,
    toInput: (input) => input,
    follows: (body) => [surrogateKey('topic', JSON.parse(body).slug)],
    examples: {
      list: '/v1/topics?limit=2',
      get: '/v1/topics/export-controls',
      post: { name: 'Compute thresholds', description: 'Rules that begin to apply at a certain amount of training compute.' },
      patch: { description: 'Rules on what may be sold abroad, to whom and for what.', reason: 'editorial' },
    },
  });
