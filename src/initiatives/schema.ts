// Initiatives on the wire: policy processes followed over time.
import { z } from 'zod';
import { country_answer } from '../contract/country.js';
import { edtfDate } from '../contract/date.js';
import { id, slug, stamps } from '../contract/ids.js';
import { INITIATIVE_KINDS } from '../contract/kinds.js';
import { cursor, flag, limit, listOf, several } from '../contract/page.js';
import { sortBy } from '../contract/sort.js';
import { line, notes, prose } from '../contract/text.js';
import { writeForms } from '../contract/write.js';

/** The life-cycle steps that an event may mark. */
export const ACTIONS = [
  'announced',
  'proposed',
  'drafted',
  'consultation_opened',
  'consultation_closed',
  'introduced',
  'amended',
  'adopted',
  'signed',
  'in_force',
  'postponed',
  'suspended',
  'rejected',
  'withdrawn',
  'rescinded',
  'terminated',
  'held',
] as const;

/** What an initiative's status may be: a step of its events, or one that only a person can tell. */
export const INITIATIVE_STATUSES = [...ACTIONS, 'launched', 'operating', 'superseded'] as const;

const milestones = z.array(z.strictObject({ date: edtfDate, what: line(500) })).max(200);

export const initiativeMembers = z.strictObject({
  slug: slug.optional().meta({ description: 'Made from the name where it is left out; never changed.' }),
  kind: z.enum(INITIATIVE_KINDS).default('other'),
  name: line(),
  summary: prose().nullable().default(null),
  lead_actors: z.array(slug).max(50).default([]).meta({ description: 'Slugs of the actors that lead it.' }),
  status: z
    .enum(INITIATIVE_STATUSES)
    .nullable()
    .default(null)
    .meta({ description: "Set by hand, with a status_reason; null to follow the latest event's action." }),
  status_since: edtfDate.nullable().default(null),
  status_reason: prose(2000).nullable().default(null),
  milestones: milestones.default([]),
  notes: notes.default([]),
});

export const initiativeForms = writeForms('Initiative', initiativeMembers, {
  finish(value, context) {
    if (value.status !== null && value.status_reason === null)
      context.addIssue({
        code: 'custom',
        path: ['status_reason'],
        message: 'A status that is set by hand takes a status_reason; leave the status out to follow the events.',
      });
    if (value.status === null && (value.status_since !== null || value.status_reason !== null))
      context.addIssue({
        code: 'custom',
        path: ['status'],
        message: 'status_since and status_reason go with a status that is set by hand; give the status too, or leave them out.',
      });
    return value;
  },
});
export type InitiativeInput = z.output<typeof initiativeMembers>;
export type InitiativeDocument = InitiativeInput & { slug: string };

export const initiative = z
  .strictObject({
    id,
    slug,
    kind: z.string(),
    name: z.string(),
    summary: z.string().nullable(),
    lead_actors: z.array(z.strictObject({ slug, name: z.string(), kind: z.string(), ...country_answer })),
    status: z
      .string()
      .nullable()
      .meta({ description: `${INITIATIVE_STATUSES.join(', ')}; more may come. Null where no event tells.` }),
    status_since: z
      .string()
      .nullable()
      .meta({ description: 'EDTF; the date of the event that the status follows from, or as set by hand.' }),
    status_reason: z.string().nullable(),
    status_origin: z
      .enum(['events', 'by_hand'])
      .nullable()
      .meta({ description: 'Whether the status follows from the events or was set by hand.' }),
    milestones: z.array(z.strictObject({ date: z.string(), what: z.string() })),
    notes,
    ...stamps,
  })
  .meta({
    id: 'Initiative',
    description: 'A policy process followed over time: a proposed organisation, a law, a control regime, a summit series.',
  });

const step = z
  .strictObject({
    action: z.string().meta({ description: `${ACTIONS.join(', ')}; more may come.` }),
    date: z.string().meta({ description: 'EDTF.' }),
    certainty: z.string().meta({ description: 'confirmed, reported, disputed, scheduled (it has not happened); more may come.' }),
    event: z.strictObject({ slug, title: z.string(), type: z.string() }),
  })
  .meta({ id: 'LifeCycleStep', description: 'A step in the life of an initiative, and the event that marks it.' });

const seen = z.string().nullable();

const participant = z
  .strictObject({
    slug,
    name: z.string(),
    kind: z.string(),
    ...country_answer,
    roles: z.array(z.string()),
    events: z.int().meta({ description: 'In how many published events of the initiative it takes part.' }),
    first_seen_on: seen.meta({ description: 'First day of the earliest of them that is not merely scheduled.' }),
    last_seen_on: seen.meta({ description: 'First day of the latest of them that is not merely scheduled.' }),
  })
  .meta({ id: 'Participant', description: 'Who takes part in the events of an initiative.' });

export const initiativeWhole = initiative
  .extend({
    life_cycle: z.array(step).meta({ description: 'The steps that its published events mark, in order; of more than 200 the latest.' }),
    participants: z
      .array(participant)
      .meta({ description: 'Who takes part in its published events, the most frequent first; at most 200.' }),
    participants_total: z.int(),
  })
  .meta({ id: 'InitiativeWithCourse', description: 'An initiative, the steps of its life and who takes part.' });
export type InitiativeWhole = z.output<typeof initiativeWhole>;

export const initiativeList = listOf(initiative, 'InitiativeList');

export const initiativeQuery = z.strictObject({
  kind: several('kind', z.enum(INITIATIVE_KINDS), 'Only initiatives of this kind.'),
  lead_actor: slug.optional().meta({ description: 'Only those that this actor leads.' }),
  sort: sortBy('name', 'created_at', 'updated_at'),
  limit,
  cursor,
  total: flag('total', 'Adds the total to the page.'),
});
export type InitiativeQuery = z.output<typeof initiativeQuery>;
