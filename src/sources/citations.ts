// What cites a source: the events and action plans that it backs or disputes, the latest development first.
import { z } from 'zod';
import { type Cursor, cutPage, decodeCursor } from '../contract/cursor.js';
import { id, isId, slug } from '../contract/ids.js';
import { cursor, DEFAULT_LIMIT, type Listing, limit, listOf } from '../contract/page.js';
import type { Database } from '../database/connect.js';
import { citation, STANCES } from './schema.js';

const { claim, quote, locator, stance, value, access, note } = citation.shape;

const citing = z
  .strictObject({
    entity: z.string().meta({ description: 'What cites it: event or action_plan; more may come.' }),
    id,
    slug,
    title: z.string(),
    date: z.string().nullable().meta({ description: 'EDTF: when the event took place, or the plan was issued.' }),
    ...{ claim, quote, locator, stance, value, access, note },
  })
  .meta({ id: 'Citing', description: 'What cites a source, for which member and how.' });

export const citingList = listOf(citing, 'CitingList');

export const citingQuery = z.strictObject({
  stance: z
    .enum(STANCES, { error: `stance takes ${STANCES.join(' or ')}.` })
    .optional()
    .meta({ description: 'supports: only what it backs; disputes: only what it disputes.' }),
  claim: z
    .string()
    .max(200)
    .regex(/^(\/[^/]*)+$/, { error: 'claim is a JSON Pointer, such as /date.' })
    .optional()
    .meta({ description: 'Only citations for this very member: a JSON Pointer, such as /date.' }),
  limit,
  cursor,
});
export type CitingQuery = z.output<typeof citingQuery>;

/** As text, so that a plan without a date has its place too: after all others. */
const FIRST_DAY = /^(\d{4,}-\d{2}-\d{2}( BC)?)?$/;
const CURSOR_KEY = [
  (part: string | number) => FIRST_DAY.test(String(part)),
  (part: string | number) => isId(String(part)),
  (part: string | number) => Number.isInteger(part),
];

/** Of plans, which have no first day in a column, it is read from the date as it is written. */
const CITING = `
  select 'event' as entity, e.id, e.slug, e.title, e.date, coalesce(e.start_date::text, '') collate "C" as first_day, l.position,
    l.claim, l.quote, l.locator, l.stance, l.value, l.access, l.note
  from event_citations l join events e on e.id = l.event_id and e.state = 'published' and e.deleted_at is null
  where l.source_id = $1::uuid
  union all
  select 'action_plan', p.id, p.slug, p.title, p.issued_on,
    coalesce(rpad(substring(p.issued_on from '^\\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\\d{2})?)?'), 10, '-01-01'), '') collate "C", l.position,
    l.claim, l.quote, l.locator, l.stance, l.value, l.access, l.note
  from action_plan_citations l join action_plans p on p.id = l.action_plan_id and p.deleted_at is null
  where l.source_id = $1::uuid`;

interface CitingRow extends Record<string, unknown> {
  first_day: string;
  id: string;
  position: number;
}

export type CitationStore = ReturnType<typeof createCitationStore>;

export function createCitationStore({ reads }: Pick<Database, 'reads'>) {
  return {
    /** @returns finished JSON of each that readers may see */
    async list(id: string, { limit = DEFAULT_LIMIT, cursor: text, stance, claim }: CitingQuery): Promise<Listing<string>> {
      const bound = { id, stance, claim };
      const from: Cursor | null = text === undefined ? null : decodeCursor(text, bound, CURSOR_KEY);
      const backwards = from?.towards === 'previous';
      const order = backwards ? 'asc' : 'desc';
      // Citations of one event in their order: the last part of the key runs the other way.
      const { rows } = await reads.query<CitingRow>(
        `select * from (${CITING}) x
         where ($2::text is null or stance = $2) and ($3::text is null or claim = $3)
           and ($4::text is null or (first_day, id, -position) ${backwards ? '>' : '<'} ($4::text collate "C", $5::uuid, $6::int))
         order by first_day ${order}, id ${order}, -position ${order} limit $7`,
        [id, stance ?? null, claim ?? null, ...(from?.key ?? [null, null, null]), limit + 1],
      );
      const page = cutPage(rows, limit, from, (row) => [row.first_day, row.id, -row.position], bound);
      return {
        data: page.rows.map(({ first_day: _, position: __, ...told }) => JSON.stringify(told)),
        next: page.next,
        previous: page.previous,
        limit,
      };
    },
  };
}
