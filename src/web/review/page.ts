// The queue of proposals, the oldest first: what each would change, side by side, the buttons of a verdict for editors, and for
// its author what an author may do. The page is asked for again in the name of the bearer (client/review.ts): without a key it
// shows what is decided.
import { Problem } from '../../errors.js';
import type { ProposalEntry } from '../../proposals/schema.js';
import { signIn } from '../add/page.js';
import { type Html, html } from '../html.js';
import { morePages, paged } from '../listing/pager.js';
import type { MakePage, Visit } from '../site.js';
import { count, dayText, label, words } from '../words.js';
import { compare, ownOf } from './compared.js';
import { proposal } from './proposal.js';

interface Queue {
  data: ProposalEntry[];
  page: { next: string | null; previous: string | null; total?: number };
}

/** So many are shown with all that they change, and so many of those that are decided. */
const [LIMIT, DECIDED] = ['10', '10'];

export const reviewPage: MakePage = async (visit) => {
  const { query } = visit;
  const isMine = query.get('author') === 'me';
  const asked = paged('/v1/proposals', visit, {
    limit: LIMIT,
    total: 'true',
    ...(isMine ? { sort: '-updated_at' } : !query.has('state') && { state: 'open,changes_requested' }),
  });
  const [queue, decided, isEditor, own] = await Promise.all([
    isMine ? orNothing(visit, asked) : visit.askNow<Queue>(asked),
    visit.askNow<Queue>(`/v1/proposals?state=accepted,rejected&sort=-updated_at&limit=${DECIDED}`),
    decides(visit),
    ownOf(visit),
  ]);
  const compared = await Promise.all(queue.data.map((one) => compare(one.id, visit)));
  return {
    title: isMine ? 'Your proposals' : 'Review',
    section: 'Review',
    description: 'What is proposed, what it would change, and what became of it.',
    scripts: ['review.js'],
    main: html`<h1>${isMine ? 'Your proposals' : 'Review'}</h1>
<noscript><div class="caveat"><h2>To decide takes scripts</h2><p>Without them, read the queue at <code>GET /v1/proposals</code> with your key, and decide with <code>POST /v1/proposals/{id}/accept</code> and its like. <a href="/docs">How</a>.</p></div></noscript>
${signIn()}
<nav class="tabs" aria-label="Proposals"><ul><li><a href="${visit.link('/review')}"${!isMine && html` aria-current="page"`}>What waits</a></li><li><a href="${visit.link('/review?author=me')}"${isMine && html` aria-current="page"`}>What I proposed</a></li></ul></nav>
<section class="own" data-own hidden aria-labelledby="own-title"><h2 id="own-title">Sent from this tab without a key</h2><ul></ul></section>
<div id="queue">
<p class="lede">${isMine ? toldOfOwn(queue) : told(queue, isEditor)}</p>
${compared.map((one) => proposal(one, { decides: isEditor && !own.has(one.id), isAuthor: own.has(one.id) }, visit))}
${morePages('/review', visit, queue.page)}
${!isMine && past(decided, visit)}
</div>`,
  };
};

/** Without a key nobody is meant by "me". */
async function orNothing({ askNow }: Visit, address: string): Promise<Queue> {
  try {
    return await askNow<Queue>(address);
  } catch (error) {
    if (error instanceof Problem && error.status === 400) return { data: [], page: { next: null, previous: null } };
    throw error;
  }
}

const toldOfOwn = ({ data, page }: Queue): string =>
  data.length === 0
    ? 'Here is what you proposed with the key that you use.'
    : `${count(page.total ?? data.length, 'proposal')}, the last one changed first.`;

/** Whether whoever looks at it may decide. */
export async function decides({ askNow }: Visit): Promise<boolean> {
  try {
    await askNow('/v1/proposals?taken_by=me&limit=1');
    return true;
  } catch (error) {
    if (error instanceof Problem && (error.status === 401 || error.status === 403)) return false;
    throw error;
  }
}

function told({ data, page }: Queue, isEditor: boolean): string {
  if (!isEditor)
    return data.length === 0
      ? 'Editors see what waits here; you see what is decided, and what you proposed.'
      : 'These are yours, and undecided.';
  return data.length === 0 ? 'Nothing waits.' : `${count(page.total ?? data.length, 'proposal')}, the oldest first.`;
}

function past({ data }: Queue, { link }: Visit): Html | null {
  if (data.length === 0) return null;
  return html`<section aria-labelledby="decided-title"><h2 id="decided-title">Decided last</h2><ul class="decided">${data.map(
    ({ kind, state, target, author, change, verdict }) => {
      const name = typeof change?.title === 'string' ? change.title : (target.slug ?? words(target.entity));
      const slug = verdict?.revision?.slug ?? null;
      const shown = state === 'accepted' && target.entity === 'event' && slug !== null && kind !== 'withdraw';
      return html`<li><b>${label(state)}</b> ${words(kind)} of ${shown ? html`<a href="${link(`/events/${slug}`)}">${name}</a>` : name}${author && html`, by ${author}`}
<span class="quiet">${verdict && html`${verdict.by}, ${dayText(verdict.at)}`}${verdict?.comment && html`: ${verdict.comment}`}</span></li>`;
    },
  )}</ul></section>`;
}
