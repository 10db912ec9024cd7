// The items of a plan as a board: what each says, how far it has come, how what happened weighs, and its own timeline.
import { whenShort, whenText } from '../dates.js';
import { type Html, html, join } from '../html.js';
import type { Visit } from '../site.js';
import { count, dayText, label, sentence } from '../words.js';
import { type Dot, dots, spanOf } from './dots.js';
import type { Item, Plan } from './page.js';

type Bearing = {
  slug: string;
  title: string;
  date: string;
  start_date: string | null;
  action_items: { plan: string; item: number; effect: string }[];
};

export function board(plan: Plan, items: Item[], lately: Bearing[], visit: Visit): Html {
  const span = spanOf(lately);
  const ofItem = (number: number): Dot[] =>
    lately.flatMap((event) =>
      event.action_items.filter(({ plan: of, item }) => of === plan.slug && item === number).map(({ effect }) => ({ ...event, effect })),
    );
  return html`<section aria-labelledby="board-title"><h2 id="board-title">The ${count(items.length, 'item')}</h2>
<p class="legend quiet"><span class="dot advances"></span> advances <span class="dot hinders"></span> hinders <span class="dot mentions"></span> mentions. Balance: those that advance an item, less those that hinder it.</p>
<ol class="board">${items.map((item) => card(item, dots(ofItem(item.number), span, visit), visit))}</ol></section>`;
}

function card(item: Item, strip: Html, { link }: Visit): Html {
  const { number, title, text, status, coverage } = item;
  const { advances, hinders, mentions } = coverage;
  const isGap = advances + hinders + mentions === 0;
  return html`<li id="item-${number}" class="card" tabindex="-1">
<header><p class="kicker">Item ${number} <span class="badge">${status === null ? 'not judged' : label(status)}</span>${isGap && html` <span class="badge gap">gap</span>`}</p>
<h3>${title}</h3></header>
${text && html`<p class="text">${text}</p>`}
<p class="figures"><b class="balance ${balanceClass(coverage.balance)}">${signed(coverage.balance)}</b>
<span>${advances} advance, ${hinders} hinder${mentions > 0 && `, ${mentions} mention`}</span></p>
${strip}
<p class="quiet">${coverage.last_event_on === null ? 'Nothing on record bears on it.' : `Last: ${dayText(coverage.last_event_on)}`}${
    item.topics.length > 0 &&
    html` · ${join(
      item.topics.map((topic) => html`<a href="${link(`/?topic=${topic.slug}`)}">${topic.name}</a>`),
      ', ',
    )}`
  }</p>
${judgement(item)}
${timeline(item, link)}
</li>`;
}

const judgement = ({ status, status_since, status_reason }: Item): Html | null =>
  status === null
    ? null
    : html`<p class="quiet">${label(status)}${status_since && ` since ${whenText(status_since)}`}${status_reason && `: ${status_reason}`}</p>`;

function timeline({ plan, number, title, timeline, coverage }: Item, link: Visit['link']): Html | null {
  if (timeline.length === 0) return null;
  const all = coverage.advances + coverage.hinders + coverage.mentions;
  return html`<details><summary>${timeline.length < all ? `The latest ${timeline.length}` : count(all, 'development')}<span class="unseen"> on item ${number}, ${title}</span></summary>
<ol class="latest">${timeline.map(
    (event) =>
      html`<li><span class="when">${sentence(whenShort(event.date))}</span> <span class="effect ${event.effect}">${event.effect}</span>
<a href="${link(`/events/${event.slug}`)}">${event.title}</a>${event.note && html`<br><span class="quiet">${event.note}</span>`}</li>`,
  )}</ol>
<p><a href="${link(`/?plan=${plan}&item=${number}`)}">All on the timeline<span class="unseen">: item ${number}</span></a></p></details>`;
}

export const signed = (balance: number): string => (balance > 0 ? `+${balance}` : balance < 0 ? `−${-balance}` : '0');
export const balanceClass = (balance: number): string => (balance > 0 ? 'advances' : balance < 0 ? 'hinders' : 'mentions');
