// Events on the wire: one dated development each, as writes send it and as answers (cards) show it.
import { z } from 'zod';
import { ACTOR_ROLES, actorForms, INVITEE_RESPONSES } from '../actors/schema.js';
import { country_answer, place, place_answer } from '../contract/country.js';
import { edtfDate, span_day } from '../contract/date.js';
import { id, instant, key, slug, stamps, version } from '../contract/ids.js';
import { cursor, flag, limit, listOf, several } from '../contract/page.js';
import { LIKELY, similarEvent } from '../contract/similar.js';
import { sortBy } from '../contract/sort.js';
import { line, notes, prose } from '../contract/text.js';
import { referenceTo, writeForms, writeMembers } from '../contract/write.js';
import { ACTIONS, initiativeForms } from '../initiatives/schema.js';
import { type Citation, citation, citationInput, refuseLostClaims } from '../sources/schema.js';
import { topicForms } from '../topics/schema.js';
import { EVENT_TYPE_NAMES, EVENT_TYPES } from './types/index.js';

export const CERTAINTIES = ['confirmed', 'reported', 'disputed', 'scheduled'] as const;
export const STATES = ['draft', 'in_review', 'published', 'withdrawn'] as const;
export const EFFECTS = ['advances', 'hinders', 'mentions'] as const;
export const RELATIONS = ['responds_to', 'follows_up', 'implements', 'amends', 'supersedes', 'contradicts', 'part_of'] as const;
export const CONFIDENCES = ['verified', 'seed_only', 'recalled'] as const;
export const EVIDENCES = ['memory', 'digest'] as const;

const types = EVENT_TYPE_NAMES.map((name) => `${name}: ${EVENT_TYPES[name].description}`).join(' ');
const detailsForms = EVENT_TYPE_NAMES.map((name) => ({ $ref: `#/components/schemas/${EVENT_TYPES[name].details.meta()!.id}` }));

const participant = z
  .strictObject({
    actor: referenceTo('an actor', actorForms.input),
    role: z.enum(ACTOR_ROLES),
    response: z.enum(INVITEE_RESPONSES).nullable().default(null).meta({ description: 'Only with the role invitee.' }),
  })
  .refine((value) => value.response === null || value.role === 'invitee', {
    path: ['response'],
    error: 'Only an invitee has a response; leave it out, or give the role invitee.',
  });

/** Addresses below that of the events that are something else. */
export const RESERVED_SLUGS: readonly string[] = ['batch', 'similar'];

const members = z.strictObject({
  slug: slug
    .refine((value) => !RESERVED_SLUGS.includes(value), {
      error: `${RESERVED_SLUGS.join(' and ')} are addresses of their own; choose another slug.`,
    })
    .optional()
    .meta({ description: 'Made from the title where it is left out; never changed.' }),
  type: z.enum(EVENT_TYPE_NAMES).meta({ description: types }),
  action: z.enum(ACTIONS).nullable().default(null).meta({ description: 'The life-cycle step that it marks.' }),
  title: line(300),
  summary: prose(5000).nullable().default(null),
  date: edtfDate,
  place: place.nullable().default(null),
  significance: z.int().min(1).max(5).default(3).meta({ description: '1 (minor) to 5 (a turning point).' }),
  certainty: z.enum(CERTAINTIES).default('confirmed'),
  state: z.enum(STATES).optional().meta({
    description:
      'Readers see published ones only; withdrawn answers 410. Where it is left out, a new event is published, and one that is replaced stays in its state.',
  }),
  details: z.record(z.string(), z.unknown()).default({}).meta({ description: 'By type.', anyOf: detailsForms }),
  confidence: z.enum(CONFIDENCES).nullable().default(null).meta({
    description:
      'How the record was checked: verified (against a text that was read), seed_only (only the article the data set starts from says so), recalled (neither).',
  }),
  evidence: z
    .enum(EVIDENCES)
    .nullable()
    .default(null)
    .meta({ description: 'What a recalled record rests on: memory, or digest (public notes).' }),
  caveat: prose(2000).nullable().default(null).meta({ description: 'What is uncertain in this record.' }),
  actors: z.array(participant).max(300).default([]),
  sources: z.array(citationInput).max(100).default([]),
  topics: z.array(referenceTo('a topic', topicForms.input)).max(50).default([]),
  initiatives: z.array(referenceTo('an initiative', initiativeForms.input)).max(20).default([]),
  action_items: z
    .array(
      z.strictObject({ plan: slug, item: z.int().min(1).max(9999), effect: z.enum(EFFECTS), note: prose(1000).nullable().default(null) }),
    )
    .max(100)
    .default([])
    .meta({ description: 'How it bears on items of action plans.' }),
  related: z
    .array(z.strictObject({ event: slug, relation: z.enum(RELATIONS) }))
    .max(100)
    .default([])
    .meta({ description: 'From this event to others, by slug; one that was merged stands for the one that it became part of.' }),
  notes: notes.default([]),
});

/** What is sent inline is kept as a reference, so no claim points into it. */
const kept = (value: z.output<typeof members>) => ({
  ...value,
  actors: value.actors.map((participant) => ({ ...participant, actor: '' })),
  topics: value.topics.map(() => ''),
  initiatives: value.initiatives.map(() => ''),
});

export const eventForms = writeForms('Event', members, {
  // What the details may be is known by the type alone.
  finish(value, context) {
    refuseLostClaims(kept(value), members, 'an event', context);
    const schema: z.ZodType<Record<string, unknown>> = EVENT_TYPES[value.type].details;
    const result = schema.safeParse(value.details, { reportInput: true });
    if (result.success) return { ...value, details: result.data };
    for (const issue of result.error.issues)
      context.issues.push({
        ...issue,
        path: ['details', ...issue.path],
        within: { schema, path: issue.path },
      } as unknown as z.core.$ZodRawIssue);
    return value;
  },
  loosened: { details: z.record(z.string(), z.unknown()), place: z.record(z.string(), z.unknown()) },
});

