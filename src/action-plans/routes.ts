// The routes of action plans and of their items.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { key } from '../contract/ids.js';
import { resourceRoutes } from '../resources/routes.js';
import {
  actionItemList,
  actionItemWhole,
  actionPlan,
  actionPlanList,
  type ItemQuery,
  itemForms,
  itemQuery,
  type PlanQuery,
  planForms,
  planQuery,
} from './schema.js';
import type { ItemService, PlanService } from './service.js';

interface Services {
  plans: PlanService;
  items: ItemService;
}

export const actionPlanRoutes = ({ plans, items }: Services) => {
  const planRoutes = resourceRoutes({
    path: '/v1/action-plans',
    tag: 'Action plans',
    names: { one: 'ActionPlan', many: 'ActionPlans' },
    nouns: { one: 'action plan', many: 'action plans' },
    about: {
      list: 'Numbered lists of commitments, each with its items and how many developments bear on them.',
      get: 'One plan with its title in other languages, its principles, its sources and its items.',
      write: 'The items are added one by one under the plan.',
    },
    service: plans,
    forms: planForms,
    answer: actionPlan,
    list: actionPlanList,
    query: planQuery,
    toQuery: (query: PlanQuery) => query,
    toInput: (input) => input,
    examples: {
      list: '/v1/action-plans?limit=1',
      get: '/v1/action-plans/global-ai-governance-action-plan',
      post: {
        title: 'AI Continent Action Plan',
        issuer: 'european-commission',
        issued_on: '2025-04-09',
        summary: 'How the European Union means to become a leading AI continent.',
      },
      patch: { issued_on: '2025-07-26', reason: 'correction' },
      change: { issued_on: '2025-07', reason: 'correction' },
    },
  });
  const itemRoutes = resourceRoutes({
    path: '/v1/action-plans/:plan/items',
    parameter: 'number',
    params: z.strictObject({ plan: key.meta({ description: 'The slug or the id of the plan.' }) }),
    tag: 'Action plans',
    names: { one: 'ActionItem', many: 'ActionItems' },
    nouns: { one: 'action item', many: 'action items' },
    about: {
      list: 'The commitments of one plan in their order, each with how many developments advance, hinder or mention it.',
      get: 'One commitment: `/v1/timeline?plan=…&item=…` lists the developments that bear on it.',
      write: 'The number is the address of the item in its plan and never changes.',
    },
    service: items,
    forms: itemForms,
    answer: actionItemWhole,
    list: actionItemList,
    query: itemQuery,
    // A plan that is not there is told, rather than answered with an empty list.
    async toQuery(query: ItemQuery, { params }, moment) {
      const { plan } = params as { plan: string };
      await plans.get(plan, false, moment);
      return { ...query, plan };
    },
    keyOf: ({ plan, number }) => `${plan}/${Number(number)}`,
    toInput: (input, { plan }) => ({ ...input, plan: plan! }),
    toMembers: ({ plan: _, ...members }) => members,
    examples: {
      list: '/v1/action-plans/global-ai-governance-action-plan/items?limit=2',
      get: '/v1/action-plans/global-ai-governance-action-plan/items/13',
      post: { number: 14, title: 'Review the plan every year', text: 'Parties meet once a year to look at what was done.', topics: [] },
      put: {
        number: 13,
        title: 'Govern inclusively with many stakeholders',
        text: 'Companies, research and civil society take part beside states.',
        topics: ['multi-stakeholder'],
      },
      patch: { topics: ['governance'], reason: 'reclassification' },
    },
  });
  return async (app: FastifyInstance): Promise<void> => {
    await planRoutes(app);
    await itemRoutes(app);
  };
};
