// The histogram as it is without scripts: a bar for each year, which leads to that year.
import type { Histogram } from '../../timeline/schema.js';
import { type Html, html } from '../html.js';
import type { Visit } from '../site.js';
import { count } from '../words.js';
import { addressOf, type State, without } from './state.js';

/** As tall as the one with scripts, in pixels: bars, and names under them. Across it takes whatever width there is. */
const [HEIGHT, NAMES] = [56, 16];
/** So many years are named at most, so that their names stand apart on the narrowest screen. */
const NAMED = 7;
/** More than these are told by the chart alone. */
const MOST = 60;

export function years(visit: Visit, state: State, { data }: Histogram): Html {
  if (data.length === 0) return html`<p>Nothing to draw.</p>`;
  const shown = data.slice(-MOST);
  const most = Math.max(...shown.map(({ total }) => total), 1);
  const [wide, step] = [100 / shown.length, Math.ceil(shown.length / NAMED)];
  const at = (place: number) => `${(place * wide).toFixed(3)}%`;
  const bars = shown.map(({ start_date, total }, index) => {
    const year = start_date.slice(0, 4);
    const height = Math.round((HEIGHT * total) / most);
    const query = without(visit.query, 'from', 'to', 'cursor');
    query.set('from', year);
    query.set('to', year);
    const isShown = (state.from ?? '') <= `${year}-12-31` && (state.to ?? '9999') >= `${year}-01-01`;
    return html`<a href="${addressOf('/', query)}" class="${isShown ? 'in' : 'out'}"><title>${year}: ${count(total, 'development')}</title>
<rect class="hit" x="${at(index)}" y="0" width="${at(1)}" height="${HEIGHT + NAMES}"/>
<rect class="bar" x="${at(index + 0.05)}" y="${HEIGHT - height}" width="${at(0.9)}" height="${height}"/>
${index % step === 0 && html`<text x="${at(index + 0.5)}" y="${HEIGHT + 12}">${year}</text>`}</a>`;
  });
  return html`<svg height="${HEIGHT + NAMES}" role="group" aria-label="Developments by year">${bars}</svg>`;
}
