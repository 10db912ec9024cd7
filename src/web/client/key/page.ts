// Pages of a private server: a browser that goes somewhere sends no key, so it is answered a page that asks for one. The
// page is asked for again in the name of the bearer, and takes its place.
import { ask, forgetKey, keepKey, readKey } from './key.js';

/** @param prepare is called again when the page is another one */
export async function readWithKey(prepare: () => void): Promise<void> {
  const form = document.querySelector<HTMLFormElement>('[data-key-form]');
  if (form === null) return;
  form.hidden = false;
  form.onsubmit = (event) => {
    event.preventDefault();
    keepKey(String(new FormData(form).get('key')).trim());
    void show(prepare);
  };
  if (readKey() !== null) await show(prepare);
}

async function show(prepare: () => void): Promise<void> {
  const response = await ask(location.href, { headers: { accept: 'text/html' } });
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  if (response.status === 401) {
    forgetKey();
    const told = document.querySelector('.lede');
    if (told !== null) told.textContent = page.querySelector('.lede')?.textContent ?? '';
    document.querySelector<HTMLInputElement>('#key')?.focus();
    return;
  }
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  prepare();
  // What it needs besides is run now: a script that came with the text is not.
  for (const { src } of page.querySelectorAll<HTMLScriptElement>('head script[type=module][src]'))
    if (!document.querySelector(`head script[src="${new URL(src).pathname}"]`)) await import(src);
}
