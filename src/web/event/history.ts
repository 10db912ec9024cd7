// What became of a record: each version that readers may see, why it was made, and what changed, in plain English.
import { type Html, html } from '../html.js';
import type { Visit } from '../site.js';
import { count, dayText, label, words } from '../words.js';

interface Revision {
  version: number;
  operation: string;
  reason: string | null;
  comment: string | null;
  author: string;
  recorded_at: string;
  changed: string[];
}

export interface Recorded extends Revision {
  /** Against the version before; empty for the first. */
  changes: { sentence: string }[];
}

/** Of so many versions the differences are told; the API has those of all. */
const MOST = 20;

/** @param address of the resource in the API. @param last the last version that counts: the one in force then */
export async function readHistory({ askNow }: Visit, address: string, last: number): Promise<Recorded[]> {
  const { data } = await askNow<{ data: Revision[] }>(`${address}/revisions?limit=${MOST}`);
  const told = data.filter(({ version }) => version <= last);
  return Promise.all(
    told.map(async (revision, index) => {
      const before = told[index + 1];
      if (before === undefined) return { ...revision, changes: [] };
      const range = `${before.version}..${revision.version}`;
      return { ...revision, changes: (await askNow<{ changes: Recorded['changes'] }>(`${address}/revisions?diff=${range}`)).changes };
    }),
  );
}

/** @param path of the page */
export function history(recorded: Recorded[], path: string, api: string): Html {
  return html`<section class="history" aria-labelledby="history-title"><h2 id="history-title">History of this record</h2>
<p class="quiet">${count(recorded.length, 'version')}; <a href="${api}/revisions">as data</a></p>
<ol reversed>${recorded.map(
    (one) => html`<li value="${one.version}">
<p><b>${label(one.operation)}</b> on <time datetime="${one.recorded_at}">${dayText(one.recorded_at)}</time> by ${one.author}${one.reason && html`, ${words(one.reason)}`}
· <a href="${path}?known_at=${one.recorded_at}">as it was then</a></p>
${one.comment && html`<p class="quiet">${one.comment}</p>`}
${one.changes.length > 0 && html`<ul>${one.changes.map(({ sentence }) => html`<li>${sentence}</li>`)}</ul>`}
</li>`,
  )}</ol></section>`;
}
