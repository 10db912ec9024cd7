// An action plan: what it says, its items as a board, and what became of them as a matrix.
import type { z } from 'zod';
import type { actionItemWhole, actionPlan } from '../../action-plans/schema.js';
import type { Coverage } from '../../coverage/schema.js';
import { whenText } from '../dates.js';
import { placeWords } from '../event/facts.js';
import { type Html, html, join, outside } from '../html.js';
import type { MakePage, Visit } from '../site.js';
import type { TimelineAnswer } from '../timeline/page.js';
import { addressOf } from '../timeline/state.js';
import { count } from '../words.js';
import { board } from './board.js';
import { coverageQuestion, matrix } from './matrix.js';

export type Plan = z.output<typeof actionPlan>;
export type Item = z.output<typeof actionItemWhole>;

/** So many developments are drawn as dots beside the items; the latest. */
const DOTS = 200;

export const planPage: MakePage = async (visit) => {
  const api = `/v1/action-plans/${encodeURIComponent(visit.params.slug!)}`;
  const plan = await visit.ask<Plan>(api);
  const [coverage, lately, ...items] = await Promise.all([
    visit.ask<Coverage>(addressOf(`${api}/coverage`, coverageQuestion(visit.query))),
    visit.ask<TimelineAnswer>(`/v1/timeline?plan=${plan.slug}&limit=${DOTS}&order=desc`),
    ...plan.items.map(({ number }) => visit.ask<Item>(`${api}/items/${number}`)),
  ]);
  return {
    title: plan.title,
    section: 'Plan',
    description: plan.summary ?? `${plan.title}: ${count(plan.items.length, 'item')} and what became of them.`,
    isWide: true,
    head: html`<link rel="alternate" type="application/json" href="/v1/action-plans/${plan.slug}">`,
    main: html`<article class="plan">
${opening(plan, visit)}
${board(plan, items, lately.data, visit)}
${matrix(coverage, visit)}
${about(plan)}
${sources(plan)}
<p class="data quiet">This plan as data: <a href="${visit.link(`/v1/action-plans/${plan.slug}`)}">JSON</a>, <a href="${visit.link(`/v1/action-plans/${plan.slug}/coverage.csv?by=${coverage.by}`)}">the matrix as CSV</a>.</p>
</article>`,
  };
};

function opening(plan: Plan, { link }: Visit): Html {
  const place = placeWords(plan.place);
  const issued = [
    plan.issued_on && html`Issued on ${whenText(plan.issued_on)}`,
    plan.issuer && html`by <a href="${link(`/actors/${plan.issuer.slug}`)}">${plan.issuer.name}</a>`,
    place && html`in ${place}`,
  ].filter((part) => part);
  return html`<header>
<p class="kicker">Action plan</p>
<h1>${plan.title}</h1>
${plan.title_variants.map(({ title, language }) => html`<p class="variant" lang="${language}">${title}</p>`)}
<p class="byline">${join(issued, ' ')}</p>
${plan.summary && html`<p class="lede">${plan.summary}</p>`}
</header>`;
}

function about({ principles, priorities }: Plan): Html | null {
  if (principles.length + priorities.length === 0) return null;
  return html`<section class="halves" aria-labelledby="about-title"><h2 id="about-title">What it rests on</h2>
${principles.length > 0 && html`<div><h3>Principles</h3><ul>${principles.map((one) => html`<li>${one}</li>`)}</ul></div>`}
${priorities.length > 0 && html`<div><h3>Priorities that readers name</h3><ul>${priorities.map(priority)}</ul></div>`}
</section>`;
}

const priority = ({ priority, items, reason }: Plan['priorities'][number]): Html => {
  const links = items.map((item) => html`<a href="#item-${item}">item ${item}</a>`);
  return html`<li><b>${priority}</b>${links.length > 0 && html` (${join(links, ', ')})`}${reason && html`<br><span class="quiet">${reason}</span>`}</li>`;
};

function sources({ sources }: Plan): Html | null {
  if (sources.length === 0) return null;
  return html`<section aria-labelledby="sources-title"><h2 id="sources-title">Sources</h2><ul class="sources">${sources.map(
    ({ title, publisher, url }) => {
      const address = outside(url);
      return html`<li>${address === null ? title : html`<a href="${address}" rel="noopener">${title}</a>`}${publisher && html`, ${publisher}`}</li>`;
    },
  )}</ul></section>`;
}
