// The routes of initiatives.
import { resourceRoutes } from '../resources/routes.js';
import { type InitiativeQuery, initiativeForms, initiativeList, initiativeQuery, initiativeWhole } from './schema.js';
import type { InitiativeService } from './service.js';

export const initiativeRoutes = (service: InitiativeService) =>
  resourceRoutes({
    path: '/v1/initiatives',
    tag: 'Initiatives',
    names: { one: 'Initiative', many: 'Initiatives' },
    nouns: { one: 'initiative', many: 'initiatives' },
    about: {
      list: 'Policy processes that are followed over time: proposed organisations, laws, control regimes, summit series.',
      get: 'One policy process, the steps of its life and who takes part. Its status follows from the latest development that marks a step, unless somebody set it by hand and said why. With `valid_at` all of it is told as it stood on that day; a status that was set by hand without a day holds since the last step that events mark.',
      write: 'Leave the status out to let it follow the events; one that is set by hand takes a `status_reason`.',
    },
    service,
    forms: initiativeForms,
    takesValidAt: true,
    answer: initiativeWhole,
    list: initiativeList,
    query: initiativeQuery,
    toQuery: (query: InitiativeQuery) => query,
    toInput: (input) => input,
    examples: {
      list: '/v1/initiatives?kind=organisation&limit=2',
      get: '/v1/initiatives/china-mineral-export-controls',
      post: {
        kind: 'network',
        name: 'Network of national AI institutes',
        summary: 'Institutes that test advanced models compare their methods.',
        lead_actors: ['united-kingdom'],
      },
      patch: {
        status: 'adopted',
        status_since: '2026-07',
        status_reason: 'The founding texts were adopted, though no event here marks it.',
        reason: 'new_development',
      },
    },
  });
