// The routes of actors.
import { resourceRoutes } from '../resources/routes.js';
import { type ActorQuery, actorForms, actorList, actorQuery, actorWhole } from './schema.js';
import type { ActorService } from './service.js';

export const actorRoutes = (service: ActorService) =>
  resourceRoutes({
    path: '/v1/actors',
    tag: 'Actors',
    names: { one: 'Actor', many: 'Actors' },
    nouns: { one: 'actor', many: 'actors' },
    about: {
      list: 'Countries, blocs, organisations, government bodies, companies, civil society groups and persons, by name.',
      get: 'One actor, with the country, body or company that it belongs to, and what it takes part in: how often and in which roles, since when, and with whom.',
      write: 'An actor may be affiliated with another one, which must exist.',
    },
    service,
    forms: actorForms,
    answer: actorWhole,
    list: actorList,
    query: actorQuery,
    toQuery: (query: ActorQuery) => query,
    toInput: (input) => input,
    examples: {
      list: '/v1/actors?kind=person&limit=2',
      get: '/v1/actors/li-qiang',
      post: {
        kind: 'government_body',
        name: 'Ministry of Science and ICT',
        native_name: '과학기술정보통신부',
        aliases: ['MSIT'],
        country_code: 'KR',
        affiliation: 'south-korea',
      },
      patch: { aliases: ['Premier Li'], reason: 'editorial' },
    },
  });
