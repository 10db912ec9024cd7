// How positions follow from events: two tables, which docs/decisions/0026 repeats in words.
import type { ACTOR_ROLES } from '../actors/schema.js';
import type { ACTIONS } from '../initiatives/schema.js';

export const POSITIONS = ['invited', 'consulted', 'accepted', 'declined', 'supports', 'opposes', 'signed', 'ratified', 'silent'] as const;
export type Position = (typeof POSITIONS)[number];

type Role = (typeof ACTOR_ROLES)[number];
type Action = (typeof ACTIONS)[number];

/** What an actor has to do with an event. */
export interface Part {
  role: string;
  /** Of an invitee. */
  response: string | null;
  /** The step that the event marks. */
  action: string | null;
  /** Whether the event's details name the actor among those that ratified. */
  has_ratified: boolean;
}

interface Rule {
  roles?: Role[];
  actions?: Action[];
  ratified?: true;
  /** `response`: what the invitee answered, invited where nothing is told; null for none. */
  position: Position | 'response' | null;
}

/** Steps by which something ends, or never begins. */
const ENDS: Action[] = ['withdrawn', 'rejected', 'rescinded', 'terminated'];

/** The first that fits tells the position; where none does, the event tells none. */
export const RULES: Rule[] = [
  { ratified: true, position: 'ratified' },
  { roles: ['invitee'], position: 'response' },
  // An end is told of those who bring it about, of those who support it and of those who are against it.
  { actions: ENDS, roles: ['signatory', 'adopter', 'proposer', 'sponsor'], position: 'declined' },
  { actions: ENDS, roles: ['supporter', 'endorser'], position: 'opposes' },
  { actions: ENDS, roles: ['opponent'], position: 'supports' },
  { actions: ['postponed', 'suspended'], position: null },
  { roles: ['signatory'], position: 'signed' },
  { roles: ['opponent'], position: 'opposes' },
  { roles: ['supporter', 'endorser', 'sponsor', 'proposer', 'adopter'], position: 'supports' },
  { roles: ['observer'], position: 'accepted' },
  { roles: ['abstainer'], position: 'silent' },
];

/** What each position gives way to, when a later event tells another one; to any other, it does not. */
export const GIVES_WAY_TO: Record<Position, readonly Position[]> = {
  invited: POSITIONS,
  consulted: POSITIONS,
  silent: POSITIONS,
  // Who said yes or no is not undecided because it is asked again.
  accepted: ['accepted', 'declined', 'supports', 'opposes', 'signed', 'ratified'],
  supports: ['accepted', 'declined', 'supports', 'opposes', 'signed', 'ratified'],
  declined: ['accepted', 'declined', 'supports', 'opposes', 'signed', 'ratified'],
  opposes: ['accepted', 'declined', 'supports', 'opposes', 'signed', 'ratified'],
  // A signature stands until it is taken back, whatever is said beside it.
  signed: ['signed', 'ratified', 'declined', 'opposes'],
  ratified: ['ratified', 'declined', 'opposes'],
};

/** The roles by which anything is told, whatever else. */
export const TELLING_ROLES: string[] = [...new Set(RULES.flatMap(({ roles }) => roles ?? []))];

/** The position that an actor takes by its part in an event; null for none. */
export function positionOf(part: Part): Position | null {
  const rule = RULES.find(
    ({ roles, actions, ratified }) =>
      (ratified === undefined || part.has_ratified) &&
      (roles === undefined || roles.includes(part.role as Role)) &&
      (actions === undefined || actions.includes(part.action as Action)),
  );
  if (rule?.position !== 'response') return rule?.position ?? null;
  return POSITIONS.find((position) => position === part.response) ?? 'invited';
}

/** A position that was told, and the days on which that may have been. */
export interface Told {
  position: Position;
  certainty: string;
  event_id: string;
  /** YYYY-MM-DD; null where open. */
  start_date: string | null;
  end_date: string | null;
}

/**
 * The position that holds in the end.
 * @param told in the order of the timeline
 * @returns null where nothing was told but what is scheduled; and whether the order of the last two that differ is sure:
 * it is not where the dates of both may mean the same day
 */
export function latestOf<One extends Told>(told: One[]): { latest: One; is_order_certain: boolean } | null {
  const happened = told.filter(({ certainty }) => certainty !== 'scheduled');
  let latest = happened[0];
  if (latest === undefined) return null;
  for (const next of happened) if (GIVES_WAY_TO[latest.position].includes(next.position)) latest = next;
  const settled = latest;
  const isRival = ({ position, event_id }: One) =>
    position !== settled.position &&
    event_id !== settled.event_id &&
    GIVES_WAY_TO[position].includes(settled.position) &&
    GIVES_WAY_TO[settled.position].includes(position);
  return { latest, is_order_certain: !happened.some((other) => isRival(other) && overlaps(other, settled)) };
}

const overlaps = (one: Told, other: Told): boolean =>
  (one.start_date ?? '') <= (other.end_date ?? '9999-12-31') && (other.start_date ?? '') <= (one.end_date ?? '9999-12-31');
