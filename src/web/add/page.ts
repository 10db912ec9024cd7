// A form to add a development, to suggest a change of one (`?event=`), or to revise a proposal (`?proposal=`): its fields follow
// from the type, by the schemas that check it. The script fills it and sends it in the name of the bearer of a key; the page
// itself knows no key.
import type { z } from 'zod';
import type { actionPlanList } from '../../action-plans/schema.js';
import { REASONS } from '../../contract/write.js';
import { attribute, type Html, html } from '../html.js';
import type { MakePage } from '../site.js';
import { label } from '../words.js';
import { field, rows } from './fields.js';
import { detailsOf, membersOf, type Shape, TYPES } from './forms.js';

type Plans = z.output<typeof actionPlanList>['data'];

const FIRST = ['title', 'date', 'summary'];
const ABOUT = ['certainty', 'significance', 'action', 'place', 'actors', 'topics', 'initiatives'];
/** What is asked for of a citation at once, and of it and a source that is not on record where somebody wants to tell more. */
const [OF_CITATION, MORE_OF_SOURCE, MORE_OF_CITATION] = [
  ['quote', 'claim'],
  ['kind', 'language', 'published_on'],
  ['locator', 'stance', 'note'],
];

type Purpose = 'new' | 'change' | 'revision';
const HEADINGS: Record<Purpose, [title: string, lede: string]> = {
  new: ['Add a development', 'Whoever has a key can propose one, with at least one source; editors publish.'],
  change: ['Suggest a change', 'The development as it is on record; whatever you change is proposed, or published by editors.'],
  revision: ['Revise your proposal', 'As you proposed it; it is open again as soon as you send it.'],
};

export const addPage: MakePage = async (visit) => {
  const { data: plans } = await visit.askNow<{ data: Plans }>('/v1/action-plans?limit=200');
  const type = Object.hasOwn(TYPES, visit.query.get('type') ?? '') ? visit.query.get('type')! : 'statement';
  const purpose: Purpose = visit.query.has('proposal') ? 'revision' : visit.query.has('event') ? 'change' : 'new';
  const [title, lede] = HEADINGS[purpose];
  return {
    title,
    section: 'Add',
    description: 'Propose or publish a development, with its sources.',
    scripts: ['add.js'],
    main: html`<h1>${title}</h1>
<p class="lede">${lede}</p>
${withoutScripts()}
${signIn()}
<p class="about" data-about role="status"></p>
<form class="add" data-add="${purpose}" hidden novalidate>
<div class="faults" data-faults role="alert" hidden></div>
<section aria-labelledby="what-title"><h2 id="what-title">What happened</h2>
${types(type)}
${FIRST.map((name) => field(name, membersOf()[name]!, `/${name}`, name !== 'summary'))}
<div class="similar" data-similar role="status" hidden></div></section>
<section aria-labelledby="sources-title"><h2 id="sources-title">Sources</h2>${sources()}</section>
${details(type)}
<section aria-labelledby="about-title"><h2 id="about-title">Who, where, and what of</h2>
${ABOUT.map((name) => field(name, membersOf()[name]!, `/${name}`))}
${items(plans)}
${field('related', membersOf().related!, '/related')}
${field('caveat', membersOf().caveat!, '/caveat')}</section>
${sending(purpose)}
</form>
${['actors', 'topics', 'initiatives', 'sources', 'events'].map((kind) => html`<datalist id="complete-${kind}"></datalist>`)}`,
  };
};

/** Said also where there is a script, until it runs. */
const withoutScripts = (): Html => html`<noscript><div class="caveat"><h2>This page needs scripts</h2>
<p>Without them, send the development to the API: <code>POST /v1/proposals</code>, or as an editor <code>POST /v1/events</code>, with your key in the header <code>Authorization</code>. <a href="/docs">How it looks</a>.</p></div></noscript>`;

