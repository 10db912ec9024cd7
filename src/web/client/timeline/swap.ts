// Puts parts of a page that was asked for in the place of those that are there, and leaves the focus and open lists as they
// were. The server alone knows how a part looks.
import { ask } from '../key/key.js';

let latest = 0;

/** @param ids of the parts. @returns whether it came, and nothing was asked after it */
export async function swap(address: string, ids: string[]): Promise<boolean> {
  const turn = ++latest;
  const response = await ask(address, { headers: { accept: 'text/html' } });
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  if (turn !== latest) return false;
  if (!response.ok) {
    announce(page.querySelector('.lede')?.textContent ?? 'That did not work.');
    return false;
  }
  const focused = document.activeElement?.id;
  const opened = new Set([...document.querySelectorAll<HTMLDetailsElement>('details[open][id]')].map(({ id }) => id));
  for (const id of ids) {
    const [old, young] = [document.getElementById(id), page.getElementById(id)];
    if (old !== null && young !== null) old.replaceWith(document.adoptNode(young));
  }
  for (const id of opened) document.getElementById(id)?.setAttribute('open', '');
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  const [view, told] = [document.getElementById('view'), page.getElementById('view')];
  if (view !== null && told !== null) for (const [name, value] of Object.entries(told.dataset)) view.dataset[name] = value;
  document.title = page.title;
  return true;
}

export function announce(text: string): void {
  const place = document.getElementById('announcement');
  if (place !== null) place.textContent = text;
}
