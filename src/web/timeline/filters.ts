// Filters and search, with how many developments each value has: a form that asks for this page again.
import { attribute, type Html, html } from '../html.js';
import type { Visit } from '../site.js';
import { countryText, label } from '../words.js';
import type { TimelineAnswer } from './page.js';
import { chosen, type State } from './state.js';

type Facet = 'type' | 'topic' | 'initiative' | 'actor' | 'country';

const FACETS: [name: Facet, title: string, isOpen: boolean][] = [
  ['type', 'Type', true],
  ['topic', 'Topic', false],
  ['initiative', 'Initiative', false],
  ['actor', 'Actor', false],
  ['country', 'Country', false],
];
/** So many values of each are offered, besides those that are chosen. */
const MOST = 25;

/** Filters of the API that have no field here and are carried on. */
const CARRIED = ['exclude_type', 'exclude_topic', 'plan', 'item', 'valid_at', 'known_at', 'release', 'group'];

export function filters(visit: Visit, state: State, facets: TimelineAnswer['facets']): Html {
  const { query } = visit;
  const carried = CARRIED.flatMap((name) => query.getAll(name).map((value) => [name, value] as const));
  return html`<form class="filters" id="filters" method="get" action="/" role="search" aria-label="Developments" data-filters>
${carried.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<p class="field"><label for="q">Search</label>
<input id="q" type="search" name="q" value="${query.get('q')}" placeholder="words, “phrases”, -without" maxlength="500"></p>
<div class="pair">
<p class="field"><label for="from">From</label><input id="from" type="text" name="from" value="${query.get('from')}" placeholder="2025-07" size="8" autocomplete="off" aria-describedby="dates-help"></p>
<p class="field"><label for="to">To</label><input id="to" type="text" name="to" value="${query.get('to')}" placeholder="2025" size="8" autocomplete="off" aria-describedby="dates-help"></p>
</div>
<p class="quiet" id="dates-help">A day, month, season or year: 2025-07-26, 2025-07, 2025-22, 2025.</p>
${FACETS.map(([name, title, isOpen]) => facet(name, title, isOpen, query, facets[name] ?? []))}
<div class="pair">
<p class="field"><label for="certainty">Certainty</label>${select('certainty', query, [
    ['', 'any'],
    ['confirmed', 'confirmed'],
    ['reported', 'reported'],
    ['disputed', 'disputed'],
    ['scheduled', 'scheduled'],
  ])}</p>
<p class="field"><label for="min_significance">Weight</label>${select('min_significance', query, [
    ['', 'any'],
    ['2', '2 or more'],
    ['3', '3 or more'],
    ['4', '4 or more'],
    ['5', 'turning points'],
  ])}</p>
</div>
<p class="field"><label for="order">Order</label>${select('order', query, [['', query.has('q') ? 'best match first' : 'latest first'], ...(query.has('q') ? [['desc', 'latest first'] as const] : []), ['asc', 'earliest first']])}</p>
<p class="submit"><button type="submit">Show</button> <a href="${visit.link(state.group === 'type' ? '/' : `/?group=${state.group}`)}" data-view>Clear</a></p>
</form>`;
}

function facet(
  name: Facet,
  title: string,
  isOpen: boolean,
  query: URLSearchParams,
  counts: { value: string; name: string | null; count: number }[],
): Html | null {
  const picked = chosen(query, name);
  const known = new Map(counts.map((one) => [one.value, one]));
  const missing = picked.filter((value) => !known.has(value)).map((value) => ({ value, name: null, count: 0 }));
  const offered = [...missing, ...counts.filter(({ value }, index) => index < MOST || picked.includes(value))];
  if (offered.length === 0) return null;
  return html`<details id="facet-${name}" ${attribute('open', isOpen || picked.length > 0)}><summary>${title}${picked.length > 0 && html` <span class="badge">${picked.length}</span>`}</summary>
<ul class="choices">${offered.map(
    (
      one,
    ) => html`<li><input type="checkbox" id="${name}-${one.value}" name="${name}" value="${one.value}" ${attribute('checked', picked.includes(one.value))}>
<label for="${name}-${one.value}">${nameOf(name, one)}</label> <span class="number">${one.count.toLocaleString('en-GB')}</span></li>`,
  )}</ul></details>`;
}

function nameOf(facet: Facet, { value, name }: { value: string; name: string | null }): string {
  if (facet === 'type') return label(value);
  return facet === 'country' ? countryText(value) : (name ?? value);
}

const select = (name: string, query: URLSearchParams, options: readonly (readonly [value: string, text: string])[]): Html =>
  html`<select id="${name}" name="${name}">${options.map(([value, text]) => html`<option value="${value}" ${attribute('selected', (query.get(name) ?? '') === value)}>${text}</option>`)}</select>`;
