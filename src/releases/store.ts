// Releases in the database: taken, found, listed, and exported from the revisions.
//
// No lock is held. Which versions were in force as of a change follows from revisions that no later write alters, and
// changes count in the order of commits; so a release is exact however long its digest takes, and nobody waits for it.
import { cutPage, decodeCursor } from '../contract/cursor.js';
import { DEFAULT_LIMIT, type Listing } from '../contract/page.js';
import { ENTITIES } from '../contract/write.js';
import type { Database } from '../database/connect.js';
import { transact } from '../database/transaction.js';
import type { Once } from '../database/write.js';
import { invalidParameters, Problem } from '../errors.js';
import { type Entry, lineOf, Sum } from './canonical.js';
import type { Release, ReleaseInput, ReleaseQuery } from './schema.js';
import { CHUNK, COUNT, entriesAsOf, find, insert, LAST_CHANGE, page } from './sql.js';

export interface Taking {
  author: { id: string; name: string };
  validate_only?: boolean | undefined;
  once?: Once | undefined;
}

const FIRST = '00000000-0000-0000-0000-000000000000';

export type ReleaseStore = ReturnType<typeof createReleaseStore>;

export function createReleaseStore(database: Pick<Database, 'pool'>, clock: () => Date = () => new Date()) {
  const { pool } = database;
  /** Those that were asked for; releases never change. */
  const known = new Map<string, Release>();

  async function look(label: string): Promise<Release | undefined> {
    if (!known.has(label)) {
      const { rows } = await pool.query<Release>(find(label));
      if (rows[0] !== undefined) known.set(label, rows[0]);
    }
    return known.get(label);
  }

  /** What readers saw as of a change, in the order of the export, chunk by chunk: a reader who is slow holds no connection. */
  async function* entries(seq: number): AsyncGenerator<Entry> {
    for (const entity of [...ENTITIES].sort()) {
      for (let after = FIRST; ; ) {
        const { rows } = await pool.query<Entry>(entriesAsOf(seq, entity, after));
        yield* rows;
        if (rows.length < CHUNK) break;
        after = rows.at(-1)!.id;
      }
    }
  }

  async function sum(seq: number) {
    const all = new Sum();
    for await (const entry of entries(seq)) {
      all.digest(Buffer.from(lineOf(entry)));
      all.count(entry);
    }
    return all.contents();
  }

  return {
    /**
     * Pins what is committed now.
     * @throws Problem 409 where the label is taken, or there is nothing to pin
     */
    async take({ label, notes }: ReleaseInput, { author, validate_only, once }: Taking): Promise<Release> {
      // What was done already is told before it is digested, and asked again when it is kept.
      await once?.begin(pool);
      if ((await look(label)) !== undefined) throw taken(label);
      const { rows } = await pool.query<Pick<Release, 'seq' | 'pinned_at'>>(LAST_CHANGE);
      if (rows[0] === undefined) throw new Problem('conflict', 'There is nothing to release yet; add something first.');
      const { seq, pinned_at } = rows[0];
      const contents = await sum(seq);
      const release = { label, notes, seq, pinned_at, created_at: clock().toISOString(), author: author.name, ...contents };
      if (validate_only) return release;
      const { counts, event_types, sha256, bytes } = contents;
      const values = [label, notes, seq, pinned_at, release.created_at, author.id, author.name, counts, event_types, sha256, bytes];
      return transact(database, once, async (tx) => {
        const { rows: kept } = await tx.query(insert(values));
        if (kept.length === 0) throw taken(label);
        return release;
      });
    },

    /** @throws Problem 404 */
    async get(label: string): Promise<Release> {
      const release = await look(label);
      if (release === undefined) throw new Problem('not-found', missing(label));
      return release;
    },

    /**
     * The last change that a release knows.
     * @throws Problem 400 that names the parameter `release`
     */
    async seqOf(label: string): Promise<number> {
      const release = await look(label);
      if (release === undefined) throw invalidParameters([{ parameter: 'release', detail: missing(label) }]);
      return release.seq;
    },

    /** The newest first. */
    async list({ limit = DEFAULT_LIMIT, cursor: text, total }: ReleaseQuery): Promise<Listing<Release>> {
      const bound = ['releases'];
      const cursor = text === undefined ? null : decodeCursor(text, bound, [isInstant, (part) => typeof part === 'string']);
      const place = cursor === null ? null : (cursor.key as [string, string]);
      const { rows } = await pool.query<Release>(page(cursor?.towards === 'previous', place, limit + 1));
      const { rows: data, ...neighbours } = cutPage(rows, limit, cursor, ({ created_at, label }) => [created_at, label], bound);
      return { data, ...neighbours, limit, ...(total && { total: (await pool.query(COUNT)).rows[0].total as number }) };
    },

    /** The lines of the export as of a change. */
    async *lines(seq: number): AsyncGenerator<string> {
      for await (const entry of entries(seq)) yield lineOf(entry);
    },
  };
}

const missing = (label: string): string => `There is no release ${label}; GET /v1/releases lists them.`;
const taken = (label: string): Problem =>
  new Problem('conflict', `There is a release ${label} already, and releases never change; choose another label.`);

const isInstant = (part: string | number): boolean =>
  typeof part === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(part) && !Number.isNaN(Date.parse(part));
