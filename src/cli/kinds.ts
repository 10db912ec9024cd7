// The kinds of documents that are imported and exported, in an order in which they can be: what each is called in files,
// where it is asked for, and by what it is told from others.
import type { Entity } from '../contract/write.js';

/** A document as writes send it. */
export type Document = Record<string, unknown>;

export interface Kind {
  entity: Entity;
  /** What a list of them is called in YAML and JSON files. */
  member: string;
  noun: string;
  /** Where they are listed and added. */
  collection: (document: Document) => string;
  /** By what one is told from others; undefined where the server gives it a name. */
  keyOf: (document: Document) => string | undefined;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const slugOf = ({ slug }: Document): string | undefined => text(slug);
const kind = (entity: Entity, member: string, path: string, keyOf: Kind['keyOf'] = slugOf): Kind => ({
  entity,
  member,
  noun: entity.replace('_', ' '),
  collection: () => `/v1/${path}`,
  keyOf,
});

export const KINDS: readonly Kind[] = [
  kind('topic', 'topics', 'topics'),
  kind('actor', 'actors', 'actors'),
  kind('source', 'sources', 'sources', ({ slug, url }) => text(slug) ?? text(url)),
  kind('initiative', 'initiatives', 'initiatives'),
  kind('action_plan', 'action_plans', 'action-plans'),
  {
    ...kind('action_item', 'action_items', '', ({ number }) => (number === undefined ? undefined : String(number))),
    collection: ({ plan }) => `/v1/action-plans/${encodeURIComponent(String(plan))}/items`,
  },
  kind('event', 'events', 'events'),
];

export const kindOf = (entity: string): Kind | undefined => KINDS.find((one) => one.entity === entity);
export const rankOf = (entity: string): number => KINDS.findIndex((one) => one.entity === entity);
