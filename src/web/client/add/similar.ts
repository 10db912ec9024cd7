// Warns of developments that may be the same, while one is typed.
import { isEdtf } from '../../understood.js';
import { ask } from '../key/key.js';
import { type Similar, warningOf } from './card.js';

/** In milliseconds: from the last stroke until duplicates are asked for. */
const PAUSE = 400;

/** @param read what is typed, as the API takes it. @param except the slug of the development that is changed itself */
export function warnOfSimilar(form: HTMLElement, read: () => Record<string, unknown>, except: string | null): void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let asked = '';
  const box = form.querySelector<HTMLElement>('[data-similar]')!;

  async function look(): Promise<void> {
    const question = questionOf(read());
    if (question === null) {
      box.hidden = true;
      return;
    }
    if (asked === question) return;
    asked = question;
    const response = await ask(`/v1/events/similar?${asked}`);
    if (!response.ok || asked !== question) return;
    const { data } = (await response.json()) as { data: Similar[] };
    const warning = warningOf(data.filter(({ slug }) => slug !== except));
    box.hidden = warning === null;
    box.replaceChildren(...(warning === null ? [] : [warning]));
  }

  form.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  });
}

/** @returns nothing where there is not enough to tell by */
function questionOf(event: Record<string, unknown>): string | null {
  const { title, date, type, sources = [] } = event as { title?: string; date?: string; type?: string; sources?: { source?: unknown }[] };
  const question = new URLSearchParams({ limit: '3' });
  if (title !== undefined && title.length > 5) question.set('title', title.slice(0, 200));
  for (const { source } of sources.slice(0, 20)) {
    const address = typeof source === 'object' && source !== null ? (source as { url?: string }).url : source;
    if (typeof address === 'string' && /^https?:\/\/./.test(address)) question.append('source', address);
  }
  if (!question.has('title') && !question.has('source')) return null;
  if (date !== undefined && isEdtf(date)) question.set('date', date);
  if (type !== undefined) question.set('type', type);
  return String(question);
}
