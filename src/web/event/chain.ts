// Before and after in the chain: what an event answers, follows, amends, and what answers, follows, amends it.
import type { Event } from '../../timeline/formats/format.js';
import { whenShort } from '../dates.js';
import { type Html, html } from '../html.js';
import type { Visit } from '../site.js';
import { label, sentence, words } from '../words.js';

export interface Related {
  relation: string;
  direction: string;
  event: Event;
}

/** As seen from the event: what it does to the other, and what the other does to it. */
const RELATIONS: Record<string, [to: string, from: string]> = {
  responds_to: ['responds to', 'answered by'],
  follows_up: ['follows up on', 'followed up by'],
  implements: ['implements', 'implemented by'],
  amends: ['amends', 'amended by'],
  supersedes: ['supersedes', 'superseded by'],
  contradicts: ['contradicts', 'contradicted by'],
  part_of: ['part of', 'includes'],
};

const relationText = ({ relation, direction }: Related): string => RELATIONS[relation]?.[direction === 'to' ? 0 : 1] ?? words(relation);

export function chain(event: Event, related: Related[], visit: Visit): Html | null {
  if (related.length === 0) return null;
  const isBefore = ({ event: other }: Related) =>
    (other.start_date ?? '') < (event.start_date ?? '') || (other.start_date === event.start_date && other.id < event.id);
  const [before, after] = [related.filter(isBefore), related.filter((one) => !isBefore(one))];
  return html`<section class="chain" aria-labelledby="chain-title"><h2 id="chain-title">Before and after</h2>
<ol>
${before.map((one) => link(one, visit))}
<li class="here" aria-current="true"><p class="when">${sentence(whenShort(event.date))}</p><p><b>${event.title}</b></p></li>
${after.map((one) => link(one, visit))}
</ol></section>`;
}

const link = (related: Related, visit: Visit): Html =>
  html`<li><p class="when">${sentence(whenShort(related.event.date))}</p><p><span class="relation">${label(relationText(related))}</span>
<a href="${visit.link(`/events/${related.event.slug}`)}">${related.event.title}</a></p></li>`;
