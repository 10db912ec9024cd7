// One proposal: who asks for what and why, before and after side by side, what it may be a duplicate of, what was said of it,
// and what whoever looks at it may do.
import { whenShort } from '../dates.js';
import { type Html, html, join, outside } from '../html.js';
import type { Visit } from '../site.js';
import { dayText, label, words } from '../words.js';
import { authoring, type Reader, talk, verdictForm } from './acting.js';
import { changes } from './changes.js';
import type { Compared } from './compared.js';

/** @param isAlone on a page of its own, where the heading is that of the page */
export function proposal(one: Compared, reader: Reader, visit: Visit, isAlone = false): Html {
  const { id, kind, state, target, author, created_at, change, before, rationale, reason, sources, taken_by, verdict } = one;
  const name = String(change?.title ?? change?.name ?? before?.title ?? before?.name ?? target.slug ?? 'without a title');
  const address = target.slug === null ? null : pageOf(target.entity, target.slug);
  const heading = address === null ? name : html`<a href="${visit.link(address)}">${name}</a>`;
  return html`<article class="proposal" id="p-${id}" aria-labelledby="t-${id}">
<p class="kicker">${KINDS[kind] ?? label(kind)} · ${words(target.entity)} · ${author ?? 'without a key'}, ${isAlone ? dayText(created_at) : html`<a href="${visit.link(`/review/${id}`)}">${dayText(created_at)}</a>`}
${state !== 'open' && html` <span class="badge">${words(state)}</span>`}${taken_by && html` <span class="badge">taken by ${taken_by}</span>`}</p>
${isAlone ? html`<h1 tabindex="-1" id="t-${id}">${heading}</h1>` : html`<h2 tabindex="-1" id="t-${id}">${heading}</h2>`}
${rationale && html`<p>${rationale}${reason && html` <span class="quiet">(${words(reason)})</span>`}</p>`}
${sources.length > 0 && html`<p class="quiet">Sources: ${join(sources.map(source), ', ')}</p>`}
${duplicates(one, visit)}
${one.content_hidden ? html`<p class="quiet">What a rejected proposal said is for its author and for editors.</p>` : kind === 'withdraw' ? html`<p><b>It asks to take this away.</b></p>` : changes(before, change ?? {}, name, one.sources_named)}
${stale(one)}
${verdict && html`<p class="decision"><b>${label(verdict.decision)}</b> by ${verdict.by}, ${dayText(verdict.at)}${verdict.comment && html`: ${verdict.comment}`}</p>`}
${talk(one, reader, name)}
${reader.isAuthor && authoring(one, name)}
${reader.decides && verdictForm(one, name)}
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

/** Whether the record went on since the proposal was made. */
function stale({ target, current }: Compared): Html | null {
  if (current === null || target.version === null || current === target.version) return null;
  return html`<p class="quiet">It was made for version ${target.version}; the record is at version ${current} now. What nobody else changed is merged.</p>`;
}
