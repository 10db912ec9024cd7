// The timeline: a chart to zoom and pan, a histogram under it to brush, filters with counts, the list beside them, and the
// same view elsewhere. Everything but the chart is there without scripts, too.
import type { Event } from '../../timeline/formats/format.js';
import type { Facets, Histogram, TimelineMeta } from '../../timeline/schema.js';
import type { Page } from '../frame.js';
import { attribute, type Html, html } from '../html.js';
import { type MakePage, Redirect, type Visit } from '../site.js';
import { count } from '../words.js';
import { elsewhere } from './elsewhere.js';
import { filters } from './filters.js';
import { list } from './list.js';
import { addressOf, GROUPS, type State, stateOf, without, withoutEmpty } from './state.js';
import { years } from './years.js';

export type Listed = Event & { snippet?: string };
export interface TimelineAnswer {
  data: Listed[];
  page: { next: string | null; previous: string | null; total: number };
  facets: Facets;
  meta: TimelineMeta;
}

const LIMIT = 25;
const FACETS = 'type,topic,actor,country,initiative';

export const timelinePage: MakePage = async (visit) => {
  const clean = withoutEmpty('/', visit.query);
  if (clean !== null) throw new Redirect(clean);
  const state = stateOf(visit.query);
  const asked = new URLSearchParams([...state.asked, ['limit', String(LIMIT)], ['total', 'true'], ['facets', FACETS]]);
  if (state.cursor !== null) asked.set('cursor', state.cursor);
  const [answer, whole] = await Promise.all([
    visit.askNow<TimelineAnswer>(addressOf('/v1/timeline', asked)),
    visit.askNow<Histogram>(addressOf('/v1/timeline/histogram', wholeOf(state))),
  ]);
  return pageOf(visit, state, answer, whole);
};

/** All years that the filters leave, whatever the window. */
const wholeOf = ({ asked }: State): URLSearchParams =>
  new URLSearchParams([...without(asked, 'from', 'to', 'order'), ['interval', 'year']]);

function pageOf(visit: Visit, state: State, answer: TimelineAnswer, whole: Histogram): Page {
  const { total } = answer.page;
  const isFiltered = [...without(state.asked, 'order', 'known_at', 'release')].length > 0;
  return {
    title: isFiltered ? 'Timeline, filtered' : 'Demarche',
    section: 'Timeline',
    description: 'Who proposed, decided, said and signed what on the governance of AI, and when: dated developments with their sources.',
    isWide: true,
    scripts: ['timeline.js'],
    head: html`<link rel="alternate" type="application/atom+xml" title="Recorded last" href="${addressOf('/v1/timeline.atom', without(state.asked, 'order'))}">
<meta property="og:title" content="Demarche: a timeline of policy developments">
<meta property="og:type" content="website">
<meta property="og:url" content="${visit.origin}${visit.address}">`,
    main: html`<div id="view" ${data(state, whole)}>
<div class="opening">
<h1>Timeline</h1>
<p class="lede" id="tally">${tally(state, total, answer, whole)}</p>
</div>
${chart(visit, state, answer, whole)}
<div class="reading">
${filters(visit, state, answer.facets)}
<section class="results" id="results" aria-labelledby="results-title">
<h2 id="results-title">${state.asked.get('q') === null ? 'Developments' : html`Found for “${state.asked.get('q')}”`}</h2>
${list(visit, state, answer)}
</section>
${elsewhere(visit, state)}
</div>
</div>`,
  };
}

function tally(state: State, total: number, { meta }: TimelineAnswer, { data }: Histogram): Html {
  const [first, last] = [data[0]?.start_date.slice(0, 4), data.at(-1)?.end_date.slice(0, 4)];
  const years = first === last ? `in ${first}` : `from ${first} to ${last}`;
  const isPart = state.from !== null || state.to !== null;
  return html`${count(total, 'development')}${first !== undefined && (isPart ? ` in this span; there are some ${years}` : ` on record, ${years}`)}.
${meta.searched_for && html`Nothing has the words as they were typed; this is what there is for <b>${meta.searched_for}</b>.`}`;
}

/** What the chart is drawn from: client/timeline.ts reads it, and reads it again when the view was changed. */
function data(state: State, { data: buckets }: Histogram): Html {
  const asked = without(state.asked, 'from', 'to', 'order');
  return html`data-asked="${String(asked)}" data-group="${state.group}" data-from="${state.from}" data-to="${state.to}" data-first="${buckets[0]?.start_date}" data-last="${buckets.at(-1)?.end_date}"`;
}

/** As tall as the chart will be, about (client/timeline/drawing.ts): lanes with their names beside them, and above them. */
function room({ group }: State, { facets }: TimelineAnswer): Html {
  const lanes = Math.min(facets[group]?.length ?? 1, group === 'type' ? 20 : 11);
  const [around, beside, above] = [38, 26.5, 41.5];
  return html`<svg class="room beside" height="${around + lanes * beside}" aria-hidden="true"></svg><svg class="room above" height="${around + lanes * above}" aria-hidden="true"></svg>`;
}

function chart(visit: Visit, state: State, answer: TimelineAnswer, whole: Histogram): Html {
  const isEmpty = attribute('hidden', whole.data.length === 0);
  const groups = GROUPS.map((name) => {
    const query = without(visit.query, 'group', 'cursor');
    if (name !== 'type') query.set('group', name);
    return html`<li><a href="${addressOf('/', query)}" data-view${name === state.group && html` aria-current="true"`}>${name}</a></li>`;
  });
  return html`<section class="chart" aria-labelledby="chart-title">
<div class="tools">
<h2 id="chart-title" class="unseen">Chart</h2>
<div class="groups"><span id="group-by">Grouped by</span><ul aria-labelledby="group-by" id="groups">${groups}</ul></div>
<div class="buttons" data-tools ${isEmpty}>
<button type="button" data-do="earlier" title="Earlier (left arrow)"><span aria-hidden="true">←</span><span class="unseen">Earlier</span></button>
<button type="button" data-do="later" title="Later (right arrow)"><span aria-hidden="true">→</span><span class="unseen">Later</span></button>
<button type="button" data-do="in" title="Zoom in (plus)"><span aria-hidden="true">+</span><span class="unseen">Zoom in</span></button>
<button type="button" data-do="out" title="Zoom out (minus)"><span aria-hidden="true">−</span><span class="unseen">Zoom out</span></button>
<button type="button" data-do="all" title="Show all (zero)">All</button>
</div>
</div>
<div class="drawing" data-drawing ${isEmpty}>${room(state, answer)}</div>
<figure class="years" data-years>${years(visit, state, whole)}</figure>
<p class="hint" data-tools ${isEmpty}>Drag to move; pinch, or <kbd>Ctrl</kbd> and the wheel, to zoom; drag over the histogram to choose a span. Faded bars are imprecise dates.</p>
</section>`;
}
