// The network of an actor, over HTTP: as JSON, and in forms that graph tools read.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CSV_TYPE } from '../contract/csv.js';
import { key } from '../contract/ids.js';
import type { MomentQuery } from '../contract/moment.js';
import type { AnswerCache, Made } from '../http/answer-cache.js';
import { JSON_TYPE } from '../http/conditional.js';
import { addressOf } from '../http/listing.js';
import { notModified, operation } from '../http/operation.js';
import { linksCsv } from './formats/csv.js';
import { graphml } from './formats/graphml.js';
import { type Network, type NetworkQuery, network, networkQuery } from './schema.js';
import type { NetworkStore } from './store.js';

/** Finds an actor. @throws Problem where there is none */
type Find = (key: string, seesHidden: boolean, moment: MomentQuery) => Promise<{ id: string }>;
type Asked = { Params: { key: string }; Querystring: NetworkQuery & MomentQuery };

const FORMS = [
  {
    suffix: '',
    id: 'getActorNetwork',
    as: '',
    type: JSON_TYPE,
    write: (read: Network) => JSON.stringify(read),
    description:
      'Those who take part in published events together with the actor, and with `depth=2` those with whom these do: nodes, and between any two of them a link whose weight is the number of events in which both take part. For graph tools: `.graphml` and `.csv`.',
  },
  {
    suffix: '.graphml',
    id: 'getActorNetworkAsGraphml',
    as: ', as GraphML',
    type: 'application/graphml+xml; charset=utf-8',
    write: graphml,
    description: 'The same network as GraphML, for Gephi, Cytoscape, yEd, NetworkX and igraph.',
  },
  {
    suffix: '.csv',
    id: 'getActorNetworkAsCsv',
    as: ', as CSV',
    type: CSV_TYPE,
    write: linksCsv,
    description: 'The links of the same network, one row each, with the columns that Gephi imports.',
  },
] as const;

export const networkRoutes = (store: NetworkStore, find: Find, cache: AnswerCache) => async (app: FastifyInstance) => {
  app.addHook('onRequest', cache.recalled);

  for (const { suffix, id, as, type, write, description } of FORMS) {
    const media = type.split(';')[0]!;
    app.get<Asked>(
      `/v1/actors/:key/network${suffix}`,
      operation({
        id,
        access: 'public',
        tag: 'Actors',
        summary: `Read the network of an actor${as}`,
        description,
        params: z.strictObject({ key }),
        querystring: networkQuery,
        answers: { 200: suffix === '' ? network : z.string().meta({ description: media }), 304: notModified },
        problems: [401, 404, 410],
        ...(suffix !== '' && { media: [media] }),
        example: { url: `/v1/actors/li-qiang/network${suffix}?limit=2` },
      }),
      async (request, reply) =>
        cache.answer(request, reply, `${id} ${addressOf(request.params.key, request.query)}`, async (): Promise<Made> => {
          const { known_at, release, ...query } = request.query;
          const found = await find(request.params.key, false, { known_at, release });
          const { network, ...state } = await store.read(found.id, query, { known_at, release });
          const file = `attachment; filename="${network.actor}-network${suffix}"`;
          return { body: write(network), type, ...(suffix !== '' && { headers: { 'content-disposition': file } }), ...state };
        }),
    );
  }
};
