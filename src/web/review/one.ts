// A proposal on a page of its own, where its author follows it: by key, or by the secret in the address that it was answered
// with. Whoever has the address may read it, decided or not, as in the API.
import { signIn } from '../add/page.js';
import { html } from '../html.js';
import type { MakePage } from '../site.js';
import { compare, ownOf } from './compared.js';
import { decides } from './page.js';
import { proposal } from './proposal.js';

export const proposalPage: MakePage = async (visit) => {
  const tracking = visit.query.get('tracking') ?? undefined;
  const [one, isEditor, own] = await Promise.all([
    compare(visit.params.id!, visit, tracking === undefined ? '' : `?tracking=${encodeURIComponent(tracking)}`),
    decides(visit),
    ownOf(visit),
  ]);
  // The API repeats the secret to nobody but the author.
  const isAuthor = own.has(one.id) || one.url.includes('?tracking=');
  return {
    title: 'A proposal',
    section: 'Review',
    scripts: ['review.js'],
    head: html`<meta name="robots" content="noindex">`,
    isPrivate: true,
    main: html`${signIn()}
<p class="quiet"><a href="${visit.link('/review')}">All that waits</a> · <a href="${visit.link('/review?author=me')}">What I proposed</a>${tracking !== undefined && isAuthor && html` · Keep the address of this page: whoever has it can revise the proposal.`}</p>
<div id="queue">${proposal(one, { decides: isEditor && !isAuthor, isAuthor, tracking }, visit, true)}</div>`,
  };
};
