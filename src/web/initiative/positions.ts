// Where each actor stands on an initiative: how many hold what, on the map, and as a table with how it came there.
import type { ActorPosition, Positions } from '../../positions/schema.js';
import { whenShort, whenText } from '../dates.js';
import { type Html, html, join, outside } from '../html.js';
import type { Visit } from '../site.js';
import { count, label, sentence, words } from '../words.js';
import { map } from './map.js';

export function positions({ data, by_position, page, meta, initiative }: Positions, visit: Visit, csv: string): Html {
  const held = by_position.filter(({ actors }) => actors > 0);
  return html`<section aria-labelledby="positions-title"><h2 id="positions-title">Positions</h2>
${
  data.length === 0
    ? html`<p>No development on record tells where anybody stands.</p>`
    : html`${map(data, visit)}
<ul class="keys">${held.map(({ position, actors }) => html`<li><span class="swatch ${position}"></span> ${label(position)} <span class="quiet">${actors}</span></li>`)}</ul>
<p class="quiet">${meta.rule}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Table of positions"><table class="told">
<caption class="unseen">Where each actor stands on ${initiative.name}</caption>
<thead><tr><th scope="col">Actor</th><th scope="col">Position</th><th scope="col">Since</th><th scope="col">Told by</th></tr></thead>
<tbody>${data.map((one) => row(one, visit))}</tbody></table></div>
${page.next !== null && html`<p>These are the first ${data.length}; <a href="${csv}">all as CSV</a>.</p>`}`
}</section>`;
}

function row({ actor, position, date, certainty, event, sources, is_order_certain, history }: ActorPosition, { link }: Visit): Html {
  const cited = sources.slice(0, 2).map(({ title, publisher, url }) => {
    const address = outside(url);
    const name = publisher ?? title;
    return address === null ? html`${name}` : html`<a href="${address}" rel="noopener" title="${title}">${name}</a>`;
  });
  return html`<tr><th scope="row"><a href="${link(`/actors/${actor.slug}`)}">${actor.name}</a></th>
<td><span class="held"><span class="swatch ${position}"></span> ${words(position)}</span>${!is_order_certain && html` <span class="badge" title="Another position is told of days that overlap; either may be the later one.">order unsure</span>`}</td>
<td>${sentence(whenShort(date))}${certainty !== 'confirmed' && html` <span class="badge">${certainty}</span>`}</td>
<td><a href="${link(`/events/${event.slug}`)}">${event.title}</a>${cited.length > 0 && html` <span class="quiet">(${join(cited, ', ')}${sources.length > cited.length && `, and ${sources.length - cited.length} more`})</span>`}
${
  history.length > 1 &&
  html`<details><summary>${count(history.length, 'step')}<span class="unseen"> of ${actor.name}</span></summary><ol>${history.map(
    (step) =>
      html`<li>${sentence(whenText(step.date))}: ${words(step.position)}, <a href="${link(`/events/${step.event.slug}`)}">${step.event.title}</a></li>`,
  )}</ol></details>`
}</td></tr>`;
}
