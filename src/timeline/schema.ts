// What may be asked of the timeline, and how it answers.
import { z } from 'zod';
import { country_code } from '../contract/country.js';
import { edtfDate } from '../contract/date.js';
import { instant, slug } from '../contract/ids.js';
import { cursor, flag, limit, page, several } from '../contract/page.js';
import { CERTAINTIES, event } from '../events/schema.js';
import { EVENT_TYPE_NAMES } from '../events/types/index.js';

const type = z.enum(EVENT_TYPE_NAMES);
const item = z.string().regex(/^[1-9]\d{0,3}$/, { error: 'item takes the numbers of items, such as 13.' });

export const timelineQuery = z
  .strictObject({
    from: edtfDate
      .optional()
      .meta({ description: 'Only developments whose dates overlap what begins here: a day, month, season, year (EDTF).' }),
    to: edtfDate
      .optional()
      .meta({ description: 'Only developments whose dates overlap what ends here (EDTF); 2025-08 includes all of August.' }),
    type: several('type', type, 'Only developments of this type.'),
    exclude_type: several('exclude_type', type, 'No developments of this type.'),
    actor: several('actor', slug, 'Only developments in which this actor takes part (slug), in whatever role.'),
    country: several(
      'country',
      country_code as unknown as z.ZodType<string, string>,
      'Only developments with an actor of this country or in a place there (ISO 3166-1 alpha-2).',
    ),
    topic: several('topic', slug, 'Only developments on this topic (slug).'),
    exclude_topic: several('exclude_topic', slug, 'No developments on this topic (slug).'),
    initiative: several('initiative', slug, 'Only developments that belong to this initiative (slug).'),
    plan: several('plan', slug, 'Only developments that bear on an item of this action plan (slug).'),
    item: several('item', item, 'Only developments that bear on this item of the plan (number); goes with plan.'),
    certainty: several('certainty', z.enum(CERTAINTIES), 'Only developments of this certainty.'),
    min_significance: z
      .string()
      .regex(/^[1-5]$/, { error: 'min_significance is a whole number from 1 to 5.' })
      .transform(Number)
      .optional()
      .meta({ description: 'Only developments of at least this significance.', type: 'integer', minimum: 1, maximum: 5 }),
    order: z
      .enum(['asc', 'desc'])
      .optional()
      .meta({ description: 'asc: as things happened (the default); desc: the latest first.', default: 'asc' }),
    limit,
    cursor,
    total: flag('total', 'Adds the total to the page.'),
  })
  .refine((query) => query.item === undefined || query.plan !== undefined, {
    path: ['item'],
    error: 'item goes with plan; name the plan too.',
  });

export type TimelineQuery = z.output<typeof timelineQuery>;

export const timelineMeta = z.strictObject({
  as_of_seq: z.int().meta({ description: 'The last change that this answer knows of.' }),
  last_change_at: instant.nullable().meta({ description: 'When that change was recorded; null while nothing is.' }),
});
export type TimelineMeta = z.output<typeof timelineMeta>;

export const timeline = z
  .strictObject({ data: z.array(event), page, meta: timelineMeta })
  .meta({ id: 'Timeline', description: 'A page of the timeline.' });
