// The totals of the data on the wire, and how fresh it is.
import { z } from 'zod';
import { instant, slug } from '../contract/ids.js';
import { asOfMembers, momentQuery } from '../contract/moment.js';
import type { ENTITIES } from '../contract/write.js';

export const statsQuery = momentQuery;

/** How totals are called: by the entity, in the plural. */
export const TOTALS = {
  event: 'events',
  actor: 'actors',
  initiative: 'initiatives',
  action_plan: 'action_plans',
  action_item: 'action_items',
  source: 'sources',
  topic: 'topics',
} as const satisfies Record<(typeof ENTITIES)[number], string>;

const day = z.string().nullable().meta({ format: 'date' });

export const stats = z
  .strictObject({
    counted: z.string().meta({ description: 'What is counted.' }),
    totals: z.strictObject(
      Object.fromEntries(Object.values(TOTALS).map((name) => [name, z.int()])) as Record<(typeof TOTALS)[keyof typeof TOTALS], z.ZodInt>,
    ),
    events_by_year: z
      .array(z.strictObject({ year: z.int(), events: z.int() }))
      .meta({ description: 'Published events by the year in which they begin, in order; those without a beginning are in none.' }),
    events_by_type: z
      .array(z.strictObject({ type: z.string(), events: z.int() }))
      .meta({ description: 'Published events, the most frequent first.' }),
    freshness: z.strictObject({
      last_event_on: day.meta({
        description: 'First day of the latest published event that is not merely scheduled; null while there is none.',
      }),
      last_event: z.strictObject({ slug, title: z.string(), date: z.string() }).nullable(),
      last_published_at: instant.nullable().meta({ description: 'When a published event was recorded or changed last.' }),
      last_change: z
        .strictObject({ seq: z.int(), recorded_at: instant })
        .nullable()
        .meta({ description: 'The last change of anything; null while nothing is recorded.' }),
    }),
    meta: z.strictObject(asOfMembers),
  })
  .meta({ id: 'Stats', description: 'How much there is, and how fresh it is.' });
export type Stats = z.output<typeof stats>;
