// The statements of proposals: what a proposal says is the state of its revision in force.
import { instantOf } from '../resources/store.js';

const HELD = `from proposals p join revisions r on r.entity_id = p.id and r.superseded_at is null`;

export const FIND = `select p.id, p.version, p.created_at, p.updated_at, r.state as document ${HELD} where p.id = $1::uuid`;

/** Rows that lists are cut from, in the form of cards (src/resources/cards.ts): there is one of each, of the present. */
export const CARDS = `(
  select p.*, 9223372036854775807 as known_to, 0 as known_from,
    json_build_object('id', p.id, 'version', p.version, 'created_at', ${instantOf('p.created_at')}, 'updated_at', ${instantOf('p.updated_at')}, 'document', r.state)::text as card
  ${HELD}) c`;

/** The state of a version; $1: the id, $2: the version. */
export const VERSION = 'select state, is_public from revisions where entity_id = $1::uuid and version = $2::int';

/** What was recorded last of an entity. */
export const LAST = `select version, seq::float8 as seq, is_public, state from revisions where entity_id = $1::uuid and superseded_at is null`;

/** How many that nobody in particular sent wait to be decided. */
export const WAITING = `select count(*)::int as waiting from proposals where author_id is null and state in ('open', 'changes_requested')`;
