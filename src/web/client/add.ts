// The page to add a development: completes, warns of duplicates, previews, proposes or publishes.
import { bodyOf } from './add/body.js';
import { cardOf, type Shown, type Similar, warningOf } from './add/card.js';
import { complete } from './add/complete.js';
import { clearFaults, type Failure, showFaults } from './add/faults.js';
import { prepareRows } from './add/rows.js';
import { ask } from './key/key.js';
import { type Role, signIn } from './key/sign-in.js';
import { swap } from './timeline/swap.js';

/** In milliseconds: from the last stroke until duplicates are asked for. */
const PAUSE = 400;

const form = document.querySelector<HTMLFormElement>('[data-add]')!;
const part = <Kind extends HTMLElement>(selector: string): Kind => form.querySelector<Kind>(selector)!;
let role: Role = null;
/** The same until something else is sent: what is sent twice is done once. */
let sent = { body: '', token: '' };

function show(found: Role): void {
  role = found;
  part('[data-do="publish"]').hidden = role !== 'editor';
}

/** What is asked, by what somebody may do. */
function request(isPublished: boolean): { address: string; body: object } {
  const event = bodyOf(form);
  const rationale = part<HTMLTextAreaElement>('[data-rationale]').value.trim();
  if (isPublished) return { address: '/v1/events', body: { ...event, ...(rationale !== '' && { comment: rationale }) } };
  return { address: '/v1/proposals', body: { target: { entity: 'event' }, change: event, rationale, reason: 'new_development' } };
}

async function send(isPublished: boolean, isKept: boolean): Promise<Record<string, unknown> | null> {
  const { address, body } = request(isPublished);
  const text = JSON.stringify(body);
  if (sent.body !== text) sent = { body: text, token: crypto.randomUUID() };
  const response = await ask(`${address}${isKept ? '' : '?validate_only=true'}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(isKept && { 'idempotency-key': sent.token }) },
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
  const answer = await send(role === 'editor', false);
  if (answer === null) return;
  const shown = (role === 'editor' ? answer : answer.change) as Shown;
  const heading = document.createElement('h3');
  heading.textContent = 'So it would be shown';
  part('[data-preview]').replaceChildren(heading, cardOf(shown));
}

async function keep(isPublished: boolean): Promise<void> {
  const answer = await send(isPublished, true);
  if (answer === null) return;
  const link = document.createElement('a');
  // Who has no key follows it by an address that holds a secret.
  link.href = isPublished ? `/events/${answer.slug}` : role === null ? String(answer.url) : '/review';
  link.textContent = isPublished ? String(answer.title) : 'Follow it';
  part('[data-done]').replaceChildren(isPublished ? 'Published: ' : 'Proposed; an editor will look at it. ', link);
  form.reset();
  for (const row of form.querySelectorAll('[data-row]')) row.remove();
  part('[data-preview]').replaceChildren();
  part('[data-similar]').hidden = true;
  prepareRows(form, ['sources', 'actors']);
}

let waiting: ReturnType<typeof setTimeout> | undefined;
let asked = '';

/** Warns while it is typed. */
async function lookForSimilar(): Promise<void> {
  const {
    title,
    date,
    type,
    sources = [],
  } = bodyOf(form) as { title?: string; date?: string; type?: string; sources?: { source?: unknown }[] };
  const question = new URLSearchParams({ limit: '3' });
  if (title !== undefined && title.length > 5) question.set('title', title.slice(0, 200));
  for (const { source } of sources.slice(0, 20)) {
    const address = typeof source === 'object' && source !== null ? (source as { url?: string }).url : source;
    if (typeof address === 'string' && /^https?:\/\/./.test(address)) question.append('source', address);
  }
  const isEnough = question.has('title') || question.has('source');
  if (date !== undefined && /^\d{4}(-\d\d){0,2}$/.test(date)) question.set('date', date);
  if (type !== undefined) question.set('type', type);
  const box = part('[data-similar]');
  if (!isEnough) {
    box.hidden = true;
    return;
  }
  if (asked === String(question)) return;
  asked = String(question);
  const response = await ask(`/v1/events/similar?${asked}`);
  if (!response.ok || asked !== String(question)) return;
  const warning = warningOf(((await response.json()) as { data: Similar[] }).data);
  box.hidden = warning === null;
  box.replaceChildren(...(warning === null ? [] : [warning]));
}

async function prepare(): Promise<void> {
  form.hidden = false;
  prepareRows(form, ['sources', 'actors']);
  complete(form);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(lookForSimilar, PAUSE);
  });
  const type = part<HTMLSelectElement>('[data-type]');
  type.addEventListener('change', async () => {
    if (await swap(`/add?type=${encodeURIComponent(type.value)}`, ['details'])) prepareRows(document.getElementById('details')!);
  });
  const tasks: Record<string, () => Promise<void>> = { preview, propose: () => keep(false), publish: () => keep(true) };
  for (const button of form.querySelectorAll<HTMLButtonElement>('[data-do]'))
    button.onclick = async () => {
      button.disabled = true;
      await tasks[button.dataset.do!]!().finally(() => {
        button.disabled = false;
      });
    };
  await signIn(show);
}

void prepare();
