// All action plans.
import type { z } from 'zod';
import type { actionPlanList } from '../../action-plans/schema.js';
import { whenText } from '../dates.js';
import { html } from '../html.js';
import { morePages, paged } from '../listing/pager.js';
import type { MakePage } from '../site.js';
import { count, sentence } from '../words.js';

export const plansPage: MakePage = async (visit) => {
  const { data, page } = await visit.ask<z.output<typeof actionPlanList>>(paged('/v1/action-plans', visit));
  return {
    title: 'Action plans',
    section: 'Plan',
    main: html`<h1>Action plans</h1>
<p class="lede">Numbered lists of commitments, and what became of each.</p>
<ul class="list">${data.map(
      (plan) => html`<li class="entry"><p class="when">${plan.issued_on && sentence(whenText(plan.issued_on))}</p><div>
<h2><a href="${visit.link(`/plans/${plan.slug}`)}">${plan.title}</a></h2>
${plan.summary && html`<p class="summary">${plan.summary}</p>`}
<p class="facts">${count(plan.items.length, 'item')}${plan.issuer && html` · <a href="${visit.link(`/actors/${plan.issuer.slug}`)}">${plan.issuer.name}</a>`}</p></div></li>`,
    )}</ul>
${data.length === 0 && html`<p>There is none.</p>`}
${morePages('/plans', visit, page)}`,
  };
};
