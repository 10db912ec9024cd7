// Markup that escapes by construction: whatever stands in a template of `html` is text, unless it was made by `html`
// itself. There is no way to put a string of somebody else's into a page as markup.

/** Finished markup; made by `html` and `join`, and by nothing else but the two functions at the end. */
export class Html {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

/** What may stand in a template; nothing is shown of null, undefined, true and false. */
export type Part = Html | string | number | boolean | null | undefined | readonly Part[];

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign]!);

/** A template of markup. Attributes stand in quotation marks, always: `href="${address}"`. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  let text = strings[0]!;
  parts.forEach((part, index) => {
    text += textOf(part) + strings[index + 1]!;
  });
  return new Html(text);
}

function textOf(part: Part): string {
  if (part === null || part === undefined || typeof part === 'boolean') return '';
  if (part instanceof Html) return part.text;
  return Array.isArray(part) ? part.map(textOf).join('') : escaped(String(part));
}

/** Parts with something between them, such as a comma. */
export const join = (parts: readonly Part[], between: Part): Html =>
  html`${parts.flatMap((part, index) => (index === 0 ? [part] : [between, part]))}`;

/** An attribute that is there or not: `<input ${attribute('checked', isChosen)}>`. */
export const attribute = (name: 'checked' | 'selected' | 'open' | 'hidden', isThere: boolean): Html => new Html(isThere ? name : '');

/** A snippet of the API: escaped there, with `<mark>` as its only element; anything else is shown as text. */
export const marked = (snippet: string): Html => new Html(snippet.replace(/<(?!\/?mark>)/g, '&lt;'));

/** Data in a script that no browser runs (JSON-LD). Nothing in it can end the script. */
export const dataBlock = (type: string, data: object): Html =>
  new Html(
    `<script type="${type}">${JSON.stringify(data).replace(/[<>&\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)}</script>`,
  );

/** An address outside this site, where it is one that a link may lead to. */
export const outside = (address: string | null): string | null => (address !== null && /^https?:\/\//i.test(address) ? address : null);
