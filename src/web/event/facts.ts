// The facts of an event as people read them: where, who in which role, and what its type tells besides.
import type { Event } from '../../timeline/formats/format.js';
import { type Html, html, join, outside } from '../html.js';
import type { Visit } from '../site.js';
import { countryText, label, words } from '../words.js';

/** "Expo Center, Shanghai, China" */
export function placeWords(place: Event['place']): string | null {
  if (place === null) return null;
  const country = place.country_code === null ? null : countryText(place.country_code);
  return [place.name, place.city, country].filter((part, index, all) => part !== null && all.indexOf(part) === index).join(', ');
}

/** Who took part, by role. */
export function people({ actors }: Event, { link }: Visit): Html | null {
  if (actors.length === 0) return null;
  const roles = [...new Set(actors.map(({ role }) => role))];
  return html`<dl class="people">${roles.map((role) => {
    const those = actors.filter((actor) => actor.role === role);
    return html`<div><dt>${label(role)}</dt><dd>${join(
      those.map(
        (actor) =>
          html`<a href="${link(`/actors/${actor.slug}`)}">${actor.name}</a>${actor.response && html` <span class="quiet">(${words(actor.response)})</span>`}`,
      ),
      ', ',
    )}</dd></div>`;
  })}</dl>`;
}

interface Quote {
  text: string;
  speaker?: string | null;
  source?: string | null;
  language?: string | null;
}

export const quotesOf = ({ details }: Event): Quote[] => ((details as { quotes?: Quote[] }).quotes ?? []).filter(({ text }) => text);

/** What was said, by whom. */
export function quotes(event: Event, { link }: Visit): Html | null {
  const said = quotesOf(event);
  if (said.length === 0) return null;
  return html`${said.map(({ text, speaker, language }) => {
    const actor = event.actors.find(({ slug }) => slug === speaker);
    const who =
      actor === undefined
        ? speaker && words(speaker.replaceAll('-', ' '))
        : html`<a href="${link(`/actors/${actor.slug}`)}">${actor.name}</a>`;
    return html`<figure class="quote"><blockquote lang="${language ?? 'en'}"><p>${text}</p></blockquote>${who && html`<figcaption>${who}</figcaption>`}</figure>`;
  })}`;
}

/** What the type tells besides: as names and values. Who took part was told already. */
export function details(event: Event, visit: Visit): Html | null {
  const rows = Object.entries(event.details).filter(
    ([name, value]) =>
      name !== 'quotes' && !isNothing(value) && !event.actors.some((actor) => actor.role === name && [value].flat().includes(actor.slug)),
  );
  if (rows.length === 0) return null;
  return html`<dl class="details">${rows.map(([name, value]) => html`<div><dt>${label(name)}</dt><dd>${told(value, event, visit)}</dd></div>`)}</dl>`;
}

export function told(value: unknown, event: Event, visit: Visit): Html | string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) {
    if (value.every((one) => typeof one !== 'object'))
      return join(
        value.map((one) => told(one, event, visit)),
        ', ',
      );
    return html`<ul>${value.map((one) => html`<li>${told(one, event, visit)}</li>`)}</ul>`;
  }
  if (typeof value === 'object' && value !== null)
    return join(
      Object.entries(value)
        .filter(([, part]) => !isNothing(part))
        .map(([name, part]) => html`${words(name)}: ${told(part, event, visit)}`),
      '; ',
    );
  const text = String(value);
  const actor = event.actors.find(({ slug }) => slug === text);
  if (actor !== undefined) return html`<a href="${visit.link(`/actors/${actor.slug}`)}">${actor.name}</a>`;
  const address = outside(text);
  if (address !== null) return html`<a href="${address}" rel="noopener">${text}</a>`;
  return /^[a-z]+(_[a-z]+)+$/.test(text) ? words(text) : text;
}

const isNothing = (value: unknown): boolean => value === null || value === '' || (Array.isArray(value) && value.length === 0);
