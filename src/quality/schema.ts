// What the record lacks, on the wire: an overview of counts, and the list of each.
import { z } from 'zod';
import { id, slug } from '../contract/ids.js';
import { momentMembers } from '../contract/moment.js';
import { cursor, flag, limit, listOf } from '../contract/page.js';
import { sortBy } from '../contract/sort.js';
import { type event, eventList } from '../events/schema.js';

/** What each check of events lists. */
export const checkList = eventList;
export type ListedEvent = z.output<typeof event>;

/** Of published events; each is a key that cards bear (src/events/sql.ts). */
export const EVENT_CHECKS = {
  'events-without-sources': {
    key: 'check:without-sources',
    operation: 'listEventsWithoutSources',
    summary: 'List events without sources',
    about: 'Published events that cite no source.',
  },
  'events-with-one-source': {
    key: 'check:with-one-source',
    operation: 'listEventsWithOneSource',
    summary: 'List events with a single source',
    about: 'Published events that cite one source, however often.',
  },
  'events-with-disputes': {
    key: 'check:with-disputes',
    operation: 'listDisputedEvents',
    summary: 'List events with disputes',
    about: 'Published events of which a source disputes a member or the whole, or whose certainty is disputed.',
  },
  'events-without-links': {
    key: 'check:without-links',
    operation: 'listUnlinkedEvents',
    summary: 'List events without links',
    about: 'Published events that belong to no initiative and bear on no action item.',
  },
} as const;
export type EventCheck = keyof typeof EVENT_CHECKS;

/** After how many months without an event an initiative is stale, where nothing else is asked. */
export const STALE_MONTHS = 12;
export const STALE_ABOUT =
  'Initiatives without a published event for so many months, counted to today (UTC), or to the day that is asked for, from the first day of their latest event: when it happened, not when it was recorded. Those without any event come first.';

const months = z
  .string()
  .refine((value) => /^\d{1,3}$/.test(value) && Number(value) >= 1 && Number(value) <= 600, {
    error: 'months is a whole number from 1 to 600.',
  })
  .transform(Number)
  .optional()
  .meta({ description: 'For how many months there was no event.', type: 'integer', minimum: 1, maximum: 600, default: STALE_MONTHS });

const total = flag('total', 'Adds the total to the page.');

const asked = { months, ...momentMembers };
export const qualityQuery = z.strictObject(asked);
export const staleTableQuery = qualityQuery;
export const staleQuery = z.strictObject({ ...asked, limit, cursor, total });
export const checkTableQuery = z.strictObject({ sort: sortBy('created_at', 'updated_at', 'title'), ...momentMembers });
export const checkQuery = checkTableQuery.extend({ limit, cursor, total });
export type QualityQuery = z.output<typeof qualityQuery>;
export type CheckQuery = z.output<typeof checkQuery>;
export type StaleQuery = z.output<typeof staleQuery>;

export const quality = z
  .strictObject({
    data: z.array(
      z.strictObject({
        check: z
          .string()
          .meta({ description: `${Object.keys(EVENT_CHECKS).join(', ')}, stale-initiatives, sources-of-kind-…; more may come.` }),
        about: z.string().meta({ description: 'What is counted.' }),
        count: z.int(),
        url: z.string().meta({ description: 'Relative address of the list.' }),
      }),
    ),
  })
  .meta({ id: 'Quality', description: 'What the record lacks: counts, and where each list is.' });

const staleInitiative = z
  .strictObject({
    id,
    slug,
    name: z.string(),
    kind: z.string(),
    status: z.string().nullable(),
    last_event: z
      .strictObject({ slug, title: z.string(), date: z.string().meta({ description: 'EDTF.' }), start_date: z.string().nullable() })
      .nullable()
      .meta({ description: 'Its latest published event; null where it has none.' }),
  })
  .meta({ id: 'StaleInitiative', description: 'An initiative of which nothing was recorded for long.' });

export type StaleInitiative = z.output<typeof staleInitiative>;

export const staleList = listOf(staleInitiative, 'StaleInitiativeList');
