// What people do with a proposal: its author and editors talk about it, its author revises or withdraws it, an editor decides.
// Read by client/review.ts: `data-step` is the last part of the address in the API.
import { type Html, html } from '../html.js';
import { dayText } from '../words.js';
import type { Compared } from './compared.js';

/** What whoever looks at a proposal may do with it. */
export interface Reader {
  /** An editor, of what is not their own. */
  decides: boolean;
  isAuthor: boolean;
  /** The secret of an author without a key. */
  tracking?: string | undefined;
}

const isUndecided = ({ state }: Compared): boolean => state === 'open' || state === 'changes_requested';

/** The attributes that tell the script of which proposal, and which version, a form is. */
const of = ({ id, version, url }: Compared): Html => {
  const tracking = new URLSearchParams(url.split('?')[1] ?? '').get('tracking');
  return html`data-verdict="${id}" data-version="${version}"${tracking !== null && html` data-tracking="${tracking}"`} hidden`;
};

const button = (step: string, text: string, name: string, isMain = false): Html =>
  html`<button type="button" data-step="${step}"${!isMain && html` class="small"`}>${text}<span class="unseen">: ${name}</span></button> `;

const fault = html`<p class="fault" role="alert" data-fault hidden></p>`;

/** What was said, and, while it is undecided, a place to answer. */
export function talk(one: Compared, { decides, isAuthor }: Reader, name: string): Html | null {
  const { id, comments } = one;
  const canAnswer = (decides || isAuthor) && isUndecided(one);
  if (comments.length === 0 && !canAnswer) return null;
  return html`<section class="talk" aria-label="Comments: ${name}">${comments.length > 0 && html`<p class="kicker">Comments</p><ol>${comments.map(({ author, by, text, at }) => html`<li><b>${author}</b> <span class="quiet">${by}, ${dayText(at)}</span><p>${text}</p></li>`)}</ol>`}
${
  canAnswer &&
  html`<form ${of(one)}><p class="field"><label for="say-${id}">Comment <span class="quiet">(for its author and editors)</span></label>
<textarea id="say-${id}" rows="2" maxlength="2000" data-text></textarea></p><p class="buttons-row">${button('comments', 'Comment', name)}</p>${fault}</form>`
}</section>`;
}

/** Revised once changes are asked for, and withdrawn until it is decided. */
export function authoring(one: Compared, name: string): Html | null {
  if (!isUndecided(one)) return null;
  const { id, kind, state, target, change, rationale, sources, url } = one;
  const isForm = target.entity === 'event' && kind !== 'withdraw';
  const canRevise = state === 'changes_requested';
  const suffix = url.includes('?') ? `&${url.split('?')[1]}` : '';
  return html`<section class="authoring" aria-label="Yours: ${name}">
${canRevise && isForm && html`<p><a class="button" href="/add?proposal=${id}${suffix}">Revise it<span class="unseen">: ${name}</span></a></p>`}
<form ${of(one)}>
${
  canRevise &&
  !isForm &&
  html`<p class="field"><label for="rationale-${id}">Why it should be so</label><textarea id="rationale-${id}" rows="2" maxlength="5000" data-rationale>${rationale ?? ''}</textarea></p>
<p class="field"><label for="sources-${id}">Sources <span class="quiet">(addresses, one a line)</span></label><textarea id="sources-${id}" rows="2" data-sources>${sources.join('\n')}</textarea></p>
${change !== null && html`<p class="field"><label for="change-${id}">The change <span class="quiet">(as the API takes it, in JSON)</span></label><textarea id="change-${id}" class="code" rows="8" spellcheck="false" data-change>${JSON.stringify(change, null, 2)}</textarea></p>`}`
}
<p class="buttons-row">${canRevise && !isForm && button('', 'Send the revision', name, true)}${button('withdraw', 'Withdraw the proposal', name)}</p>${fault}</form></section>`;
}

export function verdictForm(one: Compared, name: string): Html | null {
  const { id, taken_by, state } = one;
  if (!isUndecided(one)) return null;
  return html`<form class="verdict" ${of(one)}>
<div class="check" data-check role="status"></div>
<p class="field"><label for="why-${id}">Why <span class="quiet">(needed to reject, or to ask for changes)</span></label>
<textarea id="why-${id}" rows="2" maxlength="2000" data-why></textarea></p>
<p class="buttons-row">${button('accept', 'Accept', name, true)}${state === 'open' && button('request-changes', 'Ask for changes', name)}${button('reject', 'Reject', name)}${taken_by === null ? button('take', 'Take', name) : button('release', 'Give back', name)}</p>
${fault}</form>`;
}
