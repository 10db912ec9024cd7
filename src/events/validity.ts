// When what an event did is in force: a law, an order, a control, an agreement. Speeches and meetings never are.
import { parseDate } from '../contract/date.js';
import type { EventDocument } from './schema.js';

/** Types whose events take effect when they are done, unless `effective_on` says otherwise. */
const AT_ONCE: readonly string[] = ['executive_action', 'regulatory_action', 'export_control'];
/** Steps at which such an event is done. */
const DONE: readonly (string | null)[] = [null, 'adopted', 'signed', 'amended', 'in_force'];

export interface Validity {
  /** The first and the last day (YYYY-MM-DD); the last is null while no end is known. */
  valid_from: string;
  valid_to: string | null;
}

/**
 * In force from `effective_on`; without it from the event's own date, where it marks that something is in force or is
 * of a type that takes effect at once. In force until `expires_on`.
 * @returns null for an event that puts nothing in force
 */
export function validityOf({ type, action, date, details }: Pick<EventDocument, 'type' | 'action' | 'date' | 'details'>): Validity | null {
  const { effective_on, expires_on } = details as { effective_on?: string; expires_on?: string };
  const takesEffect = action === 'in_force' || (AT_ONCE.includes(type) && DONE.includes(action));
  const start = effective_on ?? (takesEffect ? date : undefined);
  const valid_from = start === undefined ? null : parseDate(start)!.start_date;
  if (valid_from === null) return null;
  const valid_to = expires_on === undefined ? null : parseDate(expires_on)!.end_date;
  return valid_to !== null && valid_to < valid_from ? null : { valid_from, valid_to };
}
