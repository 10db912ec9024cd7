// Every resource, with what is needed to create, change and list it: the table that the tests of this folder walk.
import type { Tested } from '../support/app.js';

export interface Resource {
  name: string;
  /** Of the collection. */
  path: string;
  entity: string;
  /** A whole resource, with members besides those that are needed; `n` keeps several apart. */
  whole: (n: number) => Record<string, unknown>;
  /** The members without which there is none. */
  least: (n: number) => Record<string, unknown>;
  /** A member that `whole` gives a value, and what it is where it is left out. */
  optional: { member: string; otherwise: unknown };
  /** The last part of the address of `whole(n)`. */
  key: (n: number) => string;
  /** The member that is the address. */
  address: 'slug' | 'number';
  sorts: string[];
}

export const RESOURCES: Resource[] = [
  {
    name: 'topic',
    path: '/v1/topics',
    entity: 'topic',
    whole: (n) => ({ slug: `topic-${n}`, name: `Topic ${n}`, description: 'What it is about' }),
    least: (n) => ({ slug: `topic-${n}`, name: `Topic ${n}` }),
    optional: { member: 'description', otherwise: null },
    key: (n) => `topic-${n}`,
    address: 'slug',
    sorts: ['name', 'created_at', 'updated_at'],
  },
  {
    name: 'actor',
    path: '/v1/actors',
    entity: 'actor',
    whole: (n) => ({ slug: `actor-${n}`, kind: 'country', name: `Actor ${n}`, aliases: ['An alias'], country_code: 'DE' }),
    least: (n) => ({ slug: `actor-${n}`, kind: 'country', name: `Actor ${n}` }),
    optional: { member: 'country_code', otherwise: null },
    key: (n) => `actor-${n}`,
    address: 'slug',
    sorts: ['name', 'created_at', 'updated_at'],
  },
  {
    name: 'source',
    path: '/v1/sources',
    entity: 'source',
    whole: (n) => ({ slug: `source-${n}`, url: `https://example.org/${n}`, title: `Source ${n}`, publisher: 'Example' }),
    least: (n) => ({ slug: `source-${n}`, url: `https://example.org/${n}`, title: `Source ${n}` }),
    optional: { member: 'publisher', otherwise: null },
    key: (n) => `source-${n}`,
    address: 'slug',
    sorts: ['title', 'created_at', 'updated_at'],
  },
  {
    name: 'initiative',
    path: '/v1/initiatives',
    entity: 'initiative',
    whole: (n) => ({ slug: `initiative-${n}`, name: `Initiative ${n}`, summary: 'A process' }),
    least: (n) => ({ slug: `initiative-${n}`, name: `Initiative ${n}` }),
    optional: { member: 'summary', otherwise: null },
    key: (n) => `initiative-${n}`,
    address: 'slug',
    sorts: ['name', 'created_at', 'updated_at'],
  },
  {
    name: 'action plan',
    path: '/v1/action-plans',
    entity: 'action_plan',
    whole: (n) => ({ slug: `plan-${n}`, title: `Plan ${n}`, principles: ['Openness'], issued_on: '2025-07' }),
    least: (n) => ({ slug: `plan-${n}`, title: `Plan ${n}` }),
    optional: { member: 'issued_on', otherwise: null },
    key: (n) => `plan-${n}`,
    address: 'slug',
    sorts: ['title', 'created_at', 'updated_at'],
  },
  {
    name: 'action item',
    path: '/v1/action-plans/the-plan/items',
    entity: 'action_item',
    whole: (n) => ({ number: n, title: `Item ${n}`, text: 'What it says' }),
    least: (n) => ({ number: n, title: `Item ${n}` }),
    optional: { member: 'text', otherwise: null },
    key: (n) => String(n),
    address: 'number',
    sorts: ['number'],
  },
  {
    name: 'event',
    path: '/v1/events',
    entity: 'event',
    whole: (n) => ({
      slug: `event-${n}`,
      type: 'statement',
      title: `Event ${n}`,
      date: '2025-07-26',
      significance: 5,
      summary: 'What was said',
    }),
    least: (n) => ({ slug: `event-${n}`, type: 'statement', title: `Event ${n}`, date: '2025-07-26' }),
    optional: { member: 'summary', otherwise: null },
    key: (n) => `event-${n}`,
    address: 'slug',
    sorts: ['created_at', 'updated_at', 'title'],
  },
];

/** What items stand in. */
export async function prepare(api: Tested): Promise<void> {
  await api.post('/v1/action-plans', { slug: 'the-plan', title: 'The plan' });
}

export async function countRevisions({ database }: Tested): Promise<number> {
  return (await database.pool.query<{ count: number }>('select count(*)::int as count from revisions')).rows[0]!.count;
}
