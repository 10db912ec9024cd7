// What became of a plan, as a heat map: its items against years, quarters, actors, countries or types. How many is told by
// the figure and the strength of the colour, which way by the sign and the colour; where there is nothing is marked.
import type { Coverage } from '../../coverage/schema.js';
import { attribute, type Html, html } from '../html.js';
import type { Visit } from '../site.js';
import { countryText, label, listed } from '../words.js';
import { signed } from './board.js';

const BY: [by: string, name: string][] = [
  ['year', 'years'],
  ['quarter', 'quarters'],
  ['actor', 'actors'],
  ['country', 'countries'],
  ['type', 'types'],
];
const EFFECTS = ['advances', 'hinders', 'mentions'];
/** So many columns fit a screen. */
const MOST = 12;
const STRENGTHS = 5;

/** The question to the API, from that to the page: empty fields of the form left out. */
export function coverageQuestion(query: URLSearchParams): URLSearchParams {
  const asked = new URLSearchParams([...query].filter(([name, value]) => ['by', 'effect', 'columns'].includes(name) && value !== ''));
  if (!asked.has('columns')) asked.set('columns', String(MOST));
  return asked;
}

export function matrix(coverage: Coverage, visit: Visit): Html {
  const { columns, columns_total, gaps, hindered, items } = coverage;
  const most = Math.max(1, ...items.flatMap(({ cells }) => cells.map(({ events }) => events)));
  return html`<section aria-labelledby="coverage-title" id="coverage"><h2 id="coverage-title">What became of it</h2>
${form(coverage, visit)}
<p>${gaps.length === 0 ? 'Something bears on every item.' : `Nothing bears on ${listed(gaps.map((number) => `item ${number}`))}.`}
${hindered.length > 0 && `Hindered: ${listed(hindered.map((number) => `item ${number}`))}.`}
${columns_total > columns.length && html`Shown are ${columns.length} of ${columns_total} columns; <a href="${more(visit)}">show up to 200</a>.`}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Matrix, to scroll"><table class="matrix">
<caption class="unseen">Developments that bear on each item</caption>
<thead><tr><th scope="col">Item</th><th scope="col">All</th><th scope="col"><abbr title="Those that advance it, less those that hinder it">±</abbr></th>
${columns.map(({ value, name }) => html`<th scope="col">${columnName(coverage.by, value, name)}</th>`)}</tr></thead>
<tbody>${items.map((item) => row(item, coverage, most, visit))}</tbody></table></div>
<p class="legend quiet"><span class="swatch advances"></span> more advance <span class="swatch hinders"></span> more hinder <span class="swatch mentions"></span> as many, or only mention <span class="swatch none"></span> a gap. The stronger, the more.</p>
</section>`;
}

function row(item: Coverage['items'][number], coverage: Coverage, most: number, visit: Visit): Html {
  return html`<tr${item.is_gap && html` class="gap"`}><th scope="row"><a href="#item-${item.number}">${item.number}</a> ${item.title}${item.is_gap && html` <span class="badge gap">gap</span>`}</th>
<td>${item.events}</td><td>${signed(item.balance)}</td>
${coverage.columns.map(({ value, name }) => {
  const found = item.cells.find(({ column }) => column === value);
  if (found === undefined) return html`<td class="heat none"><span aria-hidden="true">·</span><span class="unseen">none</span></td>`;
  const balance = found.advances - found.hinders;
  const strength = Math.max(1, Math.ceil((STRENGTHS * found.events) / most));
  const told = `${found.advances} advance, ${found.hinders} hinder, ${found.mentions} mention: ${found.newest.map(({ title }) => title).join('; ')}`;
  const where = `/?plan=${coverage.plan.slug}&item=${item.number}&${filterOf(coverage.by, value)}`;
  return html`<td class="heat ${balance > 0 ? 'advances' : balance < 0 ? 'hinders' : 'mentions'} s${strength}"><a href="${visit.link(where)}" title="${told}"><b>${found.events}</b> <span class="sign">${balance === 0 ? '=' : signed(balance)}</span><span class="unseen"> on item ${item.number}, ${columnName(coverage.by, value, name)}</span></a></td>`;
})}</tr>`;
}

function form({ by, effects }: Coverage, { query, moment, params }: Visit): Html {
  const kept = Object.entries({ ...moment, columns: query.get('columns') }).filter(([, value]) => value);
  return html`<form class="choose" method="get" action="/plans/${params.slug}#coverage">
${kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<p><label for="by">Against</label> <select id="by" name="by">${BY.map(([value, name]) => html`<option value="${value}" ${attribute('selected', value === by)}>${name}</option>`)}</select></p>
<fieldset><legend>Counting what</legend>${EFFECTS.map(
    (effect) =>
      html`<span><input type="checkbox" id="effect-${effect}" name="effect" value="${effect}" ${attribute('checked', effects.includes(effect))}> <label for="effect-${effect}">${effect}</label></span> `,
  )}</fieldset>
<p><button type="submit">Show</button></p></form>`;
}

function more({ query, params, link }: Visit): string {
  const asked = coverageQuestion(query);
  asked.set('columns', '200');
  return link(`/plans/${params.slug}?${asked}#coverage`);
}

function columnName(by: string, value: string, name: string | null): string {
  if (by === 'type') return label(value);
  return by === 'country' ? countryText(value) : (name ?? value.replace('-', ' '));
}

/** What the timeline is asked for so that it shows the column. */
function filterOf(by: string, value: string): string {
  if (by === 'year') return `from=${value}&to=${value}`;
  if (by !== 'quarter') return `${by}=${encodeURIComponent(value)}`;
  const [year, quarter] = value.split('-Q').map(Number) as [number, number];
  const month = (number: number) => `${year}-${String(number).padStart(2, '0')}`;
  return `from=${month(quarter * 3 - 2)}&to=${month(quarter * 3)}`;
}
