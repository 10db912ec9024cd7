// An actor: who it is, in which roles it takes part, what it took part in, and with whom.
import type { z } from 'zod';
import type { actorWhole } from '../../actors/schema.js';
import type { Network } from '../../network/schema.js';
import { type Html, html, join } from '../html.js';
import type { MakePage, Visit } from '../site.js';
import { entry } from '../timeline/list.js';
import type { TimelineAnswer } from '../timeline/page.js';
import { count, countryText, dayText, label } from '../words.js';
import { network } from './network.js';

type Actor = z.output<typeof actorWhole>;

/** So many developments are listed here, and so many others drawn. */
const [EVENTS, OTHERS] = [15, 24];

export const actorPage: MakePage = async (visit) => {
  const api = `/v1/actors/${encodeURIComponent(visit.params.slug!)}`;
  const actor = await visit.ask<Actor>(api);
  const [met, lately, affiliation] = await Promise.all([
    visit.ask<Network>(`${api}/network?limit=${OTHERS}`),
    visit.ask<TimelineAnswer>(`/v1/timeline?actor=${actor.slug}&order=desc&limit=${EVENTS}`),
    actor.affiliation === null ? null : visit.ask<Actor>(`/v1/actors/${actor.affiliation}`),
  ]);
  const { activity } = actor;
  return {
    title: actor.name,
    section: 'Actors',
    description: `${actor.name}: ${count(activity.events, 'development')}, the roles it has in them, and with whom.`,
    head: html`<link rel="alternate" type="application/json" href="${api}">`,
    isWide: true,
    main: html`<article class="actor">
${opening(actor, affiliation, visit)}
${roles(actor)}
<section aria-labelledby="events-title"><h2 id="events-title">Developments</h2>
${lately.data.length === 0 ? html`<p>It takes part in none on record.</p>` : html`<ol class="list">${lately.data.map((event) => entry(event, visit))}</ol>`}
${activity.events > lately.data.length && html`<p><a href="${visit.link(`/?actor=${actor.slug}`)}">All ${count(activity.events, 'development')} on the timeline</a></p>`}
</section>
${network(met, visit)}
<p class="data quiet">This actor as data: <a href="${visit.link(api)}">JSON</a>, <a href="${visit.link(`${api}/network`)}">its network</a>, <a href="${visit.link(`${api}/network.graphml`)}">as GraphML</a>.</p>
</article>`,
  };
};

function opening(actor: Actor, affiliation: Actor | null, { link }: Visit): Html {
  const { first_seen_on, last_seen_on, events } = actor.activity;
  const about = [
    actor.office && html`${actor.office}`,
    affiliation && html`<a href="${link(`/actors/${affiliation.slug}`)}">${affiliation.name}</a>`,
    actor.country_code && actor.kind !== 'country' && affiliation?.kind !== 'country' && html`${countryText(actor.country_code)}`,
    actor.aliases.length > 0 && html`also ${actor.aliases.join(', ')}`,
    actor.wikidata_id && html`<a href="https://www.wikidata.org/wiki/${actor.wikidata_id}" rel="noopener">Wikidata</a>`,
  ].filter((part) => part);
  const seen = first_seen_on === null || last_seen_on === null ? '' : `, from ${dayText(first_seen_on)} to ${dayText(last_seen_on)}`;
  return html`<header>
<p class="kicker">${label(actor.kind)}</p>
<h1>${actor.name}</h1>
${actor.native_name && html`<p class="variant">${actor.native_name}</p>`}
${about.length > 0 && html`<p class="byline">${join(about, ' · ')}</p>`}
<p class="lede">Takes part in ${count(events, 'development')}${seen}.</p>
</header>`;
}

/** In how many developments it has each role, as bars with figures. */
function roles({ activity: { by_role } }: Actor): Html | null {
  if (by_role.length === 0) return null;
  const most = Math.max(...by_role.map(({ events }) => events));
  return html`<section aria-labelledby="roles-title"><h2 id="roles-title">Roles</h2>
<ul class="bars">${by_role.map(
    ({ role, events }) => html`<li><span>${label(role)}</span> <span class="number">${events}</span>
<svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="${Math.max(1, Math.round((100 * events) / most))}" height="4"/></svg></li>`,
  )}</ul></section>`;
}
