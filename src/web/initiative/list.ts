// All initiatives, by name; or those of a kind.
import type { z } from 'zod';
import { INITIATIVE_KINDS } from '../../contract/kinds.js';
import type { initiativeList } from '../../initiatives/schema.js';
import { whenText } from '../dates.js';
import { html } from '../html.js';
import { kindForm } from '../listing/kinds.js';
import { morePages, paged } from '../listing/pager.js';
import { type MakePage, Redirect } from '../site.js';
import { withoutEmpty } from '../timeline/state.js';
import { count, label } from '../words.js';

export const initiativesPage: MakePage = async (visit) => {
  const clean = withoutEmpty('/initiatives', visit.query);
  if (clean !== null) throw new Redirect(clean);
  const { data, page } = await visit.ask<z.output<typeof initiativeList>>(paged('/v1/initiatives', visit, { total: 'true' }));
  return {
    title: 'Initiatives',
    section: 'Initiatives',
    main: html`<h1>Initiatives</h1>
<p class="lede">Policy processes that are followed over time: ${count(page.total ?? data.length, 'initiative')}.</p>
${kindForm('/initiatives', INITIATIVE_KINDS, visit)}
<ul class="list">${data.map(
      (
        one,
      ) => html`<li class="entry"><p class="when">${one.status === null ? 'No step told' : label(one.status)}${one.status_since && html`<br>${whenText(one.status_since)}`}</p><div>
<p class="kicker">${label(one.kind)}</p>
<h2><a href="${visit.link(`/initiatives/${one.slug}`)}">${one.name}</a></h2>
${one.summary && html`<p class="summary">${one.summary}</p>`}
${one.lead_actors.length > 0 && html`<p class="facts">Led by ${one.lead_actors.map(({ name }) => name).join(', ')}</p>`}</div></li>`,
    )}</ul>
${data.length === 0 && html`<p>There is none of that kind.</p>`}
${morePages('/initiatives', visit, page)}`,
  };
};
