// The statements of releases.
import { instantOf } from '../resources/store.js';

const COLUMNS = `label, notes, seq::float8, ${instantOf('pinned_at')} as pinned_at, ${instantOf('created_at')} as created_at,
  author_name as author, counts, event_types, sha256, bytes::float8`;

/** The last change. What is committed by now has a lesser number, since numbers count in the order of commits. */
export const LAST_CHANGE = {
  name: 'release last change',
  text: `select seq::float8, ${instantOf('recorded_at')} as pinned_at from revisions order by seq desc limit 1`,
};

export const find = (label: string) => ({
  name: 'release find',
  text: `select ${COLUMNS} from releases where label = $1`,
  values: [label],
});

/** Adds a release, unless the label is taken: then it returns no row. */
export const insert = (values: unknown[]) => ({
  text: `insert into releases (label, notes, seq, pinned_at, created_at, author_id, author_name, counts, event_types, sha256, bytes)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (label) do nothing returning label`,
  values,
});

/** Releases from a place on, towards older ones or newer ones. */
export const page = (isTowardsNewer: boolean, place: [created_at: string, label: string] | null, rows: number) => {
  const [sign, direction] = isTowardsNewer ? ['>', 'asc'] : ['<', 'desc'];
  return {
    text: `select ${COLUMNS} from releases
      where $1::timestamptz is null or (created_at, label) ${sign} ($1, $2::text)
      order by releases.created_at ${direction}, label ${direction} limit $3`,
    values: [...(place ?? [null, null]), rows],
  };
};

export const COUNT = 'select count(*)::int as total from releases';

/** How many rows of an export one statement reads, which bounds the memory. */
export const CHUNK = 200;

/**
 * The next versions of one kind of entity that readers saw as of a change, in the order of their ids.
 *
 * Guarantee: each entity once; none that was deleted, withdrawn or never public then. Rows that were recorded later, and
 * those that replaced these since, change nothing: so the same question has the same answer for ever.
 * Index: revisions (entity, entity_id, seq), walked in its order; nothing is sorted. Not prepared: a plan for any change
 * whatever takes so few rows to be before it that it reads those and sorts them, for each chunk again.
 */
export const entriesAsOf = (seq: number, entity: string, after: string) => ({
  text: `select entity, entity_id as id, version, ${instantOf('recorded_at')} as recorded_at, state from revisions
    where entity = $1 and entity_id > $2::uuid and seq <= $3 and (superseded_seq is null or superseded_seq > $3)
      and is_public and operation not in ('deleted', 'merged') and state ->> 'state' is distinct from 'withdrawn'
    order by revisions.entity_id limit ${CHUNK}`,
  values: [entity, after, seq],
});
