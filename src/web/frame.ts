// The frame that all pages share: head, skip link, header with the sections and the day as known on, footer.
import type { Assets } from './assets.js';
import { type Html, html } from './html.js';
import { asOf, type Moment } from './moment.js';
import { momentText } from './words.js';

/** What a page is made of; the frame does the rest. */
export interface Page {
  title: string;
  /** One sentence, for search engines and previews. */
  description?: string | undefined;
  /** Which section of the site it belongs to, by its name in the header. */
  section?: string | undefined;
  /** More for the head: Open Graph, JSON-LD, links to other forms. */
  head?: Html | undefined;
  main: Html;
  /** Names of scripts in client/ that it needs besides site.js: "timeline.js". */
  scripts?: string[] | undefined;
  status?: number | undefined;
  /** Whether it takes the whole width of a screen. */
  isWide?: boolean | undefined;
  /** Whether its address is for its reader alone, so that no shared cache may keep it. */
  isPrivate?: boolean | undefined;
}

/** In the order of the header; those whose page is not there are left out. */
const SECTIONS: [name: string, path: string][] = [
  ['Timeline', '/'],
  ['Plan', '/plans'],
  ['Initiatives', '/initiatives'],
  ['Actors', '/actors'],
  ['API', '/docs'],
  ['Add', '/add'],
  ['Review', '/review'],
];

export interface Framing {
  assets: Assets;
  /** Whether there is a page at this path. */
  isThere: (path: string) => boolean;
  /** Under which readers reach this server. */
  origin: string;
  /** Of the page itself, path and question. */
  path: string;
  query: URLSearchParams;
  moment: Moment;
}

export function frame(page: Page, framing: Framing): string {
  const { assets, moment } = framing;
  const isPast = moment.known_at !== undefined || moment.release !== undefined;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${page.title === 'Demarche' ? page.title : `${page.title} · Demarche`}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${page.description ?? 'Dated policy developments with their sources, on one timeline.'}">
${isPast && html`<meta name="robots" content="noindex">`}
<link rel="icon" href="${assets.address('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.address('site.css')}">
<script src="${assets.address('theme.js')}"></script>
<script type="module" src="${assets.address('site.js')}"></script>
${(page.scripts ?? []).map((name) => html`<script type="module" src="${assets.address(name)}"></script>`)}
${page.head}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${header(page, framing)}
${isPast && notice(framing)}
<main id="main" class="${page.isWide ? 'wide' : 'column'}" tabindex="-1">
${page.main}
</main>
${footer(moment)}
<p id="announcement" class="unseen" role="status"></p>
</body>
</html>
`.text;
}

function header(page: Page, framing: Framing): Html {
  const { isThere, moment } = framing;
  return html`<header class="site">
<a class="brand" href="${asOf('/', moment)}">Demarche</a>
<nav aria-label="Sections"><ul>
${SECTIONS.filter(([, path]) => isThere(path)).map(
  ([name, path]) =>
    html`<li><a href="${path === '/docs' ? path : asOf(path, moment)}"${name === page.section && html` aria-current="page"`}>${name}</a></li>`,
)}
</ul></nav>
${dayControl(framing)}
</header>`;
}

/** Sends the reader to this same page as of another day. */
function dayControl({ path, query, moment }: Framing): Html {
  const kept = [...query].filter(([name]) => !['known_at', 'release', 'cursor'].includes(name));
  return html`<form class="as-of" method="get" action="${path}" data-as-of>
${kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<label for="known-at">As known on</label>
<input id="known-at" type="date" name="known_at" value="${moment.known_at?.slice(0, 10)}" required>
<button type="submit">Show</button>
</form>`;
}

/** What is shown is not the present; and the way back. */
function notice({ path, query, moment }: Framing): Html {
  const present = new URLSearchParams([...query].filter(([name]) => !['known_at', 'release', 'cursor'].includes(name))).toString();
  const when =
    moment.known_at === undefined ? html`in the release <b>${moment.release}</b>` : html`on <b>${momentText(moment.known_at)}</b>`;
  return html`<aside class="notice" aria-label="As known then"><p>You see what was known ${when}. What was recorded later is not here.
<a href="${present === '' ? path : `${path}?${present}`}">Back to the present</a></p></aside>`;
}

function footer(moment: Moment): Html {
  return html`<footer class="site">
<p><b>Demarche</b> records dated policy developments with their sources. Every page here is made from the <a href="/docs">API</a>’s own answers.</p>
<ul>
<li><a href="/docs">API</a></li>
<li><a href="/openapi.json">OpenAPI</a></li>
<li><a href="${asOf('/v1/timeline.atom', moment)}">Feed</a></li>
<li><a href="/v1/releases">Releases to cite</a></li>
<li>Licence: Apache-2.0</li>
<li><button type="button" class="plain" data-theme-switch hidden>Light or dark</button></li>
</ul>
</footer>`;
}
