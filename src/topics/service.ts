// Decides the slugs of topics.
import { projectionOf } from '../contract/projection.js';
import { createResourceService, type ResourceOptions } from '../resources/service.js';
import { nameAll } from '../resources/slugs.js';
import { type TopicDocument, type TopicInput, type TopicQuery, topicForms } from './schema.js';
import type { topicStore } from './store.js';

type Options = Pick<ResourceOptions<TopicInput, TopicDocument, TopicQuery>, 'database' | 'moments' | 'refresh'> & {
  store: typeof topicStore;
};

export type TopicService = ReturnType<typeof createTopicService>;

export const createTopicService = ({ store, ...options }: Options) =>
  createResourceService<TopicInput, TopicDocument, TopicQuery>({
    ...options,
    store,
    entity: 'topic',
    noun: 'topic',
    addressOf: (key) => `/v1/topics/${key}`,
    fixed: 'slug',
    keyOf: ({ slug }) => slug,
    kept: projectionOf(topicForms.input),
    async prepare({ tx }, inputs) {
      const slugs = await nameAll(
        tx,
        store,
        inputs.map(({ slug, name }) => ({ slug, title: name, otherwise: 'topic' })),
      );
      return inputs.map((input, index) => ({ ...input, slug: slugs[index]! }));
    },
  });
