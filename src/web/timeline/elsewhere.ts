// The same view elsewhere: the same question as an address of the API, as a feed, a calendar, a table and the rest.
import { type Html, html } from '../html.js';
import type { Visit } from '../site.js';
import { addressOf, type State, without } from './state.js';

const FORMS: [name: string, suffix: string, what: string][] = [
  ['JSON', '', 'the API’s own answer'],
  ['CSV', '.csv', 'for spreadsheets'],
  ['Calendar', '.ics', 'subscribe in a calendar'],
  ['Feed', '.atom', 'Atom: what was recorded last'],
  ['JSON Feed', '.feed.json', 'the same as JSON'],
  ['NDJSON', '.ndjson', 'a line for each'],
  ['JSON-LD', '.jsonld', 'schema.org'],
  ['TimelineJS', '.timelinejs.json', 'for Knight Lab’s timeline'],
];

export function elsewhere({ origin }: Visit, { asked }: State): Html {
  const api = addressOf('/v1/timeline', asked);
  return html`<section class="elsewhere" id="elsewhere" aria-labelledby="elsewhere-title">
<h2 id="elsewhere-title">Use this view elsewhere</h2>
<p><label for="api-address">Its address in the API</label>
<input id="api-address" type="text" readonly value="${origin}${api}"></p>
<ul>${FORMS.map(([name, suffix, what]) => html`<li><a href="${addressOf(`/v1/timeline${suffix}`, formOf(asked, suffix))}">${name}</a> <span class="quiet">${what}</span></li>`)}</ul>
</section>`;
}

/** Feeds have an order of their own. */
const formOf = (asked: URLSearchParams, suffix: string): URLSearchParams =>
  suffix === '.atom' || suffix === '.feed.json' ? without(asked, 'order') : asked;
