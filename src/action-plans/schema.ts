// Action plans and their items on the wire: numbered lists of commitments.
import { z } from 'zod';
import { place, place_answer } from '../contract/country.js';
import { edtfDate } from '../contract/date.js';
import { id, slug, stamps } from '../contract/ids.js';
import { cursor, flag, limit, listOf } from '../contract/page.js';
import { sortBy } from '../contract/sort.js';
import { language, line, notes, prose } from '../contract/text.js';
import { writeForms } from '../contract/write.js';
import { EFFECTS } from '../events/schema.js';
import { type Citation, citation, citationInput, refuseLostClaims } from '../sources/schema.js';

export const EVIDENCE = ['text_read', 'summary_read', 'digest', 'memory'] as const;

/** How far an item has come, as an editor judges it. */
export const ITEM_STATUSES = ['not_started', 'in_progress', 'stalled', 'partly_done', 'done', 'abandoned'] as const;

export const evidence = z.enum(EVIDENCE).meta({ description: 'What its wording rests on: text_read, summary_read, digest or memory.' });

const number = z.int().min(1).max(9999);

const planMembers = z.strictObject({
  slug: slug.optional().meta({ description: 'Made from the title where it is left out; never changed.' }),
  title: line(500),
  title_variants: z
    .array(z.strictObject({ title: line(500), language }))
    .max(50)
    .default([])
    .meta({ description: 'The title in other languages or wordings.' }),
  issuer: slug.nullable().default(null).meta({ description: 'Slug of the actor that issued it.' }),
  issued_on: edtfDate.nullable().default(null),
  summary: prose().nullable().default(null),
  place: place.nullable().default(null),
  principles: z.array(line(500)).max(100).default([]),
  priorities: z
    .array(z.strictObject({ priority: line(500), items: z.array(number).max(100), reason: prose(2000).nullable().default(null) }))
    .max(100)
    .default([])
    .meta({ description: 'Priorities that readers of the plan name, with the numbers of the items they rest on.' }),
  sources: z.array(citationInput).max(100).default([]),
  notes: notes.default([]),
});

export const planForms = writeForms('ActionPlan', planMembers, {
  finish(value, context) {
    refuseLostClaims(value, planMembers, 'an action plan', context);
    return value;
  },
});
export type PlanInput = z.output<typeof planMembers>;
export type PlanDocument = Omit<PlanInput, 'slug' | 'sources'> & { slug: string; sources: Citation[] };

const status = z
  .string()
  .nullable()
  .meta({ description: `As an editor judges it: ${ITEM_STATUSES.join(', ')}; more may come. Null where nobody did.` });

const coverage = z
  .strictObject({
    advances: z.int(),
    hinders: z.int(),
    mentions: z.int(),
    balance: z.int().meta({ description: 'Those that advance it, less those that hinder it.' }),
    last_event_on: z.string().nullable().meta({ description: 'First day of the latest development linked to it.' }),
  })
  .meta({ id: 'ItemCoverage', description: 'How many published developments bear on the item, and the latest one.' });

const itemMembers = z.strictObject({
  number: number.meta({ description: 'Its number in the plan; never changed.' }),
  title: line(500),
  text: prose().nullable().default(null).meta({ description: 'What it says, in full or in other words.' }),
  topics: z.array(slug).max(50).default([]).meta({ description: 'Slugs of topics.' }),
  evidence: evidence.nullable().default(null),
  status: z
    .enum(ITEM_STATUSES, { error: `status takes ${ITEM_STATUSES.join(', ')}.` })
    .nullable()
    .optional()
    .meta({ description: 'How far it has come, as an editor judges it; takes a status_reason.' }),
  status_since: edtfDate.nullable().optional(),
  status_reason: prose(2000).nullable().optional().meta({ description: 'Why it is judged so.' }),
});

type Judged = z.output<typeof itemMembers>;

export const itemForms = writeForms('ActionItem', itemMembers, {
  finish({ status, status_since, status_reason, ...rest }: Judged, context): Judged {
    const refuse = (member: string, message: string) => context.addIssue({ code: 'custom', path: [member], message });
    if (status != null && status_reason == null)
      refuse('status_reason', 'A status is a judgement and takes a status_reason; say why, or leave the status out.');
    if (status == null && (status_since != null || status_reason != null))
      refuse('status', 'status_since and status_reason go with a status; give the status too, or leave them out.');
    // Left out where nobody judged, so that documents without it stay what they were.
    return status == null ? rest : { ...rest, status, ...(status_since != null && { status_since }), status_reason };
  },
});
export type ItemInput = z.output<typeof itemMembers>;
export type ItemDocument = ItemInput & { plan: string };

const topics = z.array(z.strictObject({ slug, name: z.string() }));

export const actionItem = z
  .strictObject({
    id,
    plan: slug,
    number: z.int(),
    title: z.string(),
    text: z.string().nullable(),
    topics,
    evidence: z.string().nullable(),
    status,
    status_since: z.string().nullable().meta({ description: 'EDTF.' }),
    status_reason: z.string().nullable(),
    coverage,
    ...stamps,
  })
  .meta({ id: 'ActionItem', description: 'One commitment of an action plan.' });

/** How many developments the short timeline of an item has. */
export const SHORT_TIMELINE = 10;

const touching = z
  .strictObject({
    slug,
    title: z.string(),
    type: z.string(),
    date: z.string().meta({ description: 'EDTF.' }),
    certainty: z.string(),
    effect: z.string().meta({ description: `${EFFECTS.join(', ')}; more may come.` }),
    note: z.string().nullable(),
  })
  .meta({ id: 'TouchingEvent', description: 'A development that bears on an item, and how.' });

export const actionItemWhole = actionItem
  .extend({
    timeline: z
      .array(touching)
      .meta({ description: `The latest ${SHORT_TIMELINE} published developments that bear on it, the newest first; one for each effect.` }),
  })
  .meta({ id: 'ActionItemWithTimeline', description: 'One commitment of an action plan, and what happened about it lately.' });

export const actionItemList = listOf(actionItem, 'ActionItemList');

export const actionPlan = z
  .strictObject({
    id,
    slug,
    title: z.string(),
    title_variants: z.array(z.strictObject({ title: z.string(), language: z.string() })),
    issuer: z.strictObject({ slug, name: z.string() }).nullable(),
    issued_on: z.string().nullable().meta({ description: 'EDTF.' }),
    summary: z.string().nullable(),
    place: place_answer,
    principles: z.array(z.string()),
    priorities: z.array(z.strictObject({ priority: z.string(), items: z.array(z.int()), reason: z.string().nullable() })),
    items: z.array(z.strictObject({ number: z.int(), title: z.string(), topics: z.array(slug), status, coverage })),
    sources: z.array(citation),
    notes,
    ...stamps,
  })
  .meta({ id: 'ActionPlan', description: 'A numbered list of commitments.' });

export const actionPlanList = listOf(actionPlan, 'ActionPlanList');

export const planQuery = z.strictObject({
  issuer: slug.optional().meta({ description: 'Only plans that this actor issued.' }),
  sort: sortBy('title', 'created_at', 'updated_at'),
  limit,
  cursor,
  total: flag('total', 'Adds the total to the page.'),
});
export type PlanQuery = z.output<typeof planQuery>;

export const itemQuery = z.strictObject({
  topic: slug.optional().meta({ description: 'Only items on this topic.' }),
  sort: sortBy('number'),
  limit,
  cursor,
  total: flag('total', 'Adds the total to the page.'),
});
export type ItemQuery = z.output<typeof itemQuery>;
