// The page to add a development, to suggest a change of one, or to revise what one proposed: completes, explains, warns of
// duplicates, previews, proposes or publishes.
import { cardOf } from './add/card.js';
import { complete, describeInstead } from './add/complete.js';
import { explain, explainDates } from './add/dates.js';
import { type Editing, readEditing } from './add/editing.js';
import { clearFaults, type Failure, showFaults } from './add/faults.js';
import { fill } from './add/fill.js';
import { addRow, prepareRows } from './add/rows.js';
import { type Request, readForm, removeRequest, saveRequest, shownIn } from './add/sending.js';
import { warnOfSimilar } from './add/similar.js';
import { ask } from './key/key.js';
import { keepOwn } from './key/own.js';
import { type Role, signIn } from './key/sign-in.js';
import { swap } from './timeline/swap.js';

const form = document.querySelector<HTMLFormElement>('[data-add]')!;
const part = <Kind extends HTMLElement>(selector: string): Kind => form.querySelector<Kind>(selector)!;
const told = document.querySelector<HTMLElement>('[data-about]')!;
let role: Role = null;
let editing: Editing | null = null;
/** What the form was filled with, read off it. */
let before: Record<string, unknown> = {};
let opening = Promise.resolve();
/** The same until something else is sent: what is sent twice is done once. */
let sent = { body: '', token: '' };

const isEditor = (): boolean => role === 'editor';

async function show(found: Role): Promise<void> {
  role = found;
  showButtons();
  // One after the other: a key may be given while the form is being filled without one.
  opening = opening.then(openForm);
  await opening;
}

function showButtons(): void {
  part('[data-do="publish"]').hidden = !isEditor() || (editing?.proposal ?? null) !== null;
  const remove = form.querySelector<HTMLElement>('[data-do="remove"]');
  if (remove !== null) remove.textContent = isEditor() ? 'Withdraw it' : 'Propose to withdraw it';
}

async function send({ method, address, body, ifMatch }: Request, isKept: boolean): Promise<Record<string, unknown> | null> {
  const text = JSON.stringify(body);
  if (sent.body !== text) sent = { body: text, token: crypto.randomUUID() };
  const response = await ask(`${address}${isKept ? '' : `${address.includes('?') ? '&' : '?'}validate_only=true`}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(isKept && method === 'POST' && { 'idempotency-key': sent.token }),
      ...(ifMatch && { 'if-match': ifMatch }),
    },
    body: text,
  });
  const answer = await response.json();
  if (!response.ok) {
    showFaults(form, answer as Failure);
    return null;
  }
  clearFaults(form);
  return answer;
}

async function preview(): Promise<void> {
  const answer = await send(saveRequest({ form, editing, before }, isEditor() && !editing?.proposal), false);
  if (answer === null) return;
  const heading = document.createElement('h3');
  heading.textContent = 'So it would be shown';
  part('[data-preview]').replaceChildren(heading, cardOf(shownIn(answer, { form, editing, before })));
}

async function keep(request: Request, isPublished: boolean, said: string): Promise<void> {
  const answer = await send(request, true);
  if (answer === null) return;
  const link = document.createElement('a');
  const title = String(readForm(form).title ?? editing?.title ?? 'A proposal');
  link.href = isPublished
    ? `/events/${answer.slug ?? editing?.slug}`
    : (editing?.proposal?.page ?? keepOwn(String(answer.id), String(answer.url), title));
  link.textContent = isPublished ? String(answer.title ?? title) : 'Follow it';
  part('[data-done]').replaceChildren(said, link);
  part('[data-preview]').replaceChildren();
  part('[data-similar]').hidden = true;
  // What is on record is another version now: whoever goes on begins from that.
  if (editing === null) empty();
  else for (const button of form.querySelectorAll<HTMLButtonElement>('[data-do]')) button.hidden = true;
}

function empty(): void {
  form.reset();
  for (const row of form.querySelectorAll('[data-row]')) row.remove();
  for (const place of form.querySelectorAll('[data-understood]')) place.replaceChildren();
  prepareRows(form, ['sources', 'actors']);
}

const TASKS: Record<string, () => Promise<void>> = {
  preview,
  propose: () =>
    keep(
      saveRequest({ form, editing, before }, false),
      false,
      editing?.proposal ? 'Sent again; an editor will look at it. ' : 'Proposed; an editor will look at it. ',
    ),
  publish: () => keep(saveRequest({ form, editing, before }, true), true, 'Published: '),
  remove: () =>
    keep(
      removeRequest({ form, editing, before }, isEditor()),
      isEditor(),
      isEditor() ? 'Withdrawn: ' : 'Proposed; an editor will look at it. ',
    ),
};

/** Fills the form with what is changed, once: what was typed stays when another key is used. */
async function openForm(): Promise<void> {
  const isChange = form.dataset.add !== 'new';
  if (!form.hidden || (isChange && editing !== null)) return;
  try {
    if (isChange) {
      editing = await readEditing();
      await fillForm(editing!);
    }
    form.hidden = false;
    warnOfSimilar(form, () => readForm(form), editing?.slug ?? null);
    showButtons();
  } catch (error) {
    told.textContent = (error as Error).message;
  }
}

async function fillForm({ members, title, clashes, proposal }: Editing): Promise<void> {
  const type = part<HTMLSelectElement>('[data-type]');
  type.value = String(members.type);
  await showDetails(type.value);
  await fill(form, members);
  before = readForm(form);
  for (const date of form.querySelectorAll<HTMLInputElement>('[data-date]')) explain(date);
  told.textContent = title;
  if (clashes.length > 0)
    told.append(
      `. Since you proposed it, others changed: ${clashes.map((name) => name.replaceAll('_', ' ')).join(', ')}. What you send takes the place of that.`,
    );
  if (proposal === null) return;
  part<HTMLTextAreaElement>('[data-rationale]').value = proposal.rationale;
  const reason = form.querySelector<HTMLSelectElement>('[data-reason]');
  if (reason !== null) reason.value = proposal.reason ?? '';
  const list = part('[data-list="backing"]');
  if (proposal.sources.length > 0) list.querySelector('[data-row]')?.remove();
  for (const source of proposal.sources) addRow(list)!.querySelector('input')!.value = source;
}

/** The part of the page that follows the type. */
async function showDetails(type: string): Promise<void> {
  const query = new URLSearchParams(location.search);
  query.set('type', type);
  if (await swap(`/add?${query}`, ['details'])) prepareRows(document.getElementById('details')!);
}

async function prepare(): Promise<void> {
  prepareRows(form, ['sources', 'actors', 'backing']);
  complete(form);
  describeInstead(form);
  explainDates(form);
  form.addEventListener('submit', (event) => event.preventDefault());
  const type = part<HTMLSelectElement>('[data-type]');
  type.addEventListener('change', async () => {
    const { details = {} } = readForm(form);
    await showDetails(type.value);
    await fill(document.getElementById('details')!.parentElement!, { details });
  });
  for (const button of form.querySelectorAll<HTMLButtonElement>('[data-do]'))
    button.onclick = async () => {
      button.disabled = true;
      await TASKS[button.dataset.do!]!().finally(() => {
        button.disabled = false;
      });
    };
  await signIn(show);
}

void prepare();
