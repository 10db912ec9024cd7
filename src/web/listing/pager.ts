// Lists of one kind of thing over several pages, as the API has them by cursor.
import { type Html, html } from '../html.js';
import type { Visit } from '../site.js';
import { addressOf, without } from '../timeline/state.js';

/** The question to the API: that to the page, without what is empty. The moment is added by whoever asks. */
export function paged(address: string, { query }: Visit, more: Record<string, string> = {}): string {
  const asked = new URLSearchParams([...without(query, 'known_at', 'release')].filter(([, value]) => value !== ''));
  for (const [name, value] of Object.entries(more)) asked.set(name, value);
  return addressOf(address, asked);
}

/** @param page as the API answers it: the next and the previous address */
export function morePages(path: string, { query }: Visit, page: { next: string | null; previous: string | null }): Html | null {
  if (page.next === null && page.previous === null) return null;
  const at = (address: string) => {
    const asked = without(query, 'cursor');
    asked.set('cursor', new URLSearchParams(address.split('?')[1]).get('cursor')!);
    return addressOf(path, asked);
  };
  return html`<nav class="pager" aria-label="Pages of the list"><ul>
${page.previous !== null && html`<li><a rel="prev" href="${at(page.previous)}">Previous page</a></li>`}
${page.next !== null && html`<li><a rel="next" href="${at(page.next)}">Next page</a></li>`}
</ul></nav>`;
}
