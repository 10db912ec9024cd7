// Completes actors, topics, initiatives and sources while they are typed: by name, other names and slug. What there is is
// read once from the API; the browser's own list of suggestions shows what fits.
import { askData } from '../key/key.js';

interface Known {
  /** What is put into the field: a slug, or the address of a source. */
  value: string;
  name: string;
  /** In small letters. */
  words: string;
}

/** So many suggestions, and so many things of a kind at most, by pages. */
const [SHOWN, PAGE, PAGES] = [12, 200, 25];

const read = new Map<string, Promise<Known[]>>();

export function complete(form: HTMLElement): void {
  form.addEventListener('input', ({ target }) => {
    if (target instanceof HTMLInputElement && target.dataset.complete !== undefined) void suggest(target, target.dataset.complete);
  });
  form.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement && target.dataset.complete !== undefined) void settle(target, target.dataset.complete);
  });
}

const knownOf = (kind: string): Promise<Known[]> => {
  if (!read.has(kind)) read.set(kind, readAll(kind));
  return read.get(kind)!;
};

async function readAll(kind: string): Promise<Known[]> {
  const known: Known[] = [];
  let next: string | null = `/v1/${kind}?limit=${PAGE}`;
  for (let page = 0; next !== null && page < PAGES; page++) {
    const answer: { data: Record<string, unknown>[]; page: { next: string | null } } = await askData(next);
    for (const one of answer.data) {
      const name = String(one.name ?? one.title);
      const value = String((kind === 'sources' ? one.url : null) ?? one.slug ?? one.id);
      const others = [one.native_name, one.publisher, ...((one.aliases as string[] | undefined) ?? [])].filter(Boolean);
      known.push({ value, name, words: [name, value, ...others].join(' ').toLowerCase() });
    }
    next = answer.page.next;
  }
  return known;
}

async function suggest(input: HTMLInputElement, kind: string): Promise<void> {
  const known = await knownOf(kind);
  const typed = input.value.trim().toLowerCase();
  const parts = typed.split(/\s+/);
  const fits = typed === '' ? [] : known.filter(({ words }) => parts.every((part) => words.includes(part)));
  fits.sort((a, b) => Number(b.name.toLowerCase().startsWith(typed)) - Number(a.name.toLowerCase().startsWith(typed)));
  const options = fits.slice(0, SHOWN).map(({ value, name }) => {
    const option = document.createElement('option');
    option.value = value;
    option.label = name;
    option.textContent = name;
    return option;
  });
  document.getElementById(`complete-${kind}`)?.replaceChildren(...options);
}

/** Whoever typed the name in full means what bears it. */
async function settle(input: HTMLInputElement, kind: string): Promise<void> {
  const typed = input.value.trim().toLowerCase();
  const meant = (await knownOf(kind)).find(({ name }) => name.toLowerCase() === typed);
  if (meant !== undefined) input.value = meant.value;
}
