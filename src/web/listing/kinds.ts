// A choice of the kind that a list shows: a form that asks for the page again.
import { attribute, type Html, html } from '../html.js';
import type { Visit } from '../site.js';
import { label } from '../words.js';

export function kindForm(path: string, kinds: readonly string[], { query, moment }: Visit): Html {
  const chosen = query.get('kind') ?? '';
  return html`<form class="choose" method="get" action="${path}">
${Object.entries(moment).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<p><label for="kind">Kind</label> <select id="kind" name="kind"><option value="">all</option>${kinds.map(
    (kind) => html`<option value="${kind}" ${attribute('selected', kind === chosen)}>${label(kind)}</option>`,
  )}</select> <button type="submit">Show</button></p></form>`;
}
