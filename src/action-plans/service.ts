// Decides the slugs of plans and which sources they cite. Items are addressed by plan and number.
import { asItIs, projectionOf } from '../contract/projection.js';
import { Problem } from '../errors.js';
import { createResourceService, type ResourceOptions } from '../resources/service.js';
import { nameAll } from '../resources/slugs.js';
import type { SourceService } from '../sources/service.js';
import {
  type ItemDocument,
  type ItemInput,
  type ItemQuery,
  itemForms,
  type PlanDocument,
  type PlanInput,
  type PlanQuery,
  planForms,
} from './schema.js';
import type { itemStore, planStore } from './store.js';

type Shared = Pick<ResourceOptions<PlanInput, PlanDocument, PlanQuery>, 'database' | 'moments' | 'refresh'>;

export type PlanService = ReturnType<typeof createPlanService>;
export type ItemService = ReturnType<typeof createItemService>;

export const createPlanService = ({
  store,
  sources,
  ...options
}: Shared & { store: typeof planStore; sources: Pick<SourceService, 'cite'> }) =>
  createResourceService<PlanInput, PlanDocument, PlanQuery>({
    ...options,
    store,
    entity: 'action_plan',
    noun: 'action plan',
    addressOf: (key) => `/v1/action-plans/${key}`,
    fixed: 'slug',
    keyOf: ({ slug }) => slug,
    kept: projectionOf(planForms.input),
    async prepare(write, inputs) {
      const slugs = await nameAll(
        write.tx,
        store,
        inputs.map(({ slug, title }) => ({ slug, title, otherwise: 'action-plan' })),
      );
      const cited = await sources.cite(
        write,
        inputs.map((input) => input.sources),
      );
      return inputs.map((input, index) => ({ ...input, slug: slugs[index]!, sources: cited[index]! }));
    },
  });

/** An item as it is written: which plan it belongs to comes from the address. */
export type PlacedItem = ItemInput & { plan: string };
export type PlacedQuery = ItemQuery & { plan: string };

interface ItemOptions extends Pick<ResourceOptions<PlacedItem, ItemDocument, PlacedQuery>, 'database' | 'moments' | 'refresh'> {
  store: typeof itemStore;
  plans: Pick<typeof planStore, 'locate'>;
}

export const createItemService = ({ store, plans, ...options }: ItemOptions) =>
  createResourceService<PlacedItem, ItemDocument, PlacedQuery>({
    ...options,
    store,
    entity: 'action_item',
    noun: 'action item',
    addressOf: (key) => `/v1/action-plans/${key.replace('/', '/items/')}`,
    fixed: 'number',
    keyOf: ({ plan, number }) => `${plan}/${number}`,
    kept: projectionOf(itemForms.input, { plan: asItIs }),
    // The address names the plan by slug or id; the document keeps the slug.
    async prepare({ tx }, inputs) {
      const found = await plans.locate(tx, [...new Set(inputs.map(({ plan }) => plan))]);
      return inputs.map((input) => {
        const plan = found.get(input.plan);
        if (plan === undefined) throw new Problem('not-found', `There is no action plan ${input.plan}.`);
        if (plan.deleted_at !== null) throw new Problem('conflict', `The action plan ${plan.slug} is deleted; restore it first.`);
        return { ...input, plan: plan.document.slug };
      });
    },
  });
