// Where an event comes from: the sources of the whole, those that back a single claim, and those that dispute one.
import type { Event } from '../../timeline/formats/format.js';
import { whenText } from '../dates.js';
import { type Html, html, join, outside } from '../html.js';
import type { Visit } from '../site.js';
import { label, languageText, sentence, words } from '../words.js';
import { told } from './facts.js';

type Citation = Event['sources'][number];

export function sources(event: Event, visit: Visit): Html {
  const claims = [...new Set(event.sources.map(({ claim }) => claim))].sort((a, b) => Number(a !== null) - Number(b !== null));
  if (claims.length === 0) return html`<p>No source is named.</p>`;
  return html`${claims.map((claim) => {
    const cited = event.sources.filter((source) => source.claim === claim);
    const isDisputed = cited.some(({ stance }) => stance === 'disputes');
    return html`<section class="claim">
<h3>${claim === null ? 'For the whole' : claimText(claim, event, visit)}${isDisputed && html` <span class="badge disputed">disputed</span>`}</h3>
<ul class="sources">${cited.map((source) => citation(source, event, visit))}</ul>
</section>`;
  })}`;
}

function citation(source: Citation, event: Event, visit: Visit): Html {
  const address = outside(source.url);
  const title = source.title ?? source.url ?? 'Untitled';
  const about = [
    source.publisher,
    source.published_on && whenText(source.published_on),
    source.language !== null && source.language !== 'en' && `in ${languageText(source.language)}`,
    source.locator,
  ];
  const isDisputing = source.stance === 'disputes';
  return html`<li class="${isDisputing ? 'disputes' : 'supports'}">
${isDisputing && html`<span class="badge disputed">disputes</span> `}<cite>${address === null ? title : html`<a href="${address}" rel="noopener">${title}</a>`}</cite>
<span class="quiet">${join(
    about.filter((part) => part),
    ' · ',
  )}</span>
${outside(source.archived_url) && html` <a href="${source.archived_url}" rel="noopener">archived</a>`}
${isDisputing && source.value !== null && html`<p>Gives instead: <b>${told(source.value, event, visit)}</b></p>`}
${source.quote && html`<blockquote><p>${source.quote}</p></blockquote>`}
${source.note && html`<p class="quiet">${source.note}</p>`}
</li>`;
}

/** What a claim is about, with the value that is held: "/date" is "Date: 26 July 2025". */
function claimText(pointer: string, event: Event, visit: Visit): Html {
  const parts = pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const named = parts.filter((part) => part !== 'details' && !/^\d+$/.test(part));
  const number = parts.find((part) => /^\d+$/.test(part));
  const name =
    number === undefined
      ? named.map(words).join(', ')
      : `${named.map((part) => words(part).replace(/([^s])s$/, '$1')).join(', ')} ${Number(number) + 1}`;
  let value: unknown = event;
  for (const part of parts) value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  if (pointer === '/date') return html`Date: ${whenText(event.date)}`;
  if (typeof value === 'string')
    return html`${label(name)}: ${value.length > 120 ? `“${value.slice(0, 119)}…”` : told(value, event, visit)}`;
  if (typeof value === 'number') return html`${label(name)}: ${value}`;
  const called = namingOf(value);
  return html`${sentence(name)}${called && html`: ${called.length > 120 ? `${called.slice(0, 119)}…` : called}`}`;
}

function namingOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const members = value as Record<string, unknown>;
  const name = ['text', 'name', 'title', 'actor', 'event'].find((one) => typeof members[one] === 'string');
  return name === undefined ? null : name === 'text' ? `“${members[name]}”` : String(members[name]);
}
