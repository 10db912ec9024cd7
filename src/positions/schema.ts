// The positions on an initiative on the wire: where each actor stands, since when, by which source, and how it came there.
import { z } from 'zod';
import { country_answer } from '../contract/country.js';
import { slug } from '../contract/ids.js';
import { ACTOR_KINDS } from '../contract/kinds.js';
import { asOfMembers, type MomentQuery, momentMembers, validAt } from '../contract/moment.js';
import { cursor, limit, page, several } from '../contract/page.js';
import { POSITIONS } from './rules.js';

/** Whose positions are told where nobody says which: persons act for others. */
export const KINDS = ACTOR_KINDS.filter((one) => one !== 'person');

const kind = several(
  'kind',
  z.enum(ACTOR_KINDS, { error: `kind takes ${ACTOR_KINDS.join(', ')}.` }),
  'Only actors of this kind. Where it is left out all but persons, who act for others.',
);
const position = several(
  'position',
  z.enum(POSITIONS, { error: `position takes ${POSITIONS.join(', ')}.` }),
  'Only actors whose latest position is this.',
);

const askedMembers = { position, kind, valid_at: validAt, ...momentMembers };
export const positionsTableQuery = z.strictObject(askedMembers);
export const positionsQuery = z.strictObject({ ...askedMembers, limit, cursor });
export type PositionsQuery = Omit<z.output<typeof positionsQuery>, keyof MomentQuery>;

const told = {
  position: z.string().meta({ description: `${POSITIONS.join(', ')}; more may come.` }),
  date: z.string().meta({ description: 'EDTF: the date of the event that tells it.' }),
  certainty: z.string().meta({ description: 'Of that event: confirmed, reported, disputed, scheduled; more may come.' }),
  role: z.string().meta({ description: 'The role in that event by which it is told.' }),
  response: z.string().nullable().meta({ description: 'Of an invitee.' }),
  event: z.strictObject({ slug, title: z.string(), type: z.string(), action: z.string().nullable() }),
  sources: z.array(z.strictObject({ title: z.string(), publisher: z.string().nullable(), url: z.string().nullable() })),
};

/** How many entries the history of an actor has. */
export const HISTORY = 50;

const actorPosition = z
  .strictObject({
    actor: z.strictObject({ slug, name: z.string(), kind: z.string(), ...country_answer }),
    ...told,
    is_order_certain: z.boolean().meta({
      description:
        'False where another event tells another position and the dates of the two overlap, so that either may be the later one.',
    }),
    history: z
      .array(z.strictObject(told))
      .meta({ description: `All that was told, in order, the latest ${HISTORY}; what is scheduled has not happened.` }),
  })
  .meta({ id: 'ActorPosition', description: 'Where an actor stands on an initiative, and how it came there.' });
export type ActorPosition = z.output<typeof actorPosition>;

export const positions = z
  .strictObject({
    data: z.array(actorPosition),
    page,
    initiative: z.strictObject({ slug, name: z.string() }),
    counted: z.string().meta({ description: 'What is counted.' }),
    by_position: z
      .array(z.strictObject({ position: z.string(), actors: z.int() }))
      .meta({ description: 'How many actors hold each position, of all kinds that are asked for; those that nobody holds too.' }),
    meta: z.strictObject({ ...asOfMembers, rule: z.string().meta({ description: 'How positions follow from events.' }) }),
  })
  .meta({ id: 'Positions', description: 'A page of the actors that took a position on an initiative, by name.' });
export type Positions = z.output<typeof positions>;
