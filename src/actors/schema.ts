// Actors on the wire: who takes part.
import { z } from 'zod';
import { countriesOf, country_answer, country_code } from '../contract/country.js';
import { id, slug, stamps } from '../contract/ids.js';
import { ACTOR_KINDS } from '../contract/kinds.js';
import { cursor, flag, limit, listOf, several } from '../contract/page.js';
import { sortBy } from '../contract/sort.js';
import { line } from '../contract/text.js';
import { writeForms } from '../contract/write.js';

export const ACTOR_ROLES = [
  'speaker',
  'host',
  'co_host',
  'chair',
  'issuer',
  'proposer',
  'author',
  'sponsor',
  'adopter',
  'signatory',
  'endorser',
  'participant',
  'observer',
  'invitee',
  'appointee',
  'target',
  'beneficiary',
  'supporter',
  'opponent',
  'abstainer',
  'subject',
] as const;

export const INVITEE_RESPONSES = ['invited', 'consulted', 'accepted', 'declined', 'silent'] as const;

export const actorMembers = z.strictObject({
  slug: slug.optional().meta({ description: 'Made from the name where it is left out; never changed.' }),
  kind: z.enum(ACTOR_KINDS),
  name: line().meta({ description: 'English name.' }),
  native_name: line().nullable().default(null).meta({ description: "Name in the actor's own script." }),
  aliases: z.array(line()).max(50).default([]),
  country_code: country_code.nullable().default(null),
  affiliation: slug.nullable().default(null).meta({ description: 'Slug of the country, body, bloc or company it belongs to.' }),
  office: line().nullable().default(null).meta({ description: "A person's office at the time of the events." }),
  wikidata_id: z
    .string()
    .regex(/^Q[1-9]\d{0,11}$/, { error: 'A Wikidata id is a Q and a number, such as Q148.' })
    .nullable()
    .default(null),
});

export const actorForms = writeForms('Actor', actorMembers);
export type ActorInput = z.output<typeof actorMembers>;
export type ActorDocument = ActorInput & { slug: string };

export const actor = z
  .strictObject({
    id,
    slug,
    kind: z.string().meta({ description: `${ACTOR_KINDS.join(', ')}; more may come.` }),
    name: z.string(),
    native_name: z.string().nullable(),
    aliases: z.array(z.string()),
    ...country_answer,
    affiliation: slug.nullable(),
    office: z.string().nullable(),
    wikidata_id: z.string().nullable(),
    ...stamps,
  })
  .meta({
    id: 'Actor',
    description: 'Who takes part: a country, bloc, organisation, government body, company, civil society group or person.',
  });

/** How many co-actors an actor's answer names. */
export const CO_ACTORS = 20;

const day = z.string().nullable().meta({ description: 'A day, YYYY-MM-DD; null where none has a first day.', format: 'date' });

const activity = z
  .strictObject({
    counted: z.string().meta({ description: 'What is counted.' }),
    events: z.int().meta({ description: 'In how many it takes part.' }),
    first_seen_on: day.meta({ description: 'First day of the earliest that is not merely scheduled.' }),
    last_seen_on: day.meta({ description: 'First day of the latest that is not merely scheduled.' }),
    by_role: z
      .array(z.strictObject({ role: z.string(), events: z.int() }))
      .meta({ description: `In how many it has each role, the most frequent first: ${ACTOR_ROLES.join(', ')}; more may come.` }),
    co_actors: z
      .array(z.strictObject({ slug, name: z.string(), kind: z.string(), ...country_answer, events: z.int() }))
      .meta({ description: `With whom it takes part most often, at most ${CO_ACTORS}, and in how many.` }),
    co_actors_total: z.int(),
  })
  .meta({ id: 'ActorActivity', description: 'What published events tell of an actor.' });

export const actorWhole = actor.extend({ activity }).meta({ id: 'ActorWithActivity', description: 'An actor, and what it takes part in.' });

export const actorList = listOf(actor, 'ActorList');

export const actorQuery = z.strictObject({
  kind: several('kind', z.enum(ACTOR_KINDS), 'Only actors of this kind.'),
  country: countriesOf('Only actors of this country'),
  affiliation: slug.optional().meta({ description: 'Only those that belong to this actor.' }),
  sort: sortBy('name', 'created_at', 'updated_at'),
  limit,
  cursor,
  total: flag('total', 'Adds the total to the page.'),
});
export type ActorQuery = z.output<typeof actorQuery>;
