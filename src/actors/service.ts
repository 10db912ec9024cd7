// Decides the slugs of actors.
import { projectionOf } from '../contract/projection.js';
import { createResourceService, type ResourceOptions } from '../resources/service.js';
import { nameAll } from '../resources/slugs.js';
import { type ActorDocument, type ActorInput, type ActorQuery, actorForms } from './schema.js';
import type { actorStore } from './store.js';

type Options = Pick<ResourceOptions<ActorInput, ActorDocument, ActorQuery>, 'database' | 'moments' | 'refresh'> & {
  store: typeof actorStore;
};

export type ActorService = ReturnType<typeof createActorService>;

export const createActorService = ({ store, ...options }: Options) =>
  createResourceService<ActorInput, ActorDocument, ActorQuery>({
    ...options,
    store,
    entity: 'actor',
    noun: 'actor',
    addressOf: (key) => `/v1/actors/${key}`,
    fixed: 'slug',
    keyOf: ({ slug }) => slug,
    kept: projectionOf(actorForms.input),
    async prepare({ tx }, inputs) {
      const slugs = await nameAll(
        tx,
        store,
        inputs.map(({ slug, name }) => ({ slug, title: name, otherwise: 'actor' })),
      );
      return inputs.map((input, index) => ({ ...input, slug: slugs[index]! }));
    },
  });
