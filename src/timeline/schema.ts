// What may be asked of the timeline, and how it answers.
import { z } from 'zod';
import { countriesOf } from '../contract/country.js';
import { edtfDate } from '../contract/date.js';
import { slug } from '../contract/ids.js';
import { asOfMembers, type MomentQuery, momentMembers, momentText } from '../contract/moment.js';
import { cursor, flag, limit, page, several } from '../contract/page.js';
import { CERTAINTIES, event } from '../events/schema.js';
import { EVENT_TYPE_NAMES } from '../events/types/index.js';
import { parseSearch } from './search.js';

const type = z.enum(EVENT_TYPE_NAMES);
const item = z.string().regex(/^[1-9]\d{0,3}$/, { error: 'item takes the numbers of items, such as 13.' });

/** Which events: the same for every form, for counts and for the histogram. */
const filterMembers = {
  q: z
    .string()
    .trim()
    .max(500)
    .refine((value) => parseSearch(value) !== null, { error: 'q takes words, at most 20.' })
    .optional()
    .meta({
      description:
        'Full text over title, summary, the names and aliases of actors, and places: words that must all be there, "phrases", -without, or between alternatives. English words are found in all their forms, names as they are written, accents do not matter. A misspelt name that finds nothing is corrected, and `meta.searched_for` says so.',
    }),
  from: edtfDate
    .optional()
    .meta({ description: 'Only developments whose dates overlap what begins here: a day, month, season, year (EDTF).' }),
  to: edtfDate
    .optional()
    .meta({ description: 'Only developments whose dates overlap what ends here (EDTF); 2025-08 includes all of August.' }),
  valid_at: edtfDate.optional().meta({
    description:
      'Only what was in force on that day (or at some time in that month or year): from `details.effective_on`, or the date of an order, control or other act that took effect at once, until `details.expires_on` or the event that superseded, suspended or rescinded it.',
  }),
  type: several('type', type, 'Only developments of this type.'),
  exclude_type: several('exclude_type', type, 'No developments of this type.'),
  actor: several('actor', slug, 'Only developments in which this actor takes part (slug), in whatever role.'),
  country: countriesOf('Only developments with an actor of this country or in a place there'),
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
};
const filterShape = z.strictObject(filterMembers);
export type TimelineFilters = z.output<typeof filterShape>;

/** What is asked, and as of when. */
const askedMembers = { ...filterMembers, ...momentMembers };
export type Asked = TimelineFilters & MomentQuery;

const itemNeedsPlan = {
  holds: (query: Pick<TimelineFilters, 'item' | 'plan'>) => query.item === undefined || query.plan !== undefined,
  message: { path: ['item'], error: 'item goes with plan; name the plan too.' },
};

const relevanceNeedsWords = {
  holds: (query: { order?: string | undefined; q?: string | undefined }) => query.order !== 'relevance' || query.q !== undefined,
  message: { path: ['order'], error: 'order=relevance goes with q; give words to look for, or take another order.' },
};

export const FACETS = ['type', 'topic', 'actor', 'country', 'initiative', 'year'] as const;
export type FacetName = (typeof FACETS)[number];

export const timelineQuery = z
  .strictObject({
    ...askedMembers,
    order: z.enum(['asc', 'desc', 'relevance']).optional().meta({
      description: 'asc: as things happened (the default); desc: the latest first; relevance: what fits `q` best first.',
      default: 'asc',
    }),
    limit,
    cursor,
    total: flag('total', 'Adds the total to the page.'),
    facets: several('facets', z.enum(FACETS), 'Adds counts over all that match, whatever the page.'),
  })
  .refine(itemNeedsPlan.holds, itemNeedsPlan.message)
  .refine((query) => relevanceNeedsWords.holds(query), relevanceNeedsWords.message);
export type TimelineQuery = z.output<typeof timelineQuery>;

/** What a form is asked for: all that match, unless a limit is given. */
const formMembers = {
  ...askedMembers,
  order: z
    .enum(['asc', 'desc', 'relevance'])
    .optional()
    .meta({ description: 'As for the timeline; feeds have the newest recorded first, always.', default: 'asc' }),
  limit,
  cursor,
};
const withEras = { eras: flag('eras', 'Adds the initiatives of the events as eras behind them.') };
const checked = <Shape extends z.ZodRawShape>(members: Shape) =>
  z
    .strictObject(members)
    .refine((query) => itemNeedsPlan.holds(query as TimelineFilters), itemNeedsPlan.message)
    .refine((query) => relevanceNeedsWords.holds(query as TimelineQuery), relevanceNeedsWords.message);

