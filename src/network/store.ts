// Reads the network of an actor: whom it meets in events, and how often any two of them meet.
import type { MomentQuery } from '../contract/moment.js';
import type { Database } from '../database/connect.js';
import type { Moments } from '../history/moments.js';
import { createReader, type KnowingRow } from '../resources/reading.js';
import { DEFAULT_NODES, MOST_LINKS, type Network, type NetworkQuery } from './schema.js';
import { networkStatement } from './sql.js';

type Node = Network['nodes'][number];

interface NetworkRow extends KnowingRow, Pick<Network, 'actor' | 'nodes_total' | 'links' | 'links_total'> {
  /** Each with the finished JSON of the actor. */
  nodes: (Pick<Node, 'slug' | 'depth' | 'events'> & { card: string })[];
}

export type NetworkStore = ReturnType<typeof createNetworkStore>;

export function createNetworkStore(database: Pick<Database, 'reads'>, moments: Moments) {
  const readRows = createReader(database, moments);
  return {
    /** @param actor its id */
    async read(actor: string, { depth = 1, limit = DEFAULT_NODES }: NetworkQuery, moment: MomentQuery) {
      const { rows, seq, isFinal, meta } = await readRows<NetworkRow>(moment, (as_of) =>
        networkStatement({ actor, depth, nodes: limit, links: MOST_LINKS }, as_of),
      );
      const { nodes, nodes_total, links, links_total, actor: slug } = rows[0]!;
      const network: Network = {
        counted: 'published events in which both take part',
        actor: slug,
        depth,
        nodes: nodes.map(toNode),
        nodes_total,
        links,
        links_total,
        meta,
      };
      return { network, seq, isFinal };
    },
  };
}

function toNode({ slug, depth, events, card }: NetworkRow['nodes'][number]): Node {
  const { name, kind, country_code, country_name } = JSON.parse(card) as Node;
  return { slug, name, kind, country_code, country_name, depth, events };
}
