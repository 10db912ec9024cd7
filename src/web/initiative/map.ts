// The positions of countries on a map of the world. The table below says the same, and of everybody else besides.
import type { ActorPosition } from '../../positions/schema.js';
import { whenShort } from '../dates.js';
import { type Html, html } from '../html.js';
import type { Visit } from '../site.js';
import { count, words } from '../words.js';
import { type Country, HEIGHT, WIDTH, world } from './world.js';

/** @returns nothing where no country took a position */
export function map(positions: ActorPosition[], { link }: Visit): Html | null {
  const byCode = new Map(
    positions.flatMap((one) => (one.actor.kind === 'country' && one.actor.country_code ? [[one.actor.country_code, one]] : [])),
  );
  if (byCode.size === 0) return null;
  const countries = world();
  const rest = countries.filter(({ code, path }) => path !== null && !byCode.has(code ?? ''));
  const held = countries.filter(({ code }) => byCode.has(code ?? '')).sort((a, b) => Number(a.path === null) - Number(b.path === null));
  return html`<figure class="map"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="group" aria-label="Map of the world: ${count(held.length, 'country', 'countries')} with a position; the table says the same">
<path class="land" d="${rest.map(({ path }) => path).join('')}"/>
${held.map((country) => shape(country, byCode.get(country.code!)!, link))}
</svg></figure>`;
}

function shape({ path, middle }: Country, { actor, position, date }: ActorPosition, link: Visit['link']): Html {
  return html`<a href="${link(`/actors/${actor.slug}`)}" class="at ${position}" tabindex="-1"><title>${actor.name}: ${words(position)}, ${whenShort(date)}</title>${
    middle === null ? html`<path d="${path}"/>` : html`<circle cx="${middle[0]}" cy="${middle[1]}" r="4"/>`
  }</a>`;
}
