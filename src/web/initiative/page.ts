// An initiative: how far it has come, the course it took, who takes part, and where everybody stands; also as it stood on a day.
import type { InitiativeWhole } from '../../initiatives/schema.js';
import type { Positions } from '../../positions/schema.js';
import { whenText } from '../dates.js';
import { type Html, html, join } from '../html.js';
import { type MakePage, Redirect, type Visit } from '../site.js';
import { addressOf, withoutEmpty } from '../timeline/state.js';
import { count, countryText, dayText, label, listed, words } from '../words.js';
import { course } from './course.js';
import { positions } from './positions.js';

const MOST = 200;
/** So many participants are shown at once. */
const FIRST = 20;

export const initiativePage: MakePage = async (visit) => {
  const path = `/initiatives/${encodeURIComponent(visit.params.slug!)}`;
  const clean = withoutEmpty(path, visit.query);
  if (clean !== null) throw new Redirect(clean);
  const valid_at = visit.query.get('valid_at');
  const asked = new URLSearchParams(valid_at === null ? {} : { valid_at });
  const api = `/v1${path}`;
  const [initiative, told] = await Promise.all([
    visit.ask<InitiativeWhole>(addressOf(api, asked)),
    visit.ask<Positions>(addressOf(`${api}/positions`, new URLSearchParams([...asked, ['limit', String(MOST)]]))),
  ]);
  const csv = visit.link(addressOf(`${api}/positions.csv`, asked));
  return {
    title: initiative.name,
    section: 'Initiatives',
    description: initiative.summary ?? `${label(initiative.kind)}: ${initiative.name}.`,
    isWide: true,
    head: html`<link rel="alternate" type="application/json" href="${api}">`,
    main: html`<article class="course">
${opening(initiative, valid_at, visit)}
${course(initiative, visit)}
${positions(told, visit, csv)}
${participants(initiative, visit)}
${notes(initiative)}
<p><a href="${visit.link(`/?initiative=${initiative.slug}`)}">Its developments on the timeline</a></p>
<p class="data quiet">This initiative as data: <a href="${visit.link(addressOf(api, asked))}">JSON</a>, <a href="${csv}">positions as CSV</a>.</p>
</article>`,
  };
};

function opening(initiative: InitiativeWhole, valid_at: string | null, visit: Visit): Html {
  const { kind, name, summary, status, status_since, status_reason, status_origin, lead_actors } = initiative;
  const leaders = lead_actors.map((actor) => html`<a href="${visit.link(`/actors/${actor.slug}`)}">${actor.name}</a>`);
  return html`<header>
<p class="kicker">${label(kind)}</p>
<h1>${name}</h1>
<p class="byline">${status === null ? 'No development tells how far it has come' : html`<b>${label(status)}</b>${status_since && html` since ${whenText(status_since)}`}`}${leaders.length > 0 && html` · led by ${join(leaders, ', ')}`}</p>
${status_reason && html`<p class="quiet">${status_origin === 'by_hand' && 'Set by hand: '}${status_reason}</p>`}
${summary && html`<p class="lede">${summary}</p>`}
${dayControl(valid_at, visit)}
</header>`;
}

/** As it stood on a day; not to be taken for what was known on it. */
function dayControl(valid_at: string | null, { params, moment, link }: Visit): Html {
  const path = `/initiatives/${params.slug}`;
  return html`<form class="choose" method="get" action="${path}">
${Object.entries(moment).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<p><label for="valid-at">As it stood on</label> <input id="valid-at" type="date" name="valid_at" value="${valid_at}"> <button type="submit">Show</button></p>
${valid_at !== null && html`<p>You see how it stood on ${dayText(valid_at)}. <a href="${link(path)}">As it stands</a></p>`}
</form>`;
}

function participants({ participants, participants_total }: InitiativeWhole, visit: Visit): Html | null {
  if (participants.length === 0) return null;
  const table = (those: InitiativeWhole['participants'], name: string) =>
    html`<div class="scroll" tabindex="0" role="region" aria-label="${name}"><table class="told"><thead><tr><th scope="col">Who</th><th scope="col">As</th><th scope="col">Developments</th><th scope="col">Seen</th></tr></thead>
<tbody>${those.map((one) => participant(one, visit))}</tbody></table></div>`;
  return html`<section aria-labelledby="participants-title"><h2 id="participants-title">Who takes part</h2>
<p class="quiet">${count(participants_total, 'actor')} in its developments, the most frequent first.</p>
${table(participants.slice(0, FIRST), 'Who takes part most often')}
${participants.length > FIRST && html`<details><summary>${participants.length - FIRST} more</summary>${table(participants.slice(FIRST), 'Who else takes part')}</details>`}
</section>`;
}

function participant(
  { slug, name, kind, country_code, roles, events, first_seen_on, last_seen_on }: InitiativeWhole['participants'][number],
  { link }: Visit,
): Html {
  const about = kind === 'country' ? null : listed([words(kind), ...(country_code === null ? [] : [countryText(country_code)])]);
  const seen = [first_seen_on, last_seen_on].filter((day) => day !== null).map(dayText);
  return html`<tr><th scope="row"><a href="${link(`/actors/${slug}`)}">${name}</a>${about && html` <span class="quiet">${about}</span>`}</th>
<td>${roles.map(words).join(', ')}</td><td>${events}</td><td>${[...new Set(seen)].join(' – ')}</td></tr>`;
}

function notes({ notes }: InitiativeWhole): Html | null {
  if (notes.length === 0) return null;
  return html`<section aria-labelledby="notes-title"><h2 id="notes-title">Notes</h2>
${notes.map(({ topic, text }) => html`<p class="note">${topic && html`<b>${topic}.</b> `}${text}</p>`)}</section>`;
}
