// The network of an actor on the wire: with whom it takes part in events, and they with one another.
import { z } from 'zod';
import { country_answer } from '../contract/country.js';
import { slug } from '../contract/ids.js';
import { asOfMembers, type MomentQuery, momentMembers } from '../contract/moment.js';
import { limitUpTo } from '../contract/page.js';

/** How many others at each step at most, and where nobody says how many; and how many links in all. */
const MOST_NODES = 100;
export const DEFAULT_NODES = 50;
export const MOST_LINKS = 5000;

export const networkQuery = z.strictObject({
  depth: z
    .string()
    .regex(/^[12]$/, { error: 'depth takes 1 or 2.' })
    .transform(Number)
    .optional()
    .meta({
      description: '1: those with whom it takes part in events; 2: those with whom these do, too.',
      type: 'integer',
      minimum: 1,
      maximum: 2,
      default: 1,
    }),
  limit: limitUpTo(MOST_NODES, DEFAULT_NODES).meta({
    description: `How many others at each step, those met most often: 1 to ${MOST_NODES}, a larger number is clamped. Default ${DEFAULT_NODES}.`,
    type: 'integer',
    minimum: 1,
    default: DEFAULT_NODES,
  }),
  ...momentMembers,
});
export type NetworkQuery = Omit<z.output<typeof networkQuery>, keyof MomentQuery>;

export const network = z
  .strictObject({
    counted: z.string().meta({ description: 'What weights count.' }),
    actor: slug,
    depth: z.int(),
    nodes: z
      .array(
        z.strictObject({
          slug,
          name: z.string(),
          kind: z.string(),
          ...country_answer,
          depth: z.int().meta({ description: '0: the actor itself; 1: whom it meets; 2: whom only these meet.' }),
          events: z.int().meta({ description: 'In how many events it takes part, of all there are.' }),
        }),
      )
      .meta({ description: 'The actor first, then step by step those met most often.' }),
    nodes_total: z.int().meta({ description: 'How many there would be, were they not limited at the last step.' }),
    links: z
      .array(
        z.strictObject({
          source: slug,
          target: slug,
          weight: z.int().meta({ description: 'In how many events both take part.' }),
        }),
      )
      .meta({ description: `Between any two of the nodes, once and without direction, the heaviest first; at most ${MOST_LINKS}.` }),
    links_total: z.int(),
    meta: z.strictObject(asOfMembers),
  })
  .meta({ id: 'Network', description: 'Who takes part in events with an actor: nodes and weighted links.' });
export type Network = z.output<typeof network>;
