// The list of developments: each with its date in words that respect the precision, its kind, and where it comes from.
import { whenShort } from '../dates.js';
import { placeWords } from '../event/facts.js';
import { type Html, html, join, marked } from '../html.js';
import type { Visit } from '../site.js';
import { count, label, sentence } from '../words.js';
import { kindOf } from './kinds.js';
import type { Listed, TimelineAnswer } from './page.js';
import { addressOf, type State, without } from './state.js';

export function list(visit: Visit, state: State, { data, page }: TimelineAnswer): Html {
  if (data.length === 0)
    return html`<p class="nothing">No development fits. <a href="${visit.link('/')}" data-view>Take all filters away</a>, or choose a longer span.</p>`;
  return html`<ol class="list">${data.map((event) => entry(event, visit))}</ol>
${pager(visit, state, page)}`;
}

export function entry(event: Listed, visit: Pick<Visit, 'link'>): Html {
  const place = placeWords(event.place);
  const who = [...new Set(event.actors.map(({ name }) => name))].slice(0, 3);
  const facts = [place, who.join(', '), event.sources.length > 0 && count(event.sources.length, 'source')].filter((part) => part);
  return html`<li class="entry" data-id="${event.id}">
<p class="when">${sentence(whenShort(event.date))}</p>
<div>
<p class="kicker kind-${kindOf(event.type)}">${label(event.type)}${event.certainty !== 'confirmed' && html` <span class="badge">${event.certainty}</span>`}</p>
<h3><a href="${visit.link(`/events/${event.slug}`)}">${event.title}</a></h3>
${event.snippet ? html`<p class="summary">${marked(event.snippet)}</p>` : event.summary && html`<p class="summary">${event.summary}</p>`}
${facts.length > 0 && html`<p class="facts">${join(facts, ' · ')}</p>`}
</div>
</li>`;
}

function pager(visit: Visit, { cursor }: State, page: TimelineAnswer['page']): Html | null {
  if (page.next === null && page.previous === null) return null;
  const at = (address: string) => {
    const query = without(visit.query, 'cursor');
    query.set('cursor', new URLSearchParams(address.split('?')[1]).get('cursor')!);
    return addressOf('/', query);
  };
  return html`<nav class="pager" aria-label="Pages of the list"><ul>
${page.previous !== null && html`<li><a rel="prev" href="${at(page.previous)}" data-view="results">Previous page</a></li>`}
${cursor !== null && html`<li><a href="${addressOf('/', without(visit.query, 'cursor'))}" data-view="results">First page</a></li>`}
${page.next !== null && html`<li><a rel="next" href="${at(page.next)}" data-view="results">Next page</a></li>`}
</ul></nav>`;
}