/** Read by client/key/sign-in.ts. */
export const signIn = (): Html => html`<form class="key" data-sign-in hidden>
<label for="own-key">API key</label>
<span class="beside"><input id="own-key" type="password" name="key" autocomplete="off" spellcheck="false" required> <button type="submit">Use this key</button></span>
<p class="quiet">It is kept in this tab alone, and forgotten when you close it.</p>
</form>
<p data-signed-in hidden><b data-who></b> <button type="button" class="plain" data-sign-out>Forget the key</button></p>`;

function types(type: string): Html {
  return html`<p class="field"><label><span>Type <b class="needed" title="needed">*</b></span>
<select data-member="type" data-type>${Object.keys(TYPES).map((name) => html`<option value="${name}" ${attribute('selected', name === type)}>${label(name)}</option>`)}</select></label></p>`;
}

/** Another type asks for this part of the page again. */
function details(type: string): Html {
  return html`<section id="details" aria-labelledby="details-title" data-group="details"><h2 id="details-title">${label(type)}</h2>
<p class="quiet">${TYPES[type]} All of this can be left out.</p>
${Object.entries(detailsOf(type)).map(([name, shape]) => field(name, shape, `/details/${name}`))}</section>`;
}

function sources(): Html {
  const shape = membersOf().sources!.items!.properties!;
  const made = shape.source!.made!.properties!;
  const told = (name: string, of: Record<string, Shape>) => field(name, { ...of[name], default: undefined }, `/sources/${name}`);
  const cells = html`${field('source', { type: 'string', maxLength: 2000, description: 'Its address (url).' }, '/sources/source', true)}
${field('title', { ...made.title, description: 'Of a source that is not on record yet.' }, '/sources/title')}
${told('publisher', made)}
${OF_CITATION.map((name) => field(name, shape[name]!, `/sources/${name}`))}
<details class="made"><summary>More about this source</summary><div class="row">${MORE_OF_SOURCE.map((name) => told(name, made))}${MORE_OF_CITATION.map((name) => told(name, shape))}</div></details>`;
  return rows('sources', cells, 'source');
}

/** The items of plans that it bears on. */
function items(plans: Plans): Html | null {
  if (plans.length === 0) return null;
  const shape = membersOf().action_items!.items!.properties!;
  const cells = html`<p class="field"><label><span>Item</span><select data-member="item"><option value=""></option>${plans.map(
    ({ slug, title, items }) =>
      html`<optgroup label="${title}">${items.map((item) => html`<option value="${slug}/${item.number}">${item.number}: ${item.title}</option>`)}</optgroup>`,
  )}</select></label></p>
${field('effect', shape.effect!, '/action_items/effect', true)}${field('note', shape.note!, '/action_items/note')}`;
  return rows('action_items', cells, 'item');
}

function sending(purpose: Purpose): Html {
  const isChange = purpose !== 'new';
  const reasons = html`<p class="field"><label><span>Kind of change</span><select data-reason><option value=""></option>${REASONS.map((reason) => html`<option value="${reason}" ${attribute('selected', purpose === 'change' && reason === 'correction')}>${label(reason)}</option>`)}</select></label></p>`;
  // Of a change, what the development itself cites may be left as it is.
  const backing = html`<div data-backing>${rows('backing', field('address', { type: 'string' }, '/backing/address'), 'object', 'Where it can be looked up')}
<p class="quiet">A proposal takes at least one address, here or among the sources above that you change.</p></div>`;
  return html`<section aria-labelledby="send-title"><h2 id="send-title">Send it</h2>
<p class="field"><label><span>Why it should be recorded so</span><textarea rows="2" maxlength="5000" data-rationale></textarea></label><span class="quiet">Needed for a proposal; of what is published it is the comment in the history.</span></p>
${isChange && html`${reasons}${backing}`}
<div data-preview></div>
<p class="buttons-row"><button type="button" data-do="preview">Preview</button> <button type="button" data-do="propose">${purpose === 'revision' ? 'Send the revision' : 'Propose'}</button> <button type="button" data-do="publish" hidden>Publish</button>
${purpose === 'change' && html`<button type="button" class="small" data-do="remove">Propose to withdraw it</button>`}</p>
<p data-done role="status"></p></section>`;
}
