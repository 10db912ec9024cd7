// What went wrong, as a page: in words, with a way on. On a private server it asks for a key, which the browser keeps for
// as long as the tab is open and sends itself; without one nothing of the data is in the page.
import { PROBLEMS, type Problem } from '../errors.js';
import type { ProblemPage } from '../http/problem-pages.js';
import type { Page } from './frame.js';
import { type Html, html } from './html.js';
import { dayText, sentence } from './words.js';

const HEADINGS: Partial<Record<Problem['code'], string>> = {
  'not-found': 'There is nothing here',
  gone: 'This is gone',
  'validation-error': 'This address does not fit',
  unauthorized: 'This server is a private one',
};

interface Tombstone {
  entity: string;
  slug: string | null;
  state: string;
  reason: string | null;
  recorded_at: string;
}

/** @param id of the request, for whoever looks into the log */
export function problemPage(problem: Problem, id: string): Page {
  const title = HEADINGS[problem.code] ?? PROBLEMS[problem.code].title;
  const tombstone = problem.extra.tombstone as Tombstone | undefined;
  return {
    title,
    status: problem.status,
    main: html`<article class="problem">
<p class="kicker">${problem.status}</p>
<h1>${title}</h1>
<p class="lede">${tombstone === undefined ? problem.detail : graveOf(tombstone)}</p>
${problem.errors.some(({ detail }) => detail !== problem.detail) && faults(problem)}
${problem.code === 'unauthorized' && keyForm()}
<p><a href="/">To the timeline</a> · <a href="/problems/${problem.code}">What this means</a></p>
${problem.status >= 500 && html`<p class="quiet">Request ${id}</p>`}
</article>`,
  };
}

/** One kind of problem, explained. */
export const explanationPage = ({ title, status, description, type }: ProblemPage): Page => ({
  title,
  section: 'API',
  main: html`<article class="problem">
<p class="kicker">Problem ${status} · <code>${type.split('/').at(-1)}</code></p>
<h1>${title}</h1>
<p class="lede">${description.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}</p>
<p>Errors of the API are <code>application/problem+json</code> (RFC 9457); their <code>type</code> leads here.</p>
<h2>All kinds</h2>
<ul>${Object.entries(PROBLEMS).map(([code, one]) => html`<li><a href="/problems/${code}">${one.title}</a> <span class="quiet">${one.status}</span></li>`)}</ul>
</article>`,
});

const faults = ({ errors }: Problem): Html =>
  html`<ul>${errors.map(({ parameter, pointer, detail }) => html`<li>${(parameter ?? pointer) && html`<code>${parameter ?? pointer}</code> `}${detail}</li>`)}</ul>`;

const graveOf = ({ entity, slug, state, reason, recorded_at }: Tombstone): string =>
  `${sentence(`the ${entity.replaceAll('_', ' ')}`)} “${slug ?? 'here'}” was ${state} on ${dayText(recorded_at)}${reason === null ? '' : ` (${reason.replaceAll('_', ' ')})`}. Its history is still there.`;

/** Read by client/key.ts, which asks for the page again in the name of the bearer. */
const keyForm = (): Html => html`<form class="key" data-key-form hidden>
<label for="key">API key</label>
<input id="key" type="password" name="key" autocomplete="off" spellcheck="false" required>
<button type="submit">Read with this key</button>
<p class="quiet">It is kept in this tab alone, and forgotten when you close it.</p>
</form>
<noscript><p>To read with a key, this page needs scripts; the API takes the key in the header <code>Authorization</code>.</p></noscript>`;
