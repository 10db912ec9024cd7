// How every resource is read, created, changed, deleted and restored: one way for the API, the data files and imports.
// Who may see what, and what a change must hold to, is decided here; writer.ts puts it down.
import { mergedInto } from '../contract/ended.js';
import { lastDayOf, type MomentQuery, type ValidMomentQuery } from '../contract/moment.js';
import type { Listing } from '../contract/page.js';
import type { AsOf } from '../database/statement.js';
import { type Transaction, type Write, write } from '../database/write.js';
import { invalidBody, Problem } from '../errors.js';
import { createRevisionStore } from '../history/store.js';
import { type Body, readCard } from './cards.js';
import type { Allowed, ChangeOptions, Created, ResourceOptions } from './options.js';
import type { Located } from './store.js';
import { createResourceWriter } from './writer.js';

export type { ChangeOptions, Created, Refresh, ResourceOptions, Standing } from './options.js';

export type ResourceService<Input, Document extends object, Query> = ReturnType<typeof createResourceService<Input, Document, Query>>;

export function createResourceService<Input, Document extends object, Query>(options: ResourceOptions<Input, Document, Query>) {
  const { database, moments, entity, noun, addressOf, store, kept, fixed } = options;
  const revisions = createRevisionStore(database, kept);
  const standing = options.standing ?? (() => 'public');
  const { begin, complete, create, replace, put } = createResourceWriter(options);

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

  /** @param into what it became part of, for whom may know that */
  function gone(located: Located<Document>, into?: string): Problem {
    const state = located.deleted_at === null ? 'withdrawn' : located.operation;
    const { id, slug, version, reason } = located;
    const tombstone = { entity, id, slug, state, version, reason, recorded_at: located.recorded_at.toISOString() };
    const [where, remedy] = into === undefined ? ['', ''] : [` into ${into}`, '; change that one'];
    const detail = `The ${noun} ${slug ?? id} was ${state}${where} on ${tombstone.recorded_at.slice(0, 10)}${remedy}.`;
    return new Problem('gone', detail, { extra: { tombstone } });
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
  async function findForChange(tx: Transaction, key: string, { versions }: Allowed): Promise<Located<Document>> {
    const located = (await store.locate(tx, [key])).get(key);
    if (located === undefined) throw missing(key);
    if (located.deleted_at !== null) throw gone(located, mergedInto(located.document));
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

  /** @returns its id */
  async function updateWithin(running: Write, key: string, toInput: (document: Document) => Input, change: Allowed): Promise<string> {
    const located = await findForChange(running.tx, key, change);
    await replace(running, [{ located, input: keepAddress(toInput(located.document), located.document) }]);
    return located.id;
  }

  /** @returns its id */
  async function removeWithin(running: Write, key: string, change: Allowed): Promise<string> {
    const located = await findForChange(running.tx, key, change);
    const uses = await store.uses(running.tx, located.id);
    if (uses.length > 0)
      throw new Problem('conflict', `The ${noun} ${key} is still in use by ${uses.join(' and ')}; take it out there first.`);
    await put(running, [{ located, document: located.document, operation: 'deleted' }]);
    return located.id;
  }

  const idOf = async (key: string): Promise<string> => {
    const located = (await store.locate(database.reads, [key])).get(key);
    if (located === undefined) throw missing(key);
    return located.id;
  };

  async function answer(tx: Transaction, id: string): Promise<Body> {
    return (await readCard(tx, store.cards, id, null))!;
  }

  return {
    entity,
    noun,
    store,
    /** Within a running write, for many: the way of imports. */
    createAll: create,
    /** The same in two steps, the first of which may be taken early. */
    begin,
    complete,
    replaceAll: replace,
    /** Within a running write, for one: the way of what is decided elsewhere. */
    updateWithin,
    removeWithin,
    /** Within a running write, each as it is told: what has rules of its own. */
    put,
    findForChange,
    answer,
    /** For the history: what was of a resource, deleted and withdrawn ones too. */
    revisions,
    idOf,
    missing,
    addressOf,

    /** A page of finished answers. */
    async list(query: Query, moment: MomentQuery = {}): Promise<Listing<string>> {
      const { as_of } = await moments.resolve(moment);
      return store.list(database.reads, { ...query, moment: moment.known_at ?? moment.release }, as_of);
    },

    async get(key: string, seesHidden: boolean, moment: ValidMomentQuery = {}): Promise<Body> {
      const { as_of } = await moments.resolve(moment);
      const located = await find(database.reads, key, seesHidden, as_of);
      const body = await readCard(database.reads, store.cards, located.id, as_of, lastDayOf(moment.valid_at));
      if (body === undefined) throw missing(key);
      return body;
    },

    create: (input: Input, change: ChangeOptions): Promise<Created> =>
      write(database, change, async (running) => {
        const [created] = await create(running, [{ input }]);
        const beside = await options.beside?.(running, created!, change);
        return { ...(await answer(running.tx, created!.id)), address: created!.address, ...(beside && { beside }) };
      }),

    /** `change` makes the new input from the document in force. */
    update: (key: string, toInput: (document: Document) => Input, change: ChangeOptions): Promise<Body> =>
      write(database, change, async (running) => answer(running.tx, await updateWithin(running, key, toInput, change))),

    remove: (key: string, change: ChangeOptions): Promise<void> =>
      write(database, change, async (running) => void (await removeWithin(running, key, change))),

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
