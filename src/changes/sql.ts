// The one statement that reads the feed.
//
// Guarantee: it answers from one snapshot, in the order of commits, and looks at no more than so many changes after a
// position, however few of them match. Both kinds of rows are found by index: the changes by the primary key, the
// version before each by (entity_id, version); `limit 1` keeps that a lookup for each row, whatever the planner thinks.
import type { ChangeFilters } from './schema.js';

export interface ChangeRow {
  seq: string;
  entity: string;
  id: string;
  version: number;
  operation: string;
  reason: string | null;
  recorded_at: string;
  changed_fields: string[];
  is_public: boolean;
  state: Record<string, unknown>;
  /** Of the version before; null where there is none. */
  was_public: boolean | null;
  before: Record<string, unknown> | null;
}

/** What each row tells besides: how far was looked, and the last change of all. The rest is null where nothing matches. */
export type LookedRow = { until: string; last_seq: string } & (ChangeRow | { [Name in keyof ChangeRow]: null });

/** How many changes one reading looks at. */
export const LOOKED_AT = 1000;

const INSTANT = `to_char(r.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const READ = `
  with looked as (select seq from revisions where seq > $1 order by seq limit ${LOOKED_AT}),
  edge as (select coalesce(max(seq), $1) as until from looked),
  entries as (
    select r.seq, r.entity, r.entity_id as id, r.version, r.operation, r.reason, ${INSTANT} as recorded_at, r.changed_fields,
      r.is_public, r.state, p.is_public as was_public, p.state as before
    from revisions r
    left join lateral (
      select b.is_public, b.state from revisions b where b.entity_id = r.entity_id and b.version = r.version - 1 limit 1
    ) p on true
    where r.seq > $1 and r.seq <= (select until from edge)
      and ($2::boolean or r.is_public or p.is_public)
      and (r.entity <> 'proposal' or $9::boolean or r.is_public or $2::boolean and r.operation in ('accepted', 'rejected'))
      and ($3::text[] is null or r.entity = any($3))
      and ($4::text[] is null or r.entity = 'event' and (r.state ->> 'type' = any($4) or p.state ->> 'type' = any($4)))
      and ($5::jsonb[] is null or r.entity = 'event' and (r.state -> 'actors' @> any($5) or p.state -> 'actors' @> any($5)))
      and ($6::text[] is null or r.entity = 'event' and (r.state -> 'topics' ?| $6 or p.state -> 'topics' ?| $6))
      and ($7::text[] is null or r.entity = 'event' and (r.state -> 'initiatives' ?| $7 or p.state -> 'initiatives' ?| $7))
    order by r.seq
    limit $8
  )
  select edge.until, coalesce((select seq from revisions order by seq desc limit 1), 0) as last_seq, entries.*
  from edge left join entries on true
  order by entries.seq`;

/**
 * @param most how many rows at most; those that a filter finds in what the reader may not see are among them, so with
 * filters it must not be what the answer ends at
 * @param decides whether the reader is told of proposals that are not decided
 */
export const readStatement = (since: number, seesHidden: boolean, filters: ChangeFilters, most: number, decides = false) => ({
  name: 'changes',
  text: READ,
  values: [
    since,
    seesHidden,
    filters.entity ?? null,
    filters.type ?? null,
    filters.actor?.map((actor) => JSON.stringify([{ actor }])) ?? null,
    filters.topic ?? null,
    filters.initiative ?? null,
    most,
    decides,
  ],
});

export const LAST = { name: 'last of changes', text: 'select seq from revisions order by seq desc limit 1', values: [] };

/** By the index over (recorded_at, seq). */
export const LAST_BEFORE = `
  select seq from revisions where recorded_at < now() - make_interval(days => $1) order by recorded_at desc, seq desc limit 1`;

/** Which of these events readers without a key have ever been told of. */
export const KNOWN_EVENTS = `
  select e.slug from events e
  where e.slug = any($1::text[]) and exists (select from revisions r where r.entity_id = e.id and r.is_public)`;
