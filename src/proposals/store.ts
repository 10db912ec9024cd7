// Proposals in the database: rows by which lists find them, beside revisions that say what they are.
import { isId } from '../contract/ids.js';
import type { Listing } from '../contract/page.js';
import { prepared, type Values } from '../database/statement.js';
import type { Transaction } from '../database/write.js';
import { type CardTable, listCards } from '../resources/cards.js';
import { type ResourceStore, saveRows } from '../resources/store.js';
import type { ProposalDocument, ProposalQuery } from './schema.js';
import { CARDS, FIND, LAST, VERSION, WAITING } from './sql.js';

export interface Stored {
  id: string;
  version: number;
  created_at: Date;
  updated_at: Date;
  document: ProposalDocument;
}

/** Whose list it is: who bears which key, and whether they decide. */
export interface Asking {
  id: string | null;
  decides: boolean;
}

export interface LastRevision {
  version: number;
  seq: number;
  is_public: boolean;
  state: Record<string, unknown>;
}

const TABLE: CardTable = {
  from: CARDS,
  where: 'true',
  id: 'c.id',
  sort: { created_at: { column: 'c.created_at', type: 'timestamptz' }, updated_at: { column: 'c.updated_at', type: 'timestamptz' } },
};

type Parsed = Omit<Stored, 'created_at' | 'updated_at'> & { created_at: string; updated_at: string };

export const proposalStore = {
  async find(tx: Transaction, id: string): Promise<Stored | undefined> {
    if (!isId(id)) return undefined;
    return (await tx.query<Stored>(prepared(FIND, [id.toLowerCase()]))).rows[0];
  },

  /** A page of those that the reader may see. */
  async list(tx: Transaction, query: ProposalQuery, asking: Asking): Promise<Listing<Stored>> {
    const { state, entity, target, author, taken_by, ...place } = query;
    const also = (values: Values): string[] => [
      ...(asking.decides ? [] : [shownTo(asking, values)]),
      ...(state === undefined ? [] : [`c.state = any(${values.add(state, 'text[]')})`]),
      ...(entity === undefined ? [] : [`c.target_entity = any(${values.add(entity, 'text[]')})`]),
      ...(target === undefined
        ? []
        : [isId(target) ? `c.target_id = ${values.add(target, 'uuid')}` : `c.target_slug = ${values.add(target, 'text')}`]),
      ...(author === undefined ? [] : [personSql('author', author, asking, values)]),
      ...(taken_by === undefined ? [] : [personSql('taken_by', taken_by, asking, values)]),
    ];
    const bound = { state, entity, target, author, taken_by, asking };
    const page = await listCards(tx, TABLE, { groups: [], also }, place, null, bound);
    return { ...page, data: page.data.map((text) => revived(JSON.parse(text) as Parsed)) };
  },

  /** @param rows with all that lists ask for; written down again when what is derived is made again */
  save: async ({ tx }, rows): Promise<void> =>
    saveRows(tx, [
      {
        table: 'proposals',
        key: 'id',
        rows: rows.map(({ id, version, created_at, updated_at, document }) => ({
          ...{ id, version, created_at, updated_at, state: document.state, is_public: document.is_public },
          ...{ target_entity: document.target.entity, target_id: document.target.id, target_slug: document.target.slug },
          ...{ author_id: document.author?.id ?? null, author_name: document.author?.name ?? null },
          ...{ taken_by_id: document.taken_by?.id ?? null, taken_by_name: document.taken_by?.name ?? null },
        })),
      },
    ]),

  /** The document of a version of anything, and whether readers without a key may see it. */
  async version(tx: Transaction, id: string, version: number): Promise<{ state: object; is_public: boolean } | undefined> {
    return (await tx.query<{ state: object; is_public: boolean }>(prepared(VERSION, [id, version]))).rows[0];
  },

  /** What was recorded last of anything. */
  async last(tx: Transaction, id: string): Promise<LastRevision> {
    return (await tx.query<LastRevision>(prepared(LAST, [id]))).rows[0]!;
  },

  /** How many that nobody in particular sent wait to be decided. */
  async waiting(tx: Transaction): Promise<number> {
    return (await tx.query<{ waiting: number }>(prepared(WAITING))).rows[0]!.waiting;
  },
} satisfies Pick<ResourceStore<ProposalDocument>, 'save'> & Record<string, unknown>;

const shownTo = ({ id }: Asking, values: Values): string =>
  id === null ? 'c.is_public' : `(c.state in ('accepted', 'rejected') or c.author_id = ${values.add(id, 'uuid')})`;

function personSql(column: 'author' | 'taken_by', name: string, { id }: Asking, values: Values): string {
  if (name === 'nobody') return `c.${column}_id is null`;
  return name === 'me' ? `c.${column}_id = ${values.add(id, 'uuid')}` : `c.${column}_name = ${values.add(name, 'text')}`;
}

const revived = ({ created_at, updated_at, ...rest }: Parsed): Stored => ({
  ...rest,
  created_at: new Date(created_at),
  updated_at: new Date(updated_at),
});
