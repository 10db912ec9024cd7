// One development: what happened, when, where, who in which role, what was said, which sources say so and which do not,
// what came before and after, and what became of the record.
import type { About, Event } from '../../timeline/formats/format.js';
import { documentOf } from '../../timeline/formats/json-ld.js';
import { vagueness, whenText } from '../dates.js';
import type { Page } from '../frame.js';
import { dataBlock, type Html, html, join } from '../html.js';
import type { MakePage, Visit } from '../site.js';
import { kindOf } from '../timeline/kinds.js';
import { label, listed, sentence, words } from '../words.js';
import { chain, type Related } from './chain.js';
import { details, people, placeWords, quotes } from './facts.js';
import { history, type Recorded, readHistory } from './history.js';
import { sources } from './sources.js';

export const eventPage: MakePage = async (visit) => {
  const api = `/v1/events/${encodeURIComponent(visit.params.slug!)}`;
  const event = await visit.ask<Event>(api);
  const [related, recorded] = await Promise.all([
    visit.ask<{ data: Related[] }>(`${api}/related?limit=100`),
    readHistory(visit, api, event.version),
  ]);
  return pageOf(event, related.data, recorded, visit);
};

function pageOf(event: Event, related: Related[], recorded: Recorded[], visit: Visit): Page {
  return {
    title: event.title,
    section: 'Timeline',
    description: event.summary ?? `${label(event.type)}, ${whenText(event.date)}.`,
    head: head(event, visit),
    main: html`<article class="event">
${opening(event)}
${event.summary && html`<p class="lede">${event.summary}</p>`}
${quotes(event, visit)}
${event.caveat && html`<aside class="caveat" aria-labelledby="caveat-title"><h2 id="caveat-title">What is uncertain</h2><p>${event.caveat}</p></aside>`}
<div class="facts-and-chain">
${facts(event, visit)}
${chain(event, related, visit)}
</div>
<section aria-labelledby="sources-title"><h2 id="sources-title">Sources</h2>${sources(event, visit)}</section>
${notes(event)}
${history(recorded, `/events/${event.slug}`, `/v1/events/${event.slug}`)}
<p class="data quiet">This record as data: <a href="${visit.link(`/v1/events/${event.slug}`)}">JSON</a>, <a href="/v1/events/${event.slug}/provenance">where each field comes from</a>.${visit.moment.known_at === undefined && visit.moment.release === undefined && html` <a href="/add?event=${event.slug}">Suggest a change</a>.`}</p>
</article>`,
  };
}

function opening(event: Event): Html {
  const doubt = vagueness(event.date, event.date_precision);
  const place = placeWords(event.place);
  return html`<header>
<p class="kicker kind-${kindOf(event.type)}">${label(event.type)}${event.action && html` · ${words(event.action)}`}
${event.certainty !== 'confirmed' && html` <span class="badge">${event.certainty}</span>`}</p>
<h1>${event.title}</h1>
<p class="byline"><time datetime="${event.date}">${sentence(whenText(event.date))}</time>${place && html`, ${place}`}
${doubt && html`<span class="quiet">(${doubt})</span>`}</p>
</header>`;
}

function facts(event: Event, visit: Visit): Html {
  const { link } = visit;
  const row = (name: string, value: Html | null) => value && html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const links = (those: { slug: string; name: string }[], path: string) =>
    those.length === 0
      ? null
      : join(
          those.map(({ slug, name }) => html`<a href="${link(path + slug)}">${name}</a>`),
          ', ',
        );
  return html`<section class="facts-of" aria-labelledby="facts-title"><h2 id="facts-title">The facts</h2>
${people(event, visit)}
${details(event, visit)}
<dl>
${row('Initiatives', links(event.initiatives, '/initiatives/'))}
${row('Topics', links(event.topics, '/?topic='))}
${row('Weight', html`${event.significance} of 5`)}
${row('Checked', event.confidence === null ? null : html`${CONFIDENCES[event.confidence] ?? words(event.confidence)}`)}
</dl>
${
  event.action_items.length > 0 &&
  html`<h3>Bears on</h3><ul class="items">${event.action_items.map(
    ({ plan, item, title, effect, note }) =>
      html`<li>${label(effect)} <a href="${link(`/plans/${plan}`)}#item-${item}">item ${item}: ${title}</a>${note && html`<p class="quiet">${note}</p>`}</li>`,
  )}</ul>`
}
</section>`;
}

const CONFIDENCES: Record<string, string> = {
  verified: 'against a text that was read',
  seed_only: 'only the article that the data set starts from says so',
  recalled: 'against no text',
};

function notes({ notes }: Event): Html | null {
  if (notes.length === 0) return null;
  return html`<section aria-labelledby="notes-title"><h2 id="notes-title">Notes</h2>
${notes.map(({ topic, text }) => html`<p>${topic && html`<b>${topic}.</b> `}${text}</p>`)}</section>`;
}

/** What search engines and previews are told. */
function head(event: Event, { origin, moment }: Visit): Html {
  const address = `${origin}/events/${event.slug}`;
  const about: About = {
    title: event.title,
    origin,
    address,
    first: address,
    next: null,
    previous: null,
    updated_at: event.updated_at,
    eras: [],
  };
  const isPresent = moment.known_at === undefined && moment.release === undefined;
  const description =
    event.summary ??
    `${label(event.type)}, ${whenText(event.date)}${event.actors.length > 0 ? `: ${listed(event.actors.slice(0, 4).map(({ name }) => name))}` : ''}`;
  return html`<link rel="canonical" href="${address}">
<link rel="alternate" type="application/json" href="/v1/events/${event.slug}">
<meta property="og:type" content="article">
<meta property="og:site_name" content="Demarche">
<meta property="og:title" content="${event.title}">
<meta property="og:description" content="${description}">
<meta property="og:url" content="${address}">
<meta property="article:modified_time" content="${event.updated_at}">
<meta name="twitter:card" content="summary">
${isPresent && dataBlock('application/ld+json', { ...documentOf(event, about), url: address })}`;
}
