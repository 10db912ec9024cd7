// An initiative as it stood on a day: the milestones and the status of then. Its steps and participants are read as of
// that day already.
import { parseDate } from '../contract/date.js';
import type { InitiativeWhole } from './schema.js';

type Read = InitiativeWhole & { has_later_steps: boolean };

/**
 * A status that was set by hand holds from the day that was given with it; without one, since the last step that events
 * mark.
 * @param read with the steps that had been taken until the day, and whether others follow
 * @param day YYYY-MM-DD; null for the present, in which all is as it is
 */
export function initiativeOnDay({ has_later_steps, ...whole }: Read, day: string | null): InitiativeWhole {
  if (day === null) return whole;
  const hasBegun = (date: string) => (parseDate(date)!.start_date ?? day) <= day;
  const milestones = whole.milestones.filter(({ date }) => hasBegun(date));
  const holds = whole.status_since === null ? !has_later_steps : hasBegun(whole.status_since);
  if (whole.status_origin === 'by_hand' && holds) return { ...whole, milestones };
  const step = whole.life_cycle.filter(({ certainty }) => certainty !== 'scheduled').at(-1);
  return {
    ...whole,
    milestones,
    status: step?.action ?? null,
    status_since: step?.date ?? null,
    status_reason: null,
    status_origin: step === undefined ? null : 'events',
  };
}
