// The state of the timeline page: all of it is in the address, so that a view can be shared, and the same words ask the API.
import { parseDate } from '../../contract/date.js';

/** What the page takes besides what the API takes: how the chart is grouped. */
export const GROUPS = ['type', 'initiative', 'actor'] as const;
export type Group = (typeof GROUPS)[number];

export interface State {
  group: Group;
  /** What the API is asked: filters, order, moment, as the address has them; no cursor. */
  asked: URLSearchParams;
  cursor: string | null;
  /** First and last day of the window (YYYY-MM-DD); null where it is open, or where the API will say what is wrong. */
  from: string | null;
  to: string | null;
}

/** Forms send empty fields along, too; nobody wants those in an address. @returns the address without them, where there are any */
export function withoutEmpty(path: string, query: URLSearchParams): string | null {
  const kept = [...query].filter(([name, value]) => value.trim() !== '' && !(name === 'group' && value === 'type'));
  if (kept.length === query.size) return null;
  const asked = new URLSearchParams(kept).toString();
  return asked === '' ? path : `${path}?${asked}`;
}

export function stateOf(query: URLSearchParams): State {
  const asked = new URLSearchParams([...query].filter(([name]) => name !== 'group' && name !== 'cursor'));
  if (!asked.has('order')) asked.set('order', asked.has('q') ? 'relevance' : 'desc');
  const group = GROUPS.find((name) => name === query.get('group')) ?? 'type';
  return {
    group,
    asked,
    cursor: query.get('cursor'),
    from: parseDate(query.get('from') ?? '')?.start_date ?? null,
    to: parseDate(query.get('to') ?? '')?.end_date ?? null,
  };
}

/** @returns the question without the members named */
export function without(asked: URLSearchParams, ...names: string[]): URLSearchParams {
  return new URLSearchParams([...asked].filter(([name]) => !names.includes(name)));
}

export const addressOf = (path: string, asked: URLSearchParams): string => (asked.size === 0 ? path : `${path}?${asked}`);

/** The values of a filter that are chosen. */
export const chosen = (query: URLSearchParams, name: string): string[] => query.getAll(name).flatMap((text) => text.split(','));
