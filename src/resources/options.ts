// What the service of a resource is told of it, and what each change brings along.
import type { Entity, Operation } from '../contract/write.js';
import type { Database } from '../database/connect.js';
import type { AsOf } from '../database/statement.js';
import type { Transaction, Write, WriteOptions } from '../database/write.js';
import type { Problem } from '../errors.js';
import type { Moments } from '../history/moments.js';
import type { Body } from './cards.js';
import type { ListedStore } from './store.js';

/** What readers see of a resource: it, nothing at all, or that it is gone. */
export type Standing = 'public' | 'hidden' | 'withdrawn';

/** A document that names what stands. */
export interface Followed<Document> {
  document: Document;
  /** Where what stands at a pointer stood before; left out where nothing moved. */
  sentAt?: (pointer: string) => string;
}

export interface ResourceOptions<Input, Document, Query> {
  database: Pick<Database, 'pool' | 'reads' | 'state'>;
  moments: Moments;
  entity: Entity;
  /** In sentences: "actor". */
  noun: string;
  /** The address of the resource with this key (a slug or an id). */
  addressOf: (key: string) => string;
  store: ListedStore<Document, Query>;
  /** Turns what was sent into documents: creates what was sent inline, fills in slugs. @param before what each takes the place of */
  prepare: (write: Write, inputs: Input[], before: (Document | undefined)[]) => Promise<Document[]>;
  /** The last step before documents are saved, whoever wrote them and why: has them name what stands in place of what they named. */
  follow?: (tx: Transaction, documents: Document[]) => Promise<Followed<Document>[]>;
  /** What of a document is kept, in the tables and in the history: the members that are named, and no other. */
  kept: (document: Document) => Document;
  /** The document's slug, or the key that takes its place; null where it has none. */
  keyOf: (document: Document) => string | null;
  /** The member that is part of the address: once it has a value, it never changes. */
  fixed: keyof Input & keyof Document & string;
  standing?: (document: Document) => Standing;
  /** The operation's name when a document takes the place of another. */
  operation?: (before: Document, after: Document) => Operation;
  /** The document of a resource that is restored. @param wasDeleted or merged; withdrawn where not */
  restored?: (document: Document, wasDeleted: boolean) => Document;
  /** Of one that is gone: where it went, if readers may see that. */
  moved?: (tx: Transaction, document: Document, seesHidden: boolean, as_of: AsOf) => Promise<Problem | undefined>;
  /** Makes their cards, and again those that show them. */
  refresh: Refresh;
  /** Of one that was just made alone: what is told beside it. @throws Problem where it is not to be after all */
  beside?: (write: Write, created: { id: string; document: Document }, change: ChangeOptions) => Promise<object>;
}

/** @param areNew whether nothing can show them yet but what they belong to */
export type Refresh = (write: Write, ids: string[], areNew?: boolean) => Promise<void>;

export interface Allowed {
  /** Versions that If-Match allows; null for any. */
  versions?: number[] | null;
}

export interface ChangeOptions extends WriteOptions, Allowed {
  /** Of a new one: refuse it where it seems to be there already. */
  reject_duplicates?: boolean | undefined;
}

/** A resource that was made: where it is, and what is told beside it. */
export type Created = Body & { address: string; beside?: object };
