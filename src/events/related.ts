// The events that are related to one, from both ends: those that it names, and those that name it.
import { z } from 'zod';
import { type Cursor, cutPage, decodeCursor } from '../contract/cursor.js';
import { isId } from '../contract/ids.js';
import { momentMembers } from '../contract/moment.js';
import { cursor, DEFAULT_LIMIT, type Listing, limit, listOf, several } from '../contract/page.js';
import type { Database } from '../database/connect.js';
import { knownSql, Values } from '../database/statement.js';
import type { Moments } from '../history/moments.js';
import { type EventDocument, event, RELATIONS } from './schema.js';

const DIRECTIONS = ['to', 'from'] as const;

const relatedEvent = z
  .strictObject({
    relation: z.string().meta({ description: `${RELATIONS.join(', ')}; more may come.` }),
    direction: z.string().meta({ description: 'to: this event names the other one; from: the other one names this one.' }),
    event,
  })
  .meta({ id: 'RelatedEvent', description: 'Another event, and how the two are related.' });

export const relatedList = listOf(relatedEvent, 'RelatedEventList');

export const relatedQuery = z.strictObject({
  relation: several('relation', z.enum(RELATIONS), 'Only these relations.'),
  direction: z
    .enum(DIRECTIONS, { error: 'direction takes to or from.' })
    .optional()
    .meta({ description: 'to: only events that this one names; from: only those that name it.' }),
  ...momentMembers,
  limit,
  cursor,
});
export type RelatedQuery = z.output<typeof relatedQuery>;

/** Place on the timeline, then relation and direction, since two events may be related in several ways. */
const KEY = '(c.start_date, c.event_id, x.relation, x.direction)';
const CURSOR_KEY = [
  (part: string | number) => part === '-infinity' || /^\d{4}-\d{2}-\d{2}$/.test(String(part)),
  (part: string | number) => isId(String(part)),
  (part: string | number) => typeof part === 'string',
  (part: string | number) => typeof part === 'string',
];

interface RelatedRow {
  start_day: string;
  event_id: string;
  relation: string;
  direction: string;
  card: string;
}

/** Both ends, from the keys that cards bear (src/events/sql.ts): those that it names, and those that name it. */
type End = (itself: string, relations: string, known: (row: string) => string) => string;
const ENDS: End[] = [
  (itself, relations, known) => `
    select split_part(k.key, '/', 2)::uuid as id, split_part(substr(k.key, 9), '/', 1) as relation, 'to' as direction
    from event_cards s cross join lateral unnest(s.keys) k(key)
    where s.event_id = ${itself} and ${known('s')} and k.key like 'relates:%' and split_part(substr(k.key, 9), '/', 1) = any(${relations})`,
  (itself, relations, known) => `
    select p.event_id, r.relation, 'from' from unnest(${relations}) r(relation)
    join event_postings p on p.key = 'relates:' || r.relation || '/' || ${itself} and ${known('p')}`,
];

export type RelatedStore = ReturnType<typeof createRelatedStore>;

export function createRelatedStore({ reads }: Pick<Database, 'reads'>, moments: Moments) {
  return {
    /** @returns finished JSON of each that readers may see, as they happened */
    async list(id: string, query: RelatedQuery): Promise<Listing<string>> {
      const { limit = DEFAULT_LIMIT, cursor: text, relation, direction, known_at, release } = query;
      const bound = { id, relation, direction, known_at, release };
      const from: Cursor | null = text === undefined ? null : decodeCursor(text, bound, CURSOR_KEY);
      const { as_of } = await moments.resolve(query);
      const values = new Values();
      const itself = values.add(id, 'uuid');
      const relations = values.add(relation ?? RELATIONS, 'text[]');
      const key = from && ['date', 'uuid', 'text', 'text'].map((type, index) => values.add(from.key[index], type)).join(', ');
      const backwards = from?.towards === 'previous';
      const order = backwards ? 'desc' : 'asc';
      const { rows } = await reads.query<RelatedRow>({
        text: `
          select c.start_date::text as start_day, c.event_id, x.relation, x.direction, c.card
          from (${ENDS.map((end) => end(itself, relations, (row) => knownSql(row, as_of, values))).join(' union all ')}) x
          join event_cards c on c.event_id = x.id and c.state = 'published' and ${knownSql('c', as_of, values)}
          where ${direction === undefined ? 'true' : `x.direction = ${values.add(direction, 'text')}`}
            ${key === null ? '' : `and ${KEY} ${backwards ? '<' : '>'} (${key})`}
          order by c.start_date ${order}, c.event_id ${order}, x.relation ${order}, x.direction ${order} limit ${values.add(limit + 1, 'int')}`,
        values: values.all,
      });
      const page = cutPage(rows, limit, from, (row) => [row.start_day, row.event_id, row.relation, row.direction], bound);
      const data = page.rows.map(
        (row) => `{"relation":${JSON.stringify(row.relation)},"direction":${JSON.stringify(row.direction)},"event":${row.card}}`,
      );
      return { data, next: page.next, previous: page.previous, limit };
    },

    /** @returns the documents without the relations to events that no reader could ever see */
    async withoutHidden<Document extends Pick<EventDocument, 'related'>>(documents: Document[]): Promise<Document[]> {
      const named = [...new Set(documents.flatMap(({ related }) => related.map(({ event }) => event)))];
      if (named.length === 0) return documents;
      const { rows } = await reads.query<{ slug: string }>(
        `select e.slug from events e
         where e.slug = any($1::text[]) and exists (select 1 from revisions r where r.entity_id = e.id and r.is_public)`,
        [named],
      );
      const seen = new Set(rows.map(({ slug }) => slug));
      return documents.map((document) => ({ ...document, related: document.related.filter(({ event }) => seen.has(event)) }));
    },
  };
}
