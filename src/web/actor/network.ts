// With whom an actor takes part in developments, as a drawing made here: forces are let work for a fixed number of steps from
// fixed places, so that the same answer is the same drawing. The list beside it says the same.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, type SimulationNodeDatum } from 'd3-force';
import type { Network } from '../../network/schema.js';
import { type Html, html } from '../html.js';
import type { Visit } from '../site.js';
import { count, countryText, words } from '../words.js';

/** Of the drawing, in its own units. */
const [WIDTH, HEIGHT, EDGE] = [720, 520, 46];
const TICKS = 300;
const LONGEST_NAME = 22;

type Node = Network['nodes'][number] & SimulationNodeDatum & { r: number };

export function network({ nodes, links, nodes_total, actor }: Network, visit: Visit): Html | null {
  if (nodes.length < 2) return null;
  const weights = new Map(
    links.flatMap(({ source, target, weight }) => (source === actor ? [[target, weight]] : target === actor ? [[source, weight]] : [])),
  );
  const others = nodes.slice(1);
  return html`<section aria-labelledby="network-title"><h2 id="network-title">Network</h2>
<p class="quiet">Who takes part in the same developments${nodes_total > nodes.length && html`: the ${others.length} met most often, of ${nodes_total - 1}`}. The larger a circle, the more developments; the stronger a line, the more in common.</p>
<div class="net-and-list">
${drawing(nodes, links, visit)}
<ol class="others">${others.map(
    ({
      slug,
      name,
      kind,
      country_code,
    }) => html`<li><a href="${visit.link(`/actors/${slug}`)}">${name}</a> <span class="quiet">${kind === 'country' ? '' : words(kind)}${kind !== 'country' && country_code && `, ${countryText(country_code)}`}</span>
<span class="number"><span aria-hidden="true">${weights.get(slug) ?? 0}</span><span class="unseen">${count(weights.get(slug) ?? 0, 'development')} with ${name}</span></span></li>`,
  )}</ol></div></section>`;
}

function drawing(all: Network['nodes'], links: Network['links'], { link }: Visit): Html {
  const { placed, joined } = layout(all, links);
  const most = Math.max(...links.map(({ weight }) => weight), 1);
  return html`<figure class="net scroll" tabindex="0" role="region" aria-label="Drawing of the network"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="group" aria-label="Network of ${all[0]!.name}: ${count(all.length - 1, 'other')} and ${count(links.length, 'link')}; the list says the same">
${joined.map(({ source, target, weight }) => html`<path class="w${Math.ceil((4 * weight) / most)}" d="M${round(source.x)} ${round(source.y)}L${round(target.x)} ${round(target.y)}"/>`)}
${placed.map((node) => {
  const { slug, name, kind, depth, events, r } = node;
  return html`<a href="${link(`/actors/${slug}`)}" class="${depth === 0 ? 'self' : kind}" tabindex="-1"><title>${name}: ${count(events, 'development')}</title><circle cx="${round(node.x)}" cy="${round(node.y)}" r="${r}"/><text x="${round(node.x)}" y="${round(node.y) + r + 12}">${shortened(name)}</text></a>`;
})}
</svg></figure>`;
}

function layout(all: Network['nodes'], links: Network['links']) {
  const most = Math.max(...all.map(({ events }) => events), 1);
  const placed: Node[] = all.map((node, index) => ({
    ...node,
    r: Math.round(6 + 14 * Math.sqrt(node.events / most)),
    ...(index === 0 && { fx: WIDTH / 2, fy: HEIGHT / 2 }),
  }));
  const bySlug = new Map(placed.map((node) => [node.slug, node]));
  const joined = links.map(({ source, target, weight }) => ({ source: bySlug.get(source)!, target: bySlug.get(target)!, weight }));
  forceSimulation(placed)
    .force(
      'links',
      forceLink(joined)
        .distance(150)
        .strength(({ weight }) => Math.min(0.25, 0.03 * weight)),
    )
    .force('apart', forceManyBody().strength(-420))
    .force(
      'names',
      forceCollide<Node>(({ r }) => r + 26),
    )
    .force('x', forceX(WIDTH / 2).strength(0.07))
    .force('y', forceY(HEIGHT / 2).strength(0.14))
    .stop()
    .tick(TICKS);
  for (const node of placed) {
    node.x = Math.min(WIDTH - EDGE, Math.max(EDGE, node.x ?? 0));
    node.y = Math.min(HEIGHT - EDGE / 1.5, Math.max(EDGE / 2, node.y ?? 0));
  }
  return { placed, joined };
}

const round = (place: number | undefined): number => Math.round(place ?? 0);
const shortened = (name: string): string => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1).trimEnd()}…` : name);
