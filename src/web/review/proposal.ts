// One proposal: who asks for what and why, before and after side by side, what it may be a duplicate of, and the verdict.
import type { Proposal } from '../../proposals/schema.js';
import { whenShort } from '../dates.js';
import { type Html, html, join, outside } from '../html.js';
import type { Visit } from '../site.js';
import { dayText, label, words } from '../words.js';
import { changes } from './changes.js';

/** With the version that it was made for, as writes send it. */
export type Compared = Proposal & { before: Record<string, unknown> | null };

export function proposal(one: Compared, isEditor: boolean, visit: Visit): Html {
  const { id, kind, state, target, author, created_at, change, before, rationale, reason, sources, taken_by, comments, verdict } = one;
  const name = String(change?.title ?? change?.name ?? before?.title ?? before?.name ?? target.slug ?? 'without a title');
  const address = target.slug === null ? null : pageOf(target.entity, target.slug);
  return html`<article class="proposal" id="p-${id}" aria-labelledby="t-${id}">
<p class="kicker">${KINDS[kind] ?? label(kind)} · ${words(target.entity)} · ${author ?? 'without a key'}, ${dayText(created_at)}
${state !== 'open' && html` <span class="badge">${words(state)}</span>`}${taken_by && html` <span class="badge">taken by ${taken_by}</span>`}</p>
<h2 id="t-${id}">${address === null ? name : html`<a href="${visit.link(address)}">${name}</a>`}</h2>
${rationale && html`<p>${rationale}${reason && html` <span class="quiet">(${words(reason)})</span>`}</p>`}
${sources.length > 0 && html`<p class="quiet">Sources: ${join(sources.map(source), ', ')}</p>`}
${duplicates(one, visit)}
${kind === 'withdraw' ? html`<p><b>It asks to take this away.</b></p>` : changes(before, change ?? {}, name)}
${comments.length > 0 && html`<h3>Comments</h3><ul>${comments.map(({ author, text, at }) => html`<li><b>${author}</b>, ${dayText(at)}: ${text}</li>`)}</ul>`}
${verdict && html`<p><b>${label(verdict.decision)}</b> by ${verdict.by}, ${dayText(verdict.at)}${verdict.comment && html`: ${verdict.comment}`}</p>`}
${isEditor && buttons(one, name)}
</article>`;
}

const KINDS: Record<string, string> = { create: 'New', change: 'Change', withdraw: 'Withdrawal' };

function pageOf(entity: string, slug: string): string | null {
  const [plan, item] = slug.split('/');
  if (entity === 'action_item') return `/plans/${plan}#item-${item}`;
  const places: Record<string, string> = { event: '/events/', actor: '/actors/', initiative: '/initiatives/', action_plan: '/plans/' };
  return places[entity] === undefined ? null : places[entity] + slug;
}

const source = (text: string): Html => {
  const address = outside(text);
  return address === null ? html`${text}` : html`<a href="${address}" rel="noopener">${text}</a>`;
};

/** What is there already is like others for good reason. */
function duplicates({ similar, kind }: Compared, { link }: Visit): Html | null {
  if (similar.length === 0 || kind !== 'create') return null;
  return html`<div class="similar"><p>It may be on record already:</p><ul>${similar.map(
    ({
      slug,
      title,
      date,
      likely,
      reasons,
    }) => html`<li><a href="${link(`/events/${slug}`)}">${title}</a> (${whenShort(date)})${likely && html` <span class="badge">likely</span>`}
<span class="quiet">${reasons.map(({ detail }) => detail).join(' ')}</span></li>`,
  )}</ul></div>`;
}

/** Read by client/review.ts: `data-step` is the last part of the address. */
function buttons({ id, version, taken_by, state }: Compared, name: string): Html {
  const button = (step: string, text: string) =>
    html`<button type="button" data-step="${step}"${step === 'accept' ? null : html` class="small"`}>${text}<span class="unseen">: ${name}</span></button> `;
  return html`<form class="verdict" data-verdict="${id}" data-version="${version}" hidden>
<p class="field"><label for="why-${id}">Why <span class="quiet">(needed to reject, or to ask for changes)</span></label>
<textarea id="why-${id}" rows="2" maxlength="2000" data-why></textarea></p>
<p class="buttons-row">${button('accept', 'Accept')}${state === 'open' && button('request-changes', 'Ask for changes')}${button('reject', 'Reject')}${taken_by === null ? button('take', 'Take') : button('release', 'Give back')}</p>
<p class="fault" role="alert" data-fault hidden></p></form>`;
}