export const formQuery = checked(formMembers);
export const formWithErasQuery = checked({ ...formMembers, ...withEras });
export type FormQuery = Asked & Pick<TimelineQuery, 'order' | 'limit' | 'cursor'> & { eras?: boolean | undefined };

export const INTERVALS = ['year', 'quarter', 'month', 'week', 'day'] as const;

export const histogramQuery = z
  .strictObject({
    ...askedMembers,
    interval: z
      .enum(INTERVALS, { error: `interval takes ${INTERVALS.join(', ')}.` })
      .optional()
      .meta({ description: 'How long each bucket is; weeks begin on Monday.', default: 'month' }),
  })
  .refine(itemNeedsPlan.holds, itemNeedsPlan.message);
export type HistogramQuery = z.output<typeof histogramQuery>;

export const timelineMeta = z.strictObject({
  ...asOfMembers,
  searched_for: z
    .string()
    .optional()
    .meta({ description: 'With q: the words with misspelt names corrected, where q itself finds nothing.' }),
});
export type TimelineMeta = z.output<typeof timelineMeta>;

const facetCount = z.strictObject({
  value: z.string().meta({ description: 'As the filter takes it.' }),
  name: z.string().nullable().meta({ description: 'For people; null where the value speaks for itself.' }),
  count: z.int(),
});

export const facets = z
  .strictObject(
    Object.fromEntries(FACETS.map((name) => [name, z.array(facetCount).optional()])) as Record<
      FacetName,
      z.ZodOptional<z.ZodArray<typeof facetCount>>
    >,
  )
  .meta({ id: 'Facets', description: 'Counts over all that match, the most frequent first (years in order); at most 200 of each.' });
export type Facets = z.output<typeof facets>;

const timelineEvent = event
  .extend({
    snippet: z.string().optional().meta({ description: 'With q: where it was found, as HTML in which `<mark>` is the only element.' }),
  })
  .meta({ id: 'TimelineEvent', description: 'An event, and with q where it was found.' });

export const timeline = z
  .strictObject({ data: z.array(timelineEvent), page, facets: facets.optional(), meta: timelineMeta })
  .meta({ id: 'Timeline', description: 'A page of the timeline.' });

const bucket = z.strictObject({
  start_date: z.string().meta({ description: 'First day of the bucket.', format: 'date' }),
  end_date: z.string().meta({ description: 'Last day of the bucket.', format: 'date' }),
  total: z.int(),
  imprecise: z.int().meta({ description: 'How many of them have a date that is less precise than the interval.' }),
  by_type: z.record(z.string(), z.int()).meta({ description: 'The same by type; types without any are left out.' }),
});

export const histogram = z
  .strictObject({ data: z.array(bucket), meta: timelineMeta.extend({ interval: z.string(), rule: z.string() }) })
  .meta({ id: 'Histogram', description: 'How many developments fall into each span of time, empty spans included.' });
export type Histogram = z.output<typeof histogram>;

export const diffQuery = z
  .strictObject({
    ...filterMembers,
    known_from: momentText('known_from').meta({
      description: 'What came after this instant, or after the end of this day (UTC); required.',
    }),
    known_to: momentText('known_to')
      .optional()
      .meta({ description: 'And up to this instant, or the end of this day; the present where it is left out.' }),
    limit,
    cursor,
  })
  .refine(itemNeedsPlan.holds, itemNeedsPlan.message);
export type DiffQuery = z.output<typeof diffQuery>;

const diffEntry = z
  .strictObject({
    change: z.enum(['added', 'changed', 'withdrawn']).meta({
      description:
        'added: it is on the timeline under these filters, and was not; withdrawn: it was, and is no more; changed: it shows something else.',
    }),
    changed: z
      .record(z.string(), z.strictObject({ from: z.unknown(), to: z.unknown() }))
      .meta({ description: 'Of an event that changed: each member that shows something else, names of actors and topics among them.' }),
    event: event.meta({ description: 'As it is known at the end; one that was withdrawn, as it was known at the beginning.' }),
  })
  .meta({ id: 'TimelineChange', description: 'An event that came, changed or went between two moments.' });
export type DiffEntry = z.output<typeof diffEntry>;

export const timelineDiff = z
  .strictObject({
    data: z.array(diffEntry),
    page,
    meta: z.strictObject({
      from_seq: z.int().meta({ description: 'The last change that was known at the beginning.' }),
      to_seq: z.int().meta({ description: 'The last change that is known at the end.' }),
      added: z.int(),
      changed: z.int(),
      withdrawn: z.int(),
    }),
  })
  .meta({ id: 'TimelineDiff', description: 'A page of what changed on the timeline between two moments, with the numbers of all.' });
