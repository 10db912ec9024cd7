// What becomes of documents within a running write: made, put in the place of others, ended; each leaves a revision, and
// the cards that show it are made again. All of it works on many at once; a single write is a batch of one.
import { isDeepStrictEqual } from 'node:util';
import { remedyOfEnded } from '../contract/ended.js';
import { newId } from '../contract/ids.js';
import { ENDINGS, type Operation } from '../contract/write.js';
import { record, type Transaction, type Why, type Write } from '../database/write.js';
import { Problem, RejectedRows } from '../errors.js';
import type { Followed, ResourceOptions } from './options.js';
import type { Begun, Located, Made, Row } from './store.js';

/** What is sent, and why, where that is not why all is written. */
interface Entry<Input> {
  input: Input;
  why?: Why;
}

export function createResourceWriter<Input, Document extends object, Query>(options: ResourceOptions<Input, Document, Query>) {
  const { entity, noun, addressOf, store, kept, keyOf } = options;
  const standing = options.standing ?? (() => 'public');

  const prepare = (running: Write, entries: (Entry<Input> & { located?: Located<Document> })[]): Promise<Document[]> => {
    const inputs = entries.map(({ input }) => input);
    const before = entries.map(({ located }) => located?.document);
    return options.prepare(running, inputs, before);
  };

  /** What every document goes through before it is compared and saved: what was sent, and what is restored or put as it stands. */
  const follow = async ({ tx }: Write, documents: Document[]): Promise<Followed<Document>[]> => {
    const kepts = documents.map(kept);
    return (await options.follow?.(tx, kepts)) ?? kepts.map((document) => ({ document }));
  };

  /** Saves new rows, of which nobody knows until `complete`; may be done before its turn. */
  const begin = async (running: Write, entries: Entry<Input>[]): Promise<Begun<Document>> => {
    const followed = await follow(running, await prepare(running, entries));
    await refuseTaken(
      running.tx,
      followed.map(({ document }) => keyOf(document)).filter((key) => key !== null),
    );
    const rows = followed.map(({ document }) => ({ ...stampsOf(running), id: newId(), version: 1, is_new: true, document }));
    await savePlaced(
      running,
      rows,
      followed.map((one) => ({ followed: one })),
    );
    return rows.map((row, index) => ({ row, why: entries[index]!.why }));
  };

  const complete = async (running: Write, begun: Begun<Document>): Promise<Made<Document>[]> => {
    const rows = begun.map(({ row }) => row);
    const changes = begun.map(({ why }) => ({ operation: 'created' as const, why }));
    await tell(running, rows, changes, true);
    return rows.map(({ id, document }) => ({ id, key: keyOf(document), document, address: addressOf(keyOf(document) ?? id) }));
  };

  const create = async (running: Write, entries: Entry<Input>[]) => complete(running, await begin(running, entries));

  /** Puts new documents in the place of those that are there; what is the same already is left alone. */
  const replace = async (running: Write, changes: (Entry<Input> & { located: Located<Document> })[]): Promise<string[]> => {
    const followed = await follow(running, await prepare(running, changes));
    const fresh = changes.flatMap(({ located, why }, place) => {
      const { document } = followed[place]!;
      if (isDeepStrictEqual(plain(document), plain(located.document))) return [];
      const operation = options.operation?.(located.document, document) ?? 'updated';
      return [{ located, followed: followed[place]!, operation, why, place }];
    });
    await succeed(running, fresh);
    return fresh.map(({ located }) => located.id);
  };

  /** Puts documents in the place of those that are there, each for its own reason; one that ends is deleted from then on. */
  const put = async (running: Write, changes: Change<Document>[]): Promise<void> => {
    const followed = await follow(
      running,
      changes.map(({ document }) => document),
    );
    await succeed(
      running,
      changes.map((change, index) => ({ ...change, followed: followed[index]! })),
    );
  };

  async function succeed(running: Write, changes: (Saved<Document> & { located: Located<Document> })[]): Promise<void> {
    if (changes.length === 0) return;
    const rows = changes.map(({ located, followed, operation }) => ({
      ...nextOf(running, located, followed.document),
      deleted_at: ENDINGS.includes(operation) ? running.now : null,
    }));
    await savePlaced(running, rows, changes);
    await tell(running, rows, changes);
  }

  /** Leaves a revision of each row, and has their cards made. */
  async function tell(
    running: Write,
    rows: Row<Document>[],
    changes: Pick<Saved<Document>, 'operation' | 'located' | 'why'>[],
    areNew?: boolean,
  ): Promise<void> {
    await record(
      running,
      changes.map(({ operation, located, why }, index) => changeOf(rows[index]!, operation, located, why)),
    );
    await options.refresh(
      running,
      rows.map(({ id }) => id),
      areNew,
    );
  }

  /** Faults are told by the places that the rows had before others were left out, and where in them it stood when it was sent. */
  async function savePlaced(running: Write, rows: Row<Document>[], changes: Pick<Saved<Document>, 'followed' | 'place'>[]): Promise<void> {
    try {
      await store.save(running, rows);
    } catch (error) {
      if (!(error instanceof RejectedRows)) throw error;
      throw new RejectedRows(
        error.faults.map(({ row, fault }) => {
          const { place = row, followed } = changes[row]!;
          return { row: place, fault: { ...fault, pointer: followed.sentAt?.(fault.pointer ?? '') ?? fault.pointer } };
        }),
      );
    }
  }

  const stampsOf = (running: Write) => ({ created_at: running.now, updated_at: running.now, deleted_at: null });

  const nextOf = (running: Write, located: Located<Document>, document: Document): Row<Document> => ({
    ...stampsOf(running),
    id: located.id,
    version: located.version + 1,
    created_at: located.created_at,
    is_new: false,
    document,
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
}

/** A change as it is saved. */
interface Saved<Document> extends Omit<Change<Document>, 'located' | 'document'> {
  /** None for a new one. */
  located?: Located<Document>;
  followed: Followed<Document>;
  /** Where it was sent among others, some of which change nothing. */
  place?: number;
}

/** As JSON has it, so that what was stored and what was sent compare equal. */
const plain = (document: object): unknown => JSON.parse(JSON.stringify(document));
