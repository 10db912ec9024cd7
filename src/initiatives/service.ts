// Decides the slugs of initiatives.
import { projectionOf } from '../contract/projection.js';
import { createResourceService, type ResourceOptions } from '../resources/service.js';
import { nameAll } from '../resources/slugs.js';
import { type InitiativeDocument, type InitiativeInput, type InitiativeQuery, initiativeForms } from './schema.js';
import type { initiativeStore } from './store.js';

type Options = Pick<ResourceOptions<InitiativeInput, InitiativeDocument, InitiativeQuery>, 'database' | 'moments' | 'refresh'> & {
  store: typeof initiativeStore;
};

export type InitiativeService = ReturnType<typeof createInitiativeService>;

export const createInitiativeService = ({ store, ...options }: Options) =>
  createResourceService<InitiativeInput, InitiativeDocument, InitiativeQuery>({
    ...options,
    store,
    entity: 'initiative',
    noun: 'initiative',
    addressOf: (key) => `/v1/initiatives/${key}`,
    fixed: 'slug',
    keyOf: ({ slug }) => slug,
    kept: projectionOf(initiativeForms.input),
    async prepare({ tx }, inputs) {
      const slugs = await nameAll(
        tx,
        store,
        inputs.map(({ slug, name }) => ({ slug, title: name, otherwise: 'initiative' })),
      );
      return inputs.map((input, index) => ({ ...input, slug: slugs[index]! }));
    },
  });
