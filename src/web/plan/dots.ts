// The small timeline of an item: a strip of years with a dot for each development that bears on it. What advances stands
// above the line, what hinders below, so that colour alone tells nothing.
import { whenShort } from '../dates.js';
import { type Html, html } from '../html.js';
import type { Visit } from '../site.js';
import { count, listed } from '../words.js';

export interface Dot {
  slug: string;
  title: string;
  date: string;
  /** YYYY-MM-DD. */
  start_date: string | null;
  effect: string;
}

/** First and last year that strips show, so that all of a page can be compared. */
export type Years = [first: number, last: number];

/** Of the drawing, in its own units. */
const [WIDTH, LINE, HEIGHT] = [300, 21, 54];
const ABOVE: Record<string, number> = { advances: -9, hinders: 9 };

export function spanOf(events: { start_date: string | null }[]): Years {
  const years = events.flatMap(({ start_date }) => (start_date === null ? [] : [Number(start_date.slice(0, 4))]));
  const now = new Date().getUTCFullYear();
  return years.length === 0 ? [now - 1, now] : [Math.min(...years), Math.max(...years)];
}

export function dots(of: Dot[], years: Years, { link }: Visit): Html {
  const [first, last] = years;
  const kinds = ['advances', 'hinders', 'mentions'].flatMap((effect) => {
    const many = of.filter((dot) => dot.effect === effect).length;
    return many === 0 ? [] : [`${many} ${effect.replace(/s$/, '')}`];
  });
  const name =
    of.length === 0 ? `No development from ${first} to ${last}` : `${count(of.length, 'dot')} from ${first} to ${last}: ${listed(kinds)}`;
  const step = Math.max(1, Math.ceil((last - first + 1) / 8));
  const marks = Array.from({ length: last - first + 1 }, (_, index) => first + index).filter((year) => (last - year) % step === 0);
  return html`<svg class="strip" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="group" aria-label="${name}">
<path class="rule" d="M0 ${LINE}H${WIDTH}"/>
${marks.map((year) => html`<path class="tick" d="M${at(`${year}-01-01`, years)} ${LINE - 3}v6"/><text x="${at(`${year}-07-01`, years)}" y="${HEIGHT - 3}">${String(year)}</text>`)}
${of
  .toReversed()
  .map(
    ({ slug, title, date, start_date, effect }) =>
      html`<a href="${link(`/events/${slug}`)}" class="${effect}" tabindex="-1"><title>${whenShort(date)}: ${title} (${effect})</title><circle cx="${at(start_date ?? `${first}-01-01`, years)}" cy="${LINE + (ABOVE[effect] ?? 0)}" r="5"/></a>`,
  )}
</svg>`;
}

/** Where on the strip a day is. */
function at(day: string, [first, last]: Years): number {
  const [from, to] = [Date.UTC(first, 0, 1), Date.UTC(last + 1, 0, 1)];
  return Math.round(6 + ((WIDTH - 12) * (Date.parse(day) - from)) / (to - from));
}
