// Proposals on the wire: a change that somebody suggests, until an editor decides.
import { z } from 'zod';
import { instant, stamps, version } from '../contract/ids.js';
import { cursor, flag, limit, listOf, several } from '../contract/page.js';
import { similarEvent } from '../contract/similar.js';
import { sortBy } from '../contract/sort.js';
import { line, prose } from '../contract/text.js';
import { ENTITIES, type Entity, REASONS, reason, writeMembers } from '../contract/write.js';

export const STATES = ['open', 'changes_requested', 'accepted', 'rejected', 'withdrawn'] as const;
export type State = (typeof STATES)[number];

/** How many characters name a secret in a tracking address. */
const TRACKING = /^[\w-]{22}$/;

export const proposalId = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  .meta({ description: 'A UUID that nobody can guess.', format: 'uuid' });

/** An id, a slug, or plan/number of an action item. */
const targetKey = z
  .string()
  .max(200)
  .regex(/^[\w-]+(\/\d{1,4})?$/, { error: 'id is an id, a slug, or plan/number of an action item, such as a-plan/13.' })
  .meta({ description: 'An id, a slug, or `plan/number` of an action item.' });

const sourceUrl = z
  .string()
  .max(2000)
  .refine((value) => /^https?:\/\//i.test(value) && URL.canParse(value) && !new URL(value).username, {
    error: 'A source is an absolute http or https address without user name.',
  });

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Members = { [name: string]: Json };

const CHANGE = 'change takes an object of what is to be, or null to ask for a withdrawal.';
const change = z.record(z.string(), z.unknown(), { error: CHANGE }).nullable().meta({
  description:
    'Without `target.id`, what is to be made, as POST takes it. With it, a JSON Merge Patch (RFC 7396) of that version, as PATCH takes it: null removes a member. Null in place of it all asks to withdraw the event, or to delete anything else.',
}) as z.ZodType<Members | null>;

const rationale = prose(5000).meta({ description: 'Why it should be so.' });
const sources = z
  .array(sourceUrl)
  .max(20)
  .meta({ description: 'Where it can be looked up. At least one is needed, here or among the sources of the change itself.' });

export const proposalInput = z
  .strictObject({
    target: z.strictObject({
      entity: z.enum(ENTITIES).meta({ description: 'What kind of thing it is about.' }),
      id: targetKey.optional().meta({ description: 'What is to be changed; left out for something new.' }),
      version: version.optional().meta({ description: 'The version that the change was made for; the one in force where it is left out.' }),
    }),
    change,
    rationale,
    reason,
    sources: sources.default([]),
  })
  .meta({ id: 'ProposalBody' });
export type ProposalInput = z.output<typeof proposalInput>;

export const proposalPatch = z
  .strictObject({
    target: z.strictObject({ version: version.meta({ description: 'The version that the new change was made for.' }) }).optional(),
    change: change.optional(),
    rationale: rationale.optional(),
    reason,
    sources: sources.optional(),
  })
  .meta({
    id: 'ProposalPatch',
    description: 'What is left out stays; each member that is sent takes the place of the old one whole, `change` too.',
  });
export type ProposalPatch = z.output<typeof proposalPatch>;

const text = prose(2000);
export const commentBody = z.strictObject({ text }).meta({ id: 'ProposalComment' });
export const acceptBody = z.strictObject(writeMembers).meta({ id: 'ProposalAcceptance' });
const whyMembers = {
  reason: line(300).optional().meta({ description: 'Why, in short, such as "a duplicate".' }),
  comment: text.optional().meta({ description: 'Why, at length; what is to be mended.' }),
};
export const stepBody = z.strictObject(whyMembers).meta({ id: 'ProposalStep' });
export const refusalBody = z
  .strictObject(whyMembers)
  .refine((value) => value.reason !== undefined || value.comment !== undefined, {
    path: ['comment'],
    error: 'Say why: send a reason, a comment, or both.',
  })
  .meta({ id: 'ProposalRefusal' });

export const trackingQuery = z.strictObject({
  tracking: z
    .string()
    .regex(TRACKING, { error: 'tracking is the last part of the address that the proposal was answered with.' })
    .optional()
    .meta({
      description: 'Shows that you are the author, where you have no key; part of the address that the proposal was answered with.',
    }),
});
export const keepQuery = z.strictObject({
  validate_only: flag('validate_only', 'Do everything but keep it: the answer is what would have been.'),
});
export const keepTrackedQuery = z.strictObject({ ...trackingQuery.shape, ...keepQuery.shape });
export type KeepQuery = z.output<typeof keepTrackedQuery>;

