// The course of an initiative: the steps of its life on a line of years, and as a list.
import type { InitiativeWhole } from '../../initiatives/schema.js';
import { whenShort } from '../dates.js';
import { type Html, html } from '../html.js';
import type { Visit } from '../site.js';
import { label, sentence } from '../words.js';

type Step = InitiativeWhole['life_cycle'][number];

/** Of the drawing, in its own units. */
const [WIDTH, ROW, RADIUS] = [1000, 24, 10];

export function course({ life_cycle, milestones }: InitiativeWhole, visit: Visit): Html {
  return html`<section aria-labelledby="course-title"><h2 id="course-title">Its course</h2>
${life_cycle.length === 0 ? html`<p>No development on record marks a step.</p>` : html`${line(life_cycle, visit)}${list(life_cycle, visit)}`}
${
  milestones.length > 0 &&
  html`<details><summary>Milestones as they were noted</summary><ul>${milestones.map(({ date, what }) => html`<li><span class="quiet">${sentence(whenShort(date))}</span> ${what}</li>`)}</ul></details>`
}</section>`;
}

const list = (steps: Step[], { link }: Visit): Html =>
  html`<ol class="steps">${steps.map(
    ({
      action,
      date,
      certainty,
      event,
    }) => html`<li><span class="when">${sentence(whenShort(date))}</span> <b>${label(action)}</b>${certainty !== 'confirmed' && html` <span class="badge">${certainty}</span>`}<br>
<a href="${link(`/events/${event.slug}`)}">${event.title}</a></li>`,
  )}</ol>`;

function line(steps: Step[], { link }: Visit): Html | null {
  const days = steps.map(({ date }) => dayOf(date));
  const known = days.filter((day) => day !== null);
  if (known.length === 0) return null;
  const today = Date.now();
  const first = new Date(Math.min(...known)).getUTCFullYear();
  const last = new Date(Math.max(...known, today)).getUTCFullYear();
  const [from, to] = [Date.UTC(first, 0, 1), Date.UTC(last + 1, 0, 1)];
  const at = (day: number) => Math.round(20 + ((WIDTH - 40) * (day - from)) / (to - from));
  const placed = stacked(days.map((day) => (day === null ? 20 : at(day))));
  const rows = Math.max(...placed.map(({ row }) => row)) + 1;
  const base = rows * ROW + 14;
  const every = Math.ceil((last - first + 1) / 14);
  const years = Array.from({ length: last - first + 1 }, (_, index) => first + index).filter((year) => (year - first) % every === 0);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Line of its course"><svg class="line" viewBox="0 0 ${WIDTH} ${base + 26}" role="group" aria-label="${steps.length} steps from ${first} to ${last}; the list says the same">
${years.map((year) => html`<path class="tick" d="M${at(Date.UTC(year, 0, 1))} 4V${base + 5}"/><text x="${at(Date.UTC(year, 6, 1))}" y="${base + 20}">${String(year)}</text>`)}
<path class="rule" d="M10 ${base}H${WIDTH - 10}"/><path class="today" d="M${at(today)} 4V${base + 5}"><title>Today</title></path>
${steps.map(({ action, date, certainty, event }, index) => {
  const { x, row } = placed[index]!;
  const y = base - 14 - row * ROW;
  return html`<a href="${link(`/events/${event.slug}`)}" class="${certainty}" tabindex="-1"><title>${whenShort(date)}: ${label(action)}. ${event.title}</title><circle cx="${x}" cy="${y}" r="${RADIUS}"/><text x="${x}" y="${y + 4}">${index + 1}</text></a>`;
})}
</svg></div>`;
}

/** Those that would lie on one another are put above one another. */
function stacked(places: number[]): { x: number; row: number }[] {
  const ends: number[] = [];
  return places.map((x) => {
    const free = ends.findIndex((end) => end <= x - RADIUS);
    const row = free === -1 ? ends.length : free;
    ends[row] = x + RADIUS;
    return { x, row };
  });
}

/** The first day that the date may mean, in milliseconds; null where it has none. */
function dayOf(date: string): number | null {
  const [, year, month, day] = /(\d{4})(?:-(\d\d))?(?:-(\d\d))?/.exec(date) ?? [];
  if (year === undefined) return null;
  // Seasons are months beyond the twelfth: spring begins in March.
  const number = Number(month ?? 1);
  return Date.UTC(Number(year), (number > 20 ? (number - 20) * 3 : number) - 1, Number(day ?? 1));
}
