// The histogram as it is without scripts: a bar for each year, which leads to that year.
import type { Histogram } from '../../timeline/schema.js';
import { type Html, html } from '../html.js';
import type { Visit } from '../site.js';
import { count } from '../words.js';
import { addressOf, type State, without } from './state.js';

/** Of the drawing, in its own units. */
const [BAR, HEIGHT] = [40, 60];
/** More than these are told by the chart alone. */
const MOST = 60;

export function years(visit: Visit, state: State, { data }: Histogram): Html {
  if (data.length === 0) return html`<p>Nothing to draw.</p>`;
  const shown = data.slice(-MOST);
  const most = Math.max(...shown.map(({ total }) => total), 1);
  const bars = shown.map(({ start_date, total }, index) => {
    const year = start_date.slice(0, 4);
    const height = Math.round((HEIGHT * total) / most);
    const query = without(visit.query, 'from', 'to', 'cursor');
    query.set('from', year);
    query.set('to', year);
    const isShown = (state.from ?? '') <= `${year}-12-31` && (state.to ?? '9999') >= `${year}-01-01`;
    return html`<a href="${addressOf('/', query)}" class="${isShown ? 'in' : 'out'}"><title>${year}: ${count(total, 'development')}</title>
<rect class="hit" x="${index * BAR}" y="0" width="${BAR}" height="${HEIGHT + 18}"/>
<rect class="bar" x="${index * BAR + 4}" y="${HEIGHT - height}" width="${BAR - 8}" height="${height}"/>
<text x="${index * BAR + BAR / 2}" y="${HEIGHT + 14}">${year}</text></a>`;
  });
  return html`<svg viewBox="0 0 ${shown.length * BAR} ${HEIGHT + 20}" role="group" aria-label="Developments by year">${bars}</svg>`;
}
