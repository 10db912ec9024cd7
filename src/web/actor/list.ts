// All actors, by name; or those of a kind.
import type { z } from 'zod';
import type { actorList } from '../../actors/schema.js';
import { ACTOR_KINDS } from '../../contract/kinds.js';
import { html } from '../html.js';
import { kindForm } from '../listing/kinds.js';
import { morePages, paged } from '../listing/pager.js';
import { type MakePage, Redirect } from '../site.js';
import { withoutEmpty } from '../timeline/state.js';
import { count, countryText, words } from '../words.js';

export const actorsPage: MakePage = async (visit) => {
  const clean = withoutEmpty('/actors', visit.query);
  if (clean !== null) throw new Redirect(clean);
  const { data, page } = await visit.ask<z.output<typeof actorList>>(paged('/v1/actors', visit, { total: 'true', limit: '200' }));
  return {
    title: 'Actors',
    section: 'Actors',
    main: html`<h1>Actors</h1>
<p class="lede">Who takes part: ${count(page.total ?? data.length, 'actor')}.</p>
${kindForm('/actors', ACTOR_KINDS, visit)}
<ul class="names">${data.map((actor) => {
      const about = [
        actor.office,
        actor.kind === 'country' || actor.office ? null : words(actor.kind),
        actor.kind === 'country' || actor.country_code === null ? null : countryText(actor.country_code),
      ].filter((part) => part);
      return html`<li><a href="${visit.link(`/actors/${actor.slug}`)}">${actor.name}</a> <span class="quiet">${about.join(', ')}</span></li>`;
    })}</ul>
${data.length === 0 && html`<p>There is none of that kind.</p>`}
${morePages('/actors', visit, page)}`,
  };
};
