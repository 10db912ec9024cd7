// What becomes of documents within a running write: made, put in the place of others, ended; each leaves a revision, and
// the cards that show it are made again. All of it works on many at once; a single write is a batch of one.
import { isDeepStrictEqual } from 'node:util';
import { remedyOfEnded } from '../contract/ended.js';
import { newId } from '../contract/ids.js';
import { ENDINGS, type Operation } from '../contract/write.js';
import { record, type Transaction, type Why, type Write } from '../database/write.js';
import { Problem, RejectedRows } from '../errors.js';
import type { ResourceOptions } from './options.js';
import type { Begun, Located, Made, Row } from './store.js';

/** What is sent, and why, where that is not why all is written. */
interface Entry<Input> {
  input: Input;
  why?: Why;
}

export function createResourceWriter<Input, Document extends object, Query>(options: ResourceOptions<Input, Document, Query>) {
  const { entity, noun, addressOf, store, kept, keyOf } = options;
  const standing = options.standing ?? (() => 'public');

  const prepare = async (running: Write, entries: (Entry<Input> & { located?: Located<Document> })[]) => {
    const inputs = entries.map(({ input }) => input);
    const before = entries.map(({ located }) => located?.document);
    return (await options.prepare(running, inputs, before)).map(kept);
  };

  /** Saves new rows, of which nobody knows until `complete`; may be done before its turn. */
  const begin = async (running: Write, entries: Entry<Input>[]): Promise<Begun<Document>> => {
    const documents = await prepare(running, entries);
    await refuseTaken(
      running.tx,
      documents.map(keyOf).filter((key) => key !== null),
    );
    const rows = documents.map((document) => ({ ...stampsOf(running), id: newId(), version: 1, is_new: true, document }));
    await store.save(running, rows);
    return rows.map((row, index) => ({ row, why: entries[index]!.why }));
  };

  const complete = async (running: Write, begun: Begun<Document>): Promise<Made<Document>[]> => {
    await record(
      running,
      begun.map(({ row, why }) => changeOf(row, 'created', undefined, why)),
    );
    await options.refresh(
      running,
      begun.map(({ row }) => row.id),
      true,
    );
    return begun.map(({ row: { id, document } }) => ({
      ...{ id, key: keyOf(document), document },
      address: addressOf(keyOf(document) ?? id),
    }));
  };

  const create = async (running: Write, entries: Entry<Input>[]) => complete(running, await begin(running, entries));

  /** Puts new documents in the place of those that are there; what is the same already is left alone. */
  const replace = async (running: Write, changes: (Entry<Input> & { located: Located<Document> })[]): Promise<string[]> => {
    const documents = await prepare(running, changes);
    const fresh = changes.flatMap(({ located, why }, place): Change<Document>[] => {
      const document = documents[place]!;
      if (isDeepStrictEqual(plain(document), plain(located.document))) return [];
      return [{ located, document, operation: options.operation?.(located.document, document) ?? 'updated', why, place }];
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
    await savePlaced(running, rows, changes);
    await record(
      running,
      changes.map(({ located, operation, why }, index) => changeOf(rows[index]!, operation, located, why)),
    );
    await options.refresh(
      running,
      rows.map(({ id }) => id),
    );
  };

  /** Faults are told by the places that the rows had before others were left out. */
  async function savePlaced(running: Write, rows: Row<Document>[], changes: Change<Document>[]): Promise<void> {
    try {
      await store.save(running, rows);
    } catch (error) {
      throw error instanceof RejectedRows ? error.within(changes.map(({ place }, row) => ({ row: place ?? row, pointer: '' }))) : error;
    }
  }

  const stampsOf = (running: Write) => ({ created_at: running.now, updated_at: running.now, deleted_at: null });

  const nextOf = (running: Write, located: Located<Document>, document: Document): Row<Document> => ({
    ...stampsOf(running),
    id: located.id,
    version: located.version + 1,
    created_at: located.created_at,
    is_new: false,
    document: kept(document),
  });

  const changeOf = (row: Row<Document>, operation: Operation, previous?: Located<Document>, why?: Why) => ({
    ...why,
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
          : remedyOfEnded(other.document, addressOf(key));
      throw new Problem('conflict', `There is ${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun} ${key} already; ${remedy}.`);
    }
  }

  return { begin, complete, create, replace, put };
}

/** What a resource becomes, and what that is called. */
export interface Change<Document> {
  located: Located<Document>;
  document: Document;
  operation: Operation;
  why?: Why | undefined;
  /** Where it was sent among others, some of which change nothing. */
  place?: number;
}

/** As JSON has it, so that what was stored and what was sent compare equal. */
const plain = (document: object): unknown => JSON.parse(JSON.stringify(document));