export const proposalQuery = z.strictObject({
  state: several('state', z.enum(STATES), 'Only proposals in this state.'),
  entity: several('entity', z.enum(ENTITIES), 'Only proposals about such things.'),
  target: targetKey.optional().meta({ description: 'Only proposals about this one: an id, a slug, or `plan/number` of an action item.' }),
  author: line(100).optional().meta({ description: 'Only those of this author, by name, or `me`, or `nobody` for those without a key.' }),
  taken_by: line(100)
    .optional()
    .meta({ description: 'Only those that this editor has taken, by name, or `me`, or `nobody`; for editors.' }),
  sort: sortBy('created_at', 'updated_at'),
  limit,
  cursor,
  total: flag('total', 'Adds the total to the page.'),
});
export type ProposalQuery = z.output<typeof proposalQuery>;

/** Who did something, as it is kept; answers tell the name alone. */
export interface Person {
  id: string;
  name: string;
}

export interface Verdict {
  decision: 'accepted' | 'rejected' | 'changes_requested';
  reason: string | null;
  comment: string | null;
  by: string;
  at: string;
  revision: { entity: string; id: string; slug: string | null; version: number; seq: number } | null;
}

/** What is kept of a proposal, and recorded with each change of it. */
export interface ProposalDocument {
  kind: 'create' | 'change' | 'withdraw';
  state: State;
  author: Person | null;
  target: { entity: Entity; id: string | null; slug: string | null; version: number | null };
  change: Members | null;
  rationale: string;
  reason: string | null;
  sources: string[];
  comments: { author: string; by: 'author' | 'editor'; text: string; at: string }[];
  taken_by: Person | null;
  verdict: Verdict | null;
  is_public: boolean;
}

const revisionOf = z
  .strictObject({
    entity: z.string(),
    id: z.string(),
    slug: z.string().nullable(),
    version,
    seq: z.int().meta({ description: 'Its place in the feed of changes.' }),
    url: z.string().meta({ description: 'Relative address of that version.' }),
  })
  .meta({ id: 'AcceptedRevision', description: 'What was recorded when it was accepted.' });

const entry = {
  id: proposalId,
  url: z.string().meta({ description: 'Relative address at which it can be followed.' }),
  kind: z.string().meta({ description: 'create, change or withdraw.' }),
  state: z.string().meta({ description: `${STATES.join(', ')}; more may come.` }),
  author: z.string().nullable().meta({ description: 'The name of the API key; null where it was sent without one.' }),
  target: z.strictObject({
    entity: z.string(),
    id: z.string().nullable().meta({ description: 'Null for something new.' }),
    slug: z.string().nullable().meta({ description: 'Of an action item: plan/number.' }),
    version: z.int().nullable().meta({ description: 'The version that the change was made for.' }),
    url: z.string().nullable(),
  }),
  content_hidden: z.boolean().meta({
    description: 'Whether change, rationale and sources are kept back: those of a rejected proposal are for its author and for editors.',
  }),
  change: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: 'As it was sent; null for a withdrawal, and where it is hidden.' }),
  rationale: z.string().nullable(),
  reason: z
    .string()
    .nullable()
    .meta({ description: `What the author says that it is: ${REASONS.join(', ')}; more may come.` }),
  sources: z.array(z.string()),
  taken_by: z.string().nullable().meta({ description: 'The editor who looks at it; told to its author and to editors.' }),
  comments: z
    .array(z.strictObject({ author: z.string(), by: z.string().meta({ description: 'author or editor.' }), text: z.string(), at: instant }))
    .meta({ description: 'Told to its author and to editors.' }),
  verdict: z
    .strictObject({
      decision: z.string().meta({ description: 'accepted, rejected or changes_requested; more may come.' }),
      reason: z.string().nullable(),
      comment: z.string().nullable(),
      by: z.string().meta({ description: 'The editor, by the name of the API key.' }),
      at: instant,
      revision: revisionOf.nullable().meta({ description: 'What was recorded when it was accepted; null otherwise.' }),
    })
    .nullable()
    .meta({ description: 'Null until an editor has decided.' }),
  ...stamps,
};

export const proposalEntry = z.strictObject(entry).meta({ id: 'ProposalEntry', description: 'A change that somebody suggests.' });
export type ProposalEntry = z.output<typeof proposalEntry>;

export const proposal = z
  .strictObject({
    ...entry,
    similar: z
      .array(similarEvent)
      .meta({ description: 'Events that it may be a duplicate of, the likeliest first; while it is undecided.' }),
  })
  .meta({ id: 'Proposal', description: 'A change that somebody suggests, with its likely duplicates.' });

export const proposalList = listOf(proposalEntry, 'ProposalList');
export type Proposal = z.output<typeof proposal>;
