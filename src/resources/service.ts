// How every resource is created, changed, deleted and restored: one way for the API, the data files and imports. All
// of it works on many at once; a single write is a batch of one.
import { isDeepStrictEqual } from 'node:util';
import { newId } from '../contract/ids.js';
import type { MomentQuery } from '../contract/moment.js';
import type { Listing } from '../contract/page.js';
import { ENDINGS, type Operation } from '../contract/write.js';
import type { AsOf } from '../database/statement.js';
import { record, type Transaction, type Write, write } from '../database/write.js';
import { invalidBody, Problem } from '../errors.js';
import { createRevisionStore } from '../history/store.js';
import { type Body, readCards } from './cards.js';
import type { ChangeOptions, Created, ResourceOptions } from './options.js';
import type { Located, Row } from './store.js';

export type { ChangeOptions, Created, Refresh, ResourceOptions, Standing } from './options.js';

export type ResourceService<Input, Document extends object, Query> = ReturnType<typeof createResourceService<Input, Document, Query>>;

export function createResourceService<Input, Document extends object, Query>(options: ResourceOptions<Input, Document, Query>) {
  const { database, moments, entity, noun, addressOf, store, kept, keyOf, fixed } = options;
  const revisions = createRevisionStore(database, kept);
  const standing = options.standing ?? (() => 'public');

  const prepare = async (running: Write, inputs: Input[]) => (await options.prepare(running, inputs)).map(kept);

  const create = async (running: Write, inputs: Input[]): Promise<{ id: string; address: string; document: Document }[]> => {
    const documents = await prepare(running, inputs);
    await refuseTaken(
      running.tx,
      documents.map(keyOf).filter((key) => key !== null),
    );
    const rows = documents.map((document) => ({ ...stampsOf(running), id: newId(), version: 1, is_new: true, document }));
    await store.save(running, rows);
    await record(
      running,
      rows.map((row) => changeOf(row, 'created')),
    );
    await options.refresh(
      running,
      rows.map((row) => row.id),
      true,
    );
    return rows.map(({ id, document }) => ({ id, document, address: addressOf(keyOf(document) ?? id) }));
  };

  /** Puts new documents in the place of those that are there; what is the same already is left alone. */
  const replace = async (running: Write, changes: { located: Located<Document>; input: Input }[]): Promise<string[]> => {
    const documents = await prepare(
      running,
      changes.map(({ input }) => input),
    );
    const fresh = changes.flatMap(({ located }, index): Change<Document>[] => {
      const document = documents[index]!;
      if (isDeepStrictEqual(plain(document), plain(located.document))) return [];
      return [{ located, document, operation: options.operation?.(located.document, document) ?? 'updated' }];
    });
    await put(running, fresh);
    return fresh.map(({ located }) => located.id);
  };

  /** Puts documents in the place of those that are there, each for its own reason; one that ends is deleted from then on. */
  const put = async (running: Write, changes: Change<Document>[]): Promise<void> => {
    if (changes.length === 0) return;
    const rows = changes.map(({ located, document, operation }) => ({
      ...nextOf(running, located, document),
      deleted_at: ENDINGS.includes(operation) ? running.now : null,
    }));
    await store.save(running, rows);
    await record(
      running,
      changes.map(({ located, operation }, index) => changeOf(rows[index]!, operation, located)),
    );
    await options.refresh(
      running,
      rows.map(({ id }) => id),
    );
  };

  const stampsOf = (running: Write) => ({ created_at: running.now, updated_at: running.now, deleted_at: null });

  const nextOf = (running: Write, located: Located<Document>, document: Document): Row<Document> => ({
    ...stampsOf(running),
    id: located.id,
    version: located.version + 1,
    created_at: located.created_at,
    is_new: false,
    document: kept(document),
  });

  const changeOf = (row: Row<Document>, operation: Operation, previous?: Located<Document>) => ({
    entity,
    id: row.id,
    version: row.version,
    operation,
    document: row.document,
    previous: previous?.document ?? null,
    is_public: isPublic(row, previous),
  });

  /** What readers saw once they may see withdrawn too; what they never saw stays hidden. */
  function isPublic({ document }: Row<Document>, previous?: Located<Document>): boolean {
    const shown = standing(document);
    return shown === 'public' || (shown === 'withdrawn' && previous?.is_public === true);
  }

  async function refuseTaken(tx: Transaction, keys: string[]): Promise<void> {
    const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
    if (repeated !== undefined) throw new Problem('conflict', `The ${noun} ${repeated} is there twice in what was sent.`);
    const taken = await store.locate(tx, keys);
    for (const key of keys) {
      const other = taken.get(key);
      if (other === undefined) continue;
      const remedy =
        other.deleted_at === null
          ? `change it with PATCH ${addressOf(key)}, or choose another slug`
          : `it was deleted: restore it with POST ${addressOf(key)}/restore, or choose another slug`;
      throw new Problem('conflict', `There is ${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun} ${key} already; ${remedy}.`);
    }
  }

  function keepAddress(input: Input, { [fixed]: address }: Document): Input {
    if (address === null || address === undefined || (input[fixed] as unknown) === address) return input;
    if (input[fixed] === undefined || input[fixed] === null) return { ...input, [fixed]: address };
    throw invalidBody([
      {
        pointer: `/${fixed}`,
        detail: `The ${fixed} is part of the address and never changes; leave it out, or send ${JSON.stringify(address)}.`,
      },
    ]);
  }

  const missing = (key: string) => new Problem('not-found', `There is no ${noun} ${key}.`);

  function gone(located: Located<Document>): Problem {
    const state = located.deleted_at === null ? 'withdrawn' : located.operation;
    const { id, slug, version, reason } = located;
    const tombstone = { entity, id, slug, state, version, reason, recorded_at: located.recorded_at.toISOString() };
    return new Problem('gone', `The ${noun} ${slug ?? id} was ${state} on ${tombstone.recorded_at.slice(0, 10)}.`, {
      extra: { tombstone },
    });
  }

  /** @throws Problem 404 when it is not there or not to be seen, 410 when it is gone */
  async function find(tx: Transaction, key: string, seesHidden: boolean, as_of: AsOf): Promise<Located<Document>> {
    const located = (await store.locate(tx, [key], as_of)).get(key);
    if (located === undefined || (standing(located.document) === 'hidden' && !seesHidden)) throw missing(key);
    if (located.deleted_at !== null) throw (await options.moved?.(tx, located.document, seesHidden, as_of)) ?? gone(located);
    if (standing(located.document) === 'withdrawn') throw gone(located);
    return located;
  }

  /** As find, but for a change: a withdrawn one may be changed, and If-Match is held. */
  async function findForChange(tx: Transaction, key: string, { versions }: ChangeOptions): Promise<Located<Document>> {
    const located = (await store.locate(tx, [key])).get(key);
    if (located === undefined) throw missing(key);
    if (located.deleted_at !== null) throw gone(located);
    refuseOtherVersion(located, versions);
    return located;
  }

  function refuseOtherVersion(located: Located<Document>, versions: number[] | null | undefined): void {
    if (versions == null || versions.includes(located.version)) return;
    throw new Problem(
      'precondition-failed',
      `The ${noun} is at version ${located.version} now, which If-Match does not name; read it again, then repeat the change.`,
    );
  }

  const idOf = async (key: string): Promise<string> => {
    const located = (await store.locate(database.reads, [key])).get(key);
    if (located === undefined) throw missing(key);
    return located.id;
  };

  async function answer(tx: Transaction, id: string): Promise<Body> {
    return (await readCards(tx, store.cards, [id], null))[0]!;
  }

  return {
    entity,
    noun,
    store,
    /** Within a running write, for many: the way of imports. */
    createAll: create,
    replaceAll: replace,
    /** Within a running write, each as it is told: what has rules of its own. */
    put,
    findForChange,
    answer,
    /** For the history: what was of a resource, deleted and withdrawn ones too. */
    revisions,
    idOf,
    missing,

    /** A page of finished answers. */
    async list(query: Query, moment: MomentQuery = {}): Promise<Listing<string>> {
      const { as_of } = await moments.resolve(moment);
      return store.list(database.reads, { ...query, moment: moment.known_at ?? moment.release }, as_of);
    },

    async get(key: string, seesHidden: boolean, moment: MomentQuery = {}): Promise<Body> {
      const { as_of } = await moments.resolve(moment);
      const located = await find(database.reads, key, seesHidden, as_of);
      const [body] = await readCards(database.reads, store.cards, [located.id], as_of);
      if (body === undefined) throw missing(key);
      return body;
    },

    create: (input: Input, change: ChangeOptions): Promise<Created> =>
      write(database, change, async (running) => {
        const [created] = await create(running, [input]);
        const beside = await options.beside?.(running, created!, change);
        return { ...(await answer(running.tx, created!.id)), address: created!.address, ...(beside && { beside }) };
      }),

    /** `change` makes the new input from the document in force. */
    update: (key: string, toInput: (document: Document) => Input, change: ChangeOptions): Promise<Body> =>
      write(database, change, async (running) => {
        const located = await findForChange(running.tx, key, change);
        const input = keepAddress(toInput(located.document), located.document);
        await replace(running, [{ located, input }]);
        return answer(running.tx, located.id);
      }),

    remove: (key: string, change: ChangeOptions): Promise<void> =>
      write(database, change, async (running) => {
        const located = await findForChange(running.tx, key, change);
        const uses = await store.uses(running.tx, located.id);
        if (uses.length > 0)
          throw new Problem('conflict', `The ${noun} ${key} is still in use by ${uses.join(' and ')}; take it out there first.`);
        await put(running, [{ located, document: located.document, operation: 'deleted' }]);
      }),

    restore: (key: string, change: ChangeOptions): Promise<Body> =>
      write(database, change, async (running) => {
        const located = (await store.locate(running.tx, [key])).get(key);
        if (located === undefined) throw missing(key);
        refuseOtherVersion(located, change.versions);
        if (located.deleted_at === null && standing(located.document) !== 'withdrawn') {
          throw new Problem('conflict', `The ${noun} ${key} is neither deleted nor withdrawn; there is nothing to restore.`);
        }
        const document = options.restored?.(located.document, located.deleted_at !== null) ?? located.document;
        await put(running, [{ located, document, operation: 'restored' }]);
        return answer(running.tx, located.id);
      }),

    /** `toInput` makes the input again from the document of that version, which becomes a new version. */
    async revert(key: string, version: number, toInput: (document: Document) => Input, change: ChangeOptions): Promise<Body> {
      const asked = { id: await idOf(key), seesHidden: true };
      const past = (await revisions.read(asked, [version])).get(version);
      if (past === undefined) {
        const last = (await revisions.span(asked))?.last;
        const detail = `The ${noun} ${key} has no version ${version}; it has those from 1 to ${last}.`;
        throw invalidBody([{ pointer: '/version', detail }]);
      }
      return write(database, { ...change, comment: change.comment ?? `Reverted to version ${version}.` }, async (running) => {
        const located = await findForChange(running.tx, key, change);
        const changed = await replace(running, [{ located, input: keepAddress(toInput(past.state), located.document) }]);
        if (changed.length === 0)
          throw new Problem('conflict', `The ${noun} ${key} has the content of version ${version} already; there is nothing to revert.`);
        return answer(running.tx, located.id);
      });
    },
  };
}

/** What a resource becomes, and what that is called. */
export interface Change<Document> {
  located: Located<Document>;
  document: Document;
  operation: Operation;
}

/** As JSON has it, so that what was stored and what was sent compare equal. */
const plain = (document: object): unknown => JSON.parse(JSON.stringify(document));
