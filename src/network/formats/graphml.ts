// A network as GraphML (http://graphml.graphdrawing.org/), which Gephi, Cytoscape, yEd, NetworkX and igraph read.
import XMLBuilder from 'fast-xml-builder';
import type { Network } from '../schema.js';

const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true });

/** XML 1.0 has no place for most control characters, escaped or not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

/** What nodes and edges bear: the name for graph tools, and its type. */
const OF_NODES = [
  ['label', 'string'],
  ['kind', 'string'],
  ['country_code', 'string'],
  ['depth', 'int'],
  ['events', 'int'],
] as const;

const keyOf = (domain: 'node' | 'edge', [name, type]: readonly [string, string]) => ({
  '@_id': name,
  '@_for': domain,
  '@_attr.name': name,
  '@_attr.type': type,
});

const dataOf = (values: Record<string, string | number | null>) =>
  Object.entries(values).flatMap(([key, value]) => (value === null ? [] : [{ '@_key': key, '#text': value }]));

export const graphml = ({ actor, nodes, links }: Network): string =>
  builder
    .build({
      '?xml': { '@_version': '1.0', '@_encoding': 'utf-8' },
      graphml: {
        '@_xmlns': 'http://graphml.graphdrawing.org/xmlns',
        key: [...OF_NODES.map((key) => keyOf('node', key)), keyOf('edge', ['weight', 'int'])],
        graph: {
          '@_id': actor,
          '@_edgedefault': 'undirected',
          node: nodes.map(({ slug, name, kind, country_code, depth, events }) => ({
            '@_id': slug,
            data: dataOf({ label: name, kind, country_code, depth, events }),
          })),
          edge: links.map(({ source, target, weight }) => ({ '@_source': source, '@_target': target, data: dataOf({ weight }) })),
        },
      },
    })
    .replace(FORBIDDEN, '');