export type EventInput = z.output<typeof members>;
export type EventDocument = Omit<EventInput, 'slug' | 'state' | 'actors' | 'sources' | 'topics' | 'initiatives'> & {
  slug: string;
  state: (typeof STATES)[number];
  actors: { actor: string; role: string; response: string | null }[];
  sources: Citation[];
  topics: string[];
  initiatives: string[];
  /** The slug of the event that it was merged into, and is there no more. */
  merged_into?: string;
};

const named = z.array(z.strictObject({ slug, name: z.string() }));

export const event = z
  .strictObject({
    id,
    slug,
    type: z.string().meta({ description: `${EVENT_TYPE_NAMES.join(', ')}; more may come.` }),
    action: z
      .string()
      .nullable()
      .meta({ description: `The life-cycle step that it marks: ${ACTIONS.join(', ')}; more may come.` }),
    title: z.string(),
    summary: z.string().nullable(),
    date: z.string().meta({ description: 'EDTF level 1 (ISO 8601-2): a date that may be imprecise.' }),
    start_date: span_day,
    end_date: span_day,
    date_precision: z.string().meta({ description: 'day, month, season, year, decade or century.' }),
    place: place_answer,
    significance: z.int().meta({ description: '1 (minor) to 5 (a turning point).' }),
    certainty: z.string().meta({ description: `${CERTAINTIES.join(', ')}; more may come.` }),
    state: z.string().meta({ description: `${STATES.join(', ')}; more may come.` }),
    details: z.union(EVENT_TYPE_NAMES.map((name) => EVENT_TYPES[name].details)).meta({ description: 'By type.' }),
    actors: z.array(
      z.strictObject({
        slug,
        name: z.string(),
        kind: z.string(),
        ...country_answer,
        role: z.string().meta({ description: `${ACTOR_ROLES.join(', ')}; more may come.` }),
        response: z
          .string()
          .nullable()
          .meta({ description: `Of an invitee: ${INVITEE_RESPONSES.join(', ')}; more may come.` }),
      }),
    ),
    topics: named,
    initiatives: named,
    action_items: z.array(
      z.strictObject({
        plan: slug,
        item: z.int(),
        title: z.string(),
        effect: z.string().meta({ description: 'advances, hinders or mentions.' }),
        note: z.string().nullable(),
      }),
    ),
    sources: z.array(citation),
    related: z
      .array(
        z.strictObject({
          event: slug,
          title: z.string(),
          relation: z.string().meta({ description: `${RELATIONS.join(', ')}; more may come.` }),
        }),
      )
      .meta({ description: 'Published events that this one refers to.' }),
    confidence: z.string().nullable().meta({ description: 'How the record was checked: verified, seed_only or recalled.' }),
    evidence: z.string().nullable().meta({ description: 'What a recalled record rests on: memory or digest.' }),
    caveat: z.string().nullable().meta({ description: 'What is uncertain in this record.' }),
    notes,
    ...stamps,
    published_at: instant.nullable(),
  })
  .meta({ id: 'Event', description: 'One dated development, whole enough to show without a further call.' });

/** What is answered to a new one: it, and what it is like. */
export const eventCreated = event
  .extend({
    similar: z.array(similarEvent).meta({ description: 'Events that were there and may be the same development, the likeliest first.' }),
  })
  .meta({ id: 'EventCreated', description: 'A new event, and others that may be the same development. The `ETag` is that of the event.' });

export const eventMerged = event
  .extend({
    merged: z
      .strictObject({ id, slug, version })
      .meta({ description: 'The event that is there no more, which answers 301 to this one from now on.' }),
    not_united: z
      .array(
        z.strictObject({
          pointer: z.string().meta({ description: 'JSON Pointer (RFC 6901) into the event that is there no more.' }),
          value: z.unknown(),
          detail: z.string(),
        }),
      )
      .meta({ description: 'What that event said and this one does not say; it stays in the versions of that event.' }),
    renamed: z.array(slug).meta({ description: 'The events that named that one and name this one now.' }),
  })
  .meta({ id: 'EventMerged', description: 'The event that stays, after another one was merged into it. The `ETag` is that of the event.' });

export const mergeBody = z
  .strictObject({ into: key.meta({ description: 'The id or the slug of the event that stays.' }), ...writeMembers })
  .meta({ id: 'MergeBody', description: 'Which event stays.' });
export type MergeBody = z.output<typeof mergeBody>;

export const creationParameters = {
  reject_duplicates: flag(
    'reject_duplicates',
    `Answer 409 with the candidates, and keep nothing, where an event is there whose score reaches ${LIKELY}.`,
  ),
};

export const eventList = listOf(event, 'EventList');

export const eventQuery = z.strictObject({
  type: several('type', z.enum(EVENT_TYPE_NAMES), 'Only events of this type.'),
  certainty: several('certainty', z.enum(CERTAINTIES), 'Only events of this certainty.'),
  state: several('state', z.enum(STATES), 'Only events in this state; any but published needs an API key.'),
  sort: sortBy('created_at', 'updated_at', 'title'),
  limit,
  cursor,
  total: flag('total', 'Adds the total to the page.'),
});
export type EventQuery = z.output<typeof eventQuery>;

/** Why an event is published or withdrawn. */
export const stepBody = z.strictObject(writeMembers).meta({ id: 'EventStepBody' });
export type StepBody = z.output<typeof stepBody>;
