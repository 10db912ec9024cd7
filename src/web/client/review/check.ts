// Whether a proposal could be accepted as it stands: the API is asked to do everything but keep it, and what it answers is said
// beside the verdict. Where the record went on meanwhile, what clashes is shown with what was, what is and what is proposed.
import { ask } from '../key/key.js';

interface Refusal {
  detail: string;
  errors?: { pointer?: string; detail: string }[];
  clashes?: { field: string; base: unknown; theirs: unknown; proposed: unknown }[];
}

/** One after the other: each is tried in a write of its own. */
export async function checkAll(forms: Iterable<HTMLFormElement>): Promise<void> {
  for (const form of forms) if (form.isConnected) await check(form);
}

export async function check(form: HTMLFormElement): Promise<void> {
  const place = form.querySelector<HTMLElement>('[data-check]');
  if (place === null) return;
  const response = await ask(`/v1/proposals/${form.dataset.verdict}/accept?validate_only=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  place.dataset.check = response.ok ? 'fits' : 'refused';
  place.replaceChildren(
    ...(response.ok ? [paragraph('Checked: it can be accepted as it stands.')] : told((await response.json()) as Refusal)),
  );
}

function told({ detail, errors = [], clashes = [] }: Refusal): HTMLElement[] {
  if (clashes.length > 0)
    return [
      paragraph('The record was changed since, in what the proposal changes too:'),
      tableOf(clashes),
      paragraph('Ask its author to revise it; nothing is overwritten.'),
    ];
  if (errors.length === 0) return [paragraph(`It cannot be accepted now: ${detail}`)];
  const list = document.createElement('ul');
  for (const { pointer, detail: one } of errors) {
    const item = document.createElement('li');
    item.textContent = `${pointer?.replace(/^\/change/, '') ?? ''} ${one}`.trim();
    list.append(item);
  }
  return [paragraph('It cannot be accepted as it stands:'), list];
}

function paragraph(text: string): HTMLElement {
  const made = document.createElement('p');
  made.textContent = text;
  return made;
}

function tableOf(clashes: NonNullable<Refusal['clashes']>): HTMLElement {
  const cell = (name: 'th' | 'td', text: string, scope?: 'col' | 'row'): HTMLElement => {
    const made = document.createElement(name);
    made.textContent = text;
    if (scope !== undefined) made.setAttribute('scope', scope);
    return made;
  };
  const row = (...cells: HTMLElement[]): HTMLElement => {
    const made = document.createElement('tr');
    made.append(...cells);
    return made;
  };
  const [table, head, body, scroll] = ['table', 'thead', 'tbody', 'div'].map((name) => document.createElement(name)) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  table.className = 'changes clashes';
  head.append(row(...['Member', 'It was', 'It is now', 'Proposed'].map((text) => cell('th', text, 'col'))));
  body.append(
    ...clashes.map(({ field, base, theirs, proposed }) =>
      row(cell('th', nameOf(field), 'row'), ...[base, theirs, proposed].map((value) => cell('td', textOf(value)))),
    ),
  );
  table.append(head, body);
  scroll.className = 'scroll';
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', 'What clashes');
  scroll.append(table);
  return scroll;
}

/** "/place/city" is "Place, city". */
function nameOf(pointer: string): string {
  const words = pointer.slice(1).replaceAll('_', ' ').split('/').join(', ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const textOf = (value: unknown): string =>
  value === null || value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
