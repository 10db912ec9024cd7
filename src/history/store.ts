// Reads revisions: the one record of what was. Who bears no key is shown those that are public, and nothing that is
// told of one depends on those that are not.
import { type Cursor, cutPage, decodeCursor } from '../contract/cursor.js';
import { DEFAULT_LIMIT, type Listing } from '../contract/page.js';
import type { Database } from '../database/connect.js';

/** A version without its state. */
export interface Entry {
  version: number;
  operation: string;
  reason: string | null;
  comment: string | null;
  author: string;
  recorded_at: Date;
  seq: number;
  changed: string[];
}

/** A version whole, with the numbers of its neighbours. */
export interface Past<Document> extends Entry {
  state: Document;
  previous: number | null;
  next: number | null;
}

/** Whose versions are asked for: the id of the resource, and whether by the bearer of a key. */
export interface Asked {
  id: string;
  seesHidden: boolean;
}

// What a version changed is told by its predecessor: where that is hidden, all of it is new to the reader.
const ENTRY = `r.version, r.operation, r.reason, r.comment, r.author_name as author, r.recorded_at, r.seq::float8 as seq,
    case when $2::boolean or r.version = 1 or before.is_public then r.changed_fields
      else array(select jsonb_object_keys(r.state)) end as changed`;
const VERSIONS = `from revisions r left join revisions before on before.entity_id = r.entity_id and before.version = r.version - 1
  where r.entity_id = $1::uuid and ($2::boolean or r.is_public)`;
const OTHERS = 'from revisions o where o.entity_id = r.entity_id and ($2::boolean or o.is_public)';

// By the unique index on (entity_id, version), in its order.
const OLDER = {
  name: 'older revisions',
  text: `select ${ENTRY} ${VERSIONS} and r.version < $3::int order by r.version desc limit $4`,
};
const NEWER = { name: 'newer revisions', text: `select ${ENTRY} ${VERSIONS} and r.version > $3::int order by r.version limit $4` };
const WHOLE = {
  name: 'whole revisions',
  text: `select ${ENTRY}, r.state,
    (select max(o.version) ${OTHERS} and o.version < r.version) as previous,
    (select min(o.version) ${OTHERS} and o.version > r.version) as next
  ${VERSIONS} and r.version = any($3::int[])`,
};
const SPAN = {
  name: 'span of revisions',
  text: 'select min(version) as first, max(version) as last from revisions where entity_id = $1::uuid and ($2::boolean or is_public)',
};
const NAMES = {
  name: 'names in revisions',
  text: `select entity_id as id, coalesce(state ->> 'name', state ->> 'title') as name from revisions
    where entity_id = any($1::uuid[]) and superseded_at is null and ($2::boolean or is_public)`,
};

/** More than any version is. */
const BEYOND = 1_000_000_000;

const isVersion = (part: string | number) => Number.isInteger(part) && Number(part) > 0 && Number(part) < BEYOND;

export type RevisionStore<Document> = ReturnType<typeof createRevisionStore<Document>>;

/** @param keep makes the document of a state, whatever shape it had when it was recorded */
export function createRevisionStore<Document>({ reads }: Pick<Database, 'reads'>, keep: (state: Document) => Document) {
  return {
    /** A page of versions, newest first; empty where there is none to be seen. */
    async list({ id, seesHidden }: Asked, query: { limit?: number | undefined; cursor?: string | undefined }): Promise<Listing<Entry>> {
      const limit = query.limit ?? DEFAULT_LIMIT;
      const bound = ['revisions', id];
      const cursor: Cursor | null = query.cursor === undefined ? null : decodeCursor(query.cursor, bound, [isVersion]);
      const statement = cursor?.towards === 'previous' ? NEWER : OLDER;
      const { rows } = await reads.query<Entry>({ ...statement, values: [id, seesHidden, cursor?.key[0] ?? BEYOND, limit + 1] });
      const page = cutPage(rows, limit, cursor, ({ version }) => [version], bound);
      return { data: page.rows, next: page.next, previous: page.previous, limit };
    },

    /** Those of `versions` that are there to be seen, by number. */
    async read({ id, seesHidden }: Asked, versions: number[]): Promise<Map<number, Past<Document>>> {
      const { rows } = await reads.query<Past<Document>>({ ...WHOLE, values: [id, seesHidden, versions] });
      return new Map(rows.map((row) => [row.version, { ...row, state: keep(row.state) }]));
    },

    /** The first and the last version that is there to be seen; null where there is none. */
    async span({ id, seesHidden }: Asked): Promise<{ first: number; last: number } | null> {
      const { rows } = await reads.query<{ first: number | null; last: number | null }>({ ...SPAN, values: [id, seesHidden] });
      const { first, last } = rows[0]!;
      return first === null || last === null ? null : { first, last };
    },

    /** What resources are called, by id. */
    async names(ids: string[], seesHidden: boolean): Promise<Map<string, string>> {
      if (ids.length === 0) return new Map();
      const { rows } = await reads.query<{ id: string; name: string | null }>({ ...NAMES, values: [ids, seesHidden] });
      return new Map(rows.flatMap(({ id, name }) => (name === null ? [] : [[id, name]])));
    },
  };
}
