// A development as it would be shown, and those that it may be the same as.
import { whenShort } from '../../dates.js';

export interface Shown {
  title?: unknown;
  type?: unknown;
  date?: unknown;
  summary?: unknown;
  slug?: string;
  place?: { name?: string | null; city?: string | null; country_name?: string | null; country_code?: string | null } | null;
  actors?: { name?: string; actor?: unknown }[];
  sources?: unknown[];
}

export interface Similar {
  slug: string;
  title: string;
  date: string;
  likely: boolean;
  reasons: { detail: string }[];
}

function element(name: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1).replaceAll('_', ' ');

export function cardOf(event: Shown): HTMLElement {
  const { place, actors = [], sources = [] } = event;
  const who = [...new Set(actors.map((one) => one.name ?? String(one.actor ?? '')))].slice(0, 3);
  const where = [place?.name, place?.city, place?.country_name ?? place?.country_code].filter(Boolean).join(', ');
  const facts = [where, who.join(', '), `${sources.length} ${sources.length === 1 ? 'source' : 'sources'}`].filter((part) => part !== '');
  const body = element(
    'div',
    '',
    element('p', 'kicker', sentence(String(event.type ?? ''))),
    element('h3', '', String(event.title ?? '')),
    element('p', 'summary', String(event.summary ?? '')),
    element('p', 'facts', facts.join(' · ')),
  );
  return element('article', 'entry', element('p', 'when', whenOf(String(event.date ?? ''))), body);
}

/** What is no date yet stands as it was typed. */
function whenOf(date: string): string {
  try {
    return sentence(whenShort(date));
  } catch {
    return date;
  }
}

/** @returns what to say of those that may be the same; null where there are none */
export function warningOf(similar: Similar[]): HTMLElement | null {
  if (similar.length === 0) return null;
  const items = similar.map(({ slug, title, date, reasons }) => {
    const link = element('a', '', title) as HTMLAnchorElement;
    link.href = `/events/${slug}`;
    link.target = '_blank';
    return element('li', '', link, ` (${whenOf(date)}) `, element('span', 'quiet', reasons.map(({ detail }) => detail).join(' ')));
  });
  const isLikely = similar.some(({ likely }) => likely);
  return element(
    'div',
    '',
    element('p', '', isLikely ? 'This seems to be on record already:' : 'On record, and somewhat alike:'),
    element('ul', '', ...items),
  );
}
