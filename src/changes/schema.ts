// Changes on the wire: one entry for each recorded change of any entity, in the order of commits.
import { z } from 'zod';
import { id, instant, slug, version } from '../contract/ids.js';
import { limitUpTo, several } from '../contract/page.js';
import { OPERATIONS, RECORDED } from '../contract/write.js';
import { EVENT_TYPE_NAMES } from '../events/types/index.js';

export const DEFAULT_LIMIT = 100;
export const MOST_LIMIT = 1000;

export interface ChangeEntry {
  seq: number;
  entity: string;
  id: string;
  /** Of an action item: plan/number, as its tombstone has it. */
  slug: string | null;
  /** Relative address of what changed. */
  url: string;
  /** Of an event; null for all else, and where the reader may see neither the version before nor the one after. */
  type: string | null;
  operation: string;
  reason: string | null;
  version: number;
  /** Member by member; null stands for what was not there or not to be seen. */
  changed: Record<string, { from: unknown; to: unknown }>;
  /** Where reading it answers that it is gone now. */
  tombstone: { state: 'deleted' | 'withdrawn' | 'merged'; recorded_at: string } | null;
  recorded_at: string;
}

const wholeNumber = (text: string): boolean => /^\d{1,15}$/.test(text);
const SINCE = 'since is the number of a change that you have seen: a whole number, 0 for the beginning.';

export const changeFilters = {
  entity: several('entity', z.enum(RECORDED), 'Only changes of such entities.'),
  type: several('type', z.enum(EVENT_TYPE_NAMES), 'Only changes of events of this type, before or after.'),
  operation: several('operation', z.enum(OPERATIONS), 'Only such changes.'),
  actor: several('actor', slug, 'Only changes of events that name this actor, before or after.'),
  topic: several('topic', slug, 'Only changes of events on this topic, before or after.'),
  initiative: several('initiative', slug, 'Only changes of events of this initiative, before or after.'),
};

export interface ChangeFilters {
  entity?: string[] | undefined;
  type?: string[] | undefined;
  operation?: string[] | undefined;
  /** Events whose document names one of these slugs, before the change or after it. */
  actor?: string[] | undefined;
  topic?: string[] | undefined;
  initiative?: string[] | undefined;
}

const since = z
  .string()
  .refine(wholeNumber, { error: SINCE })
  .transform(Number)
  .optional()
  .meta({ description: 'The last change that you have seen; what came after it is answered.', type: 'integer', minimum: 0 });

const limit = limitUpTo(MOST_LIMIT, DEFAULT_LIMIT);

export const changesQuery = z.strictObject({ since, ...changeFilters, limit });
export type ChangesQuery = z.output<typeof changesQuery>;

export const streamQuery = z.strictObject({ since, ...changeFilters });
export type StreamQuery = z.output<typeof streamQuery>;

export const change = z
  .strictObject({
    seq: z.int().meta({ description: 'Its number: counts up in the order of commits, with gaps.' }),
    entity: z.string().meta({ description: `${RECORDED.join(', ')}; more may come.` }),
    id,
    slug: z.string().nullable().meta({ description: 'Of an action item: plan/number.' }),
    url: z.string().meta({ description: 'Relative address of what changed.' }),
    type: z.string().nullable().meta({ description: 'Of an event: its type. Null for all else.' }),
    operation: z.string().meta({ description: `${OPERATIONS.join(', ')}; more may come.` }),
    reason: z.string().nullable(),
    version,
    changed: z
      .record(z.string(), z.strictObject({ from: z.unknown(), to: z.unknown() }))
      .meta({ description: 'The members that changed; null stands for what was not there or not published.' }),
    tombstone: z
      .strictObject({
        state: z.string().meta({ description: 'deleted, withdrawn, or merged into another event, which `changed.merged_into` names.' }),
        recorded_at: instant,
      })
      .nullable()
      .meta({ description: 'Where it is gone now: how and when.' }),
    recorded_at: instant,
  })
  .meta({ id: 'Change', description: 'One recorded change.' });

export const changeList = z
  .strictObject({
    data: z.array(change),
    page: z
      .strictObject({
        next: z.string().meta({ description: 'Relative address to ask next, now or later: always there.' }),
        limit: z.int(),
      })
      .meta({ id: 'ChangePage' }),
    meta: z
      .strictObject({
        last_seq: z.int().meta({ description: 'The last change that there is.' }),
        position: z.int().meta({ description: 'Up to which change this answer has looked; less than last_seq where there is more.' }),
      })
      .meta({ id: 'ChangeMeta' }),
  })
  .meta({ id: 'ChangeList', description: 'Changes in the order of commits.' });
