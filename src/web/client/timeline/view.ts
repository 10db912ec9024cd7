// What the chart is drawn from, as the page tells it: the question, the grouping, the span that is looked at and the span
// of all that there is. Instants are milliseconds; a day that is the last of a span lasts to its end.

export const DAY = 86_400_000;

export interface View {
  /** Filters of the API without a span: "type=speech&q=chips". */
  asked: string;
  group: 'type' | 'initiative' | 'actor';
  /** All that there is. */
  extent: Span;
  /** What is looked at; all where null. */
  window: Span | null;
}

export type Span = readonly [start: number, end: number];

export const startOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);
export const dayOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/** @returns null where there is nothing to draw */
export function readView(): View | null {
  const { asked = '', group = 'type', from, to, first, last } = document.querySelector<HTMLElement>('#view')?.dataset ?? {};
  if (!first || !last) return null;
  const [start, end] = [startOf(first), startOf(last) + DAY];
  const pad = Math.max((end - start) * 0.01, 15 * DAY);
  const extent: Span = [start - pad, end + pad];
  const window: Span | null = from || to ? [from ? startOf(from) : start, to ? startOf(to) + DAY : end] : null;
  return { asked, group: group as View['group'], extent, window: window !== null && window[1] > window[0] ? window : null };
}

/** The address of this page with another span. @param span all where null */
export function addressWith(span: Span | null): string {
  const query = new URLSearchParams(location.search);
  for (const name of ['from', 'to', 'cursor']) query.delete(name);
  if (span !== null) {
    query.set('from', dayOf(span[0]));
    query.set('to', dayOf(span[1] - 1));
  }
  return query.size === 0 ? location.pathname : `${location.pathname}?${query}`;
}
