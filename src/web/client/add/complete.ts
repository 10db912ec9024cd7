// Completes actors, topics, initiatives and sources while they are typed: by name, other names and slug. What there is is
// read once from the API; the browser's own list of suggestions shows what fits. Developments are searched for instead: there
// may be very many.
import { ask, askData } from '../key/key.js';

export interface Known {
  id: string;
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

export const knownOf = (kind: string): Promise<Known[]> => {
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
      known.push({ id: String(one.id), value, name, words: [name, value, ...others].join(' ').toLowerCase() });
    }
    next = answer.page.next;
  }
  return known;
}

async function suggest(input: HTMLInputElement, kind: string): Promise<void> {
  const typed = input.value.trim().toLowerCase();
  const fits = kind === 'events' ? await searched(typed) : await fitting(typed, kind);
  // Something else was typed meanwhile.
  if (typed !== input.value.trim().toLowerCase()) return;
  const options = fits.slice(0, SHOWN).map(({ value, name }) => {
    const option = document.createElement('option');
    option.value = value;
    option.label = name;
    option.textContent = name;
    return option;
  });
  document.getElementById(`complete-${kind}`)?.replaceChildren(...options);
}

type Suggested = Pick<Known, 'value' | 'name'>;

async function fitting(typed: string, kind: string): Promise<Suggested[]> {
  const known = await knownOf(kind);
  const parts = typed.split(/\s+/);
  const fits = typed === '' ? [] : known.filter(({ words }) => parts.every((part) => words.includes(part)));
  return fits.sort((a, b) => Number(b.name.toLowerCase().startsWith(typed)) - Number(a.name.toLowerCase().startsWith(typed)));
}

async function searched(typed: string): Promise<Suggested[]> {
  if (typed.length < 3) return [];
  const question = new URLSearchParams({ q: typed.replace(/["-]/g, ' '), order: 'relevance', limit: String(SHOWN) });
  const response = await ask(`/v1/timeline?${question}`);
  if (!response.ok) return [];
  const { data } = (await response.json()) as { data: { slug: string; title: string; date: string }[] };
  return data.map(({ slug, title, date }) => ({ value: slug, name: `${date}: ${title}` }));
}

/** Whoever typed the name in full means what bears it; what bears none is to be described. */
async function settle(input: HTMLInputElement, kind: string): Promise<void> {
  if (kind === 'events') return;
  const typed = input.value.trim().toLowerCase();
  const known = await knownOf(kind);
  const meant = known.find(({ name }) => name.toLowerCase() === typed);
  if (meant !== undefined) input.value = meant.value;
  const summary = input.closest('[data-row]')?.querySelector<HTMLElement>(`[data-made="${input.dataset.member}"] > summary`);
  if (summary === null || summary === undefined) return;
  summary.dataset.told ??= summary.textContent ?? '';
  const isThere = typed === '' || known.some(({ value }) => value === input.value.trim());
  summary.textContent = isThere ? summary.dataset.told : `“${input.value.trim()}” is not on record: describe it here`;
  summary.classList.toggle('is-asked', !isThere);
}

/** What is described in full takes the place of the reference: its name goes along, there and back. */
export function describeInstead(form: HTMLElement): void {
  // The event does not bubble, but it can be seen on its way.
  form.addEventListener(
    'toggle',
    ({ target }) => {
      if (!(target instanceof HTMLDetailsElement) || target.dataset.made === undefined) return;
      const reference = target
        .closest('[data-row]')!
        .querySelector<HTMLInputElement>(`[data-complete][data-member="${target.dataset.made}"]`)!;
      const name = target.querySelector<HTMLInputElement>('[data-member="name"]')!;
      if (target.open && reference.value !== '') name.value = reference.value;
      else if (!target.open && reference.value === '' && reference.disabled) reference.value = name.value;
      if (target.open) reference.value = '';
      reference.disabled = target.open;
      if (target.open && target.contains(document.activeElement)) name.focus();
    },
    true,
  );
}
