// The queue of an editor, and what an author follows: the page is asked for in the name of the bearer; verdicts, comments and
// revisions are sent to the API.
import { ask } from './key/key.js';
import { pageOfOwn, readOwn } from './key/own.js';
import { type Role, signIn } from './key/sign-in.js';
import { check, checkAll } from './review/check.js';
import { announce, swap } from './timeline/swap.js';

const DONE: Record<string, string> = {
  '': 'Sent again.',
  accept: 'Accepted.',
  reject: 'Rejected.',
  'request-changes': 'Changes are asked for.',
  take: 'Taken.',
  release: 'Given back.',
  comments: 'Said.',
  withdraw: 'Withdrawn.',
};

let role: Role = null;

async function look(): Promise<void> {
  if (await swap(location.href, ['queue'])) prepare();
}

function prepare(): void {
  const forms = [...document.querySelectorAll<HTMLFormElement>('[data-verdict]')];
  for (const form of forms) {
    form.hidden = false;
    form.onsubmit = (event) => event.preventDefault();
    for (const button of form.querySelectorAll<HTMLButtonElement>('[data-step]')) button.onclick = () => void take(form, button);
  }
  if (role === 'editor') void checkAll(forms);
}

/** What a step says, from what was typed. @throws SyntaxError where JSON is asked for and something else was typed */
function bodyOf(form: HTMLFormElement, step: string): object {
  const typed = (name: string) => form.querySelector<HTMLTextAreaElement>(`[data-${name}]`)?.value.trim();
  if (step === 'comments') return { text: typed('text') };
  if (step === '') {
    const change = typed('change');
    const sources = (typed('sources') ?? '').split(/\s+/).filter((one) => one !== '');
    return { rationale: typed('rationale'), sources, ...(change !== undefined && { change: JSON.parse(change) }) };
  }
  const comment = typed('why') ?? '';
  return comment === '' ? {} : { comment };
}

async function take(form: HTMLFormElement, button: HTMLButtonElement): Promise<void> {
  const step = button.dataset.step!;
  const { verdict: id, version, tracking } = form.dataset;
  const fault = form.querySelector<HTMLElement>('[data-fault]')!;
  const tell = (text: string): void => {
    fault.hidden = false;
    fault.textContent = text;
  };
  let body: object;
  try {
    body = bodyOf(form, step);
  } catch (error) {
    tell(`The change is no JSON: ${(error as Error).message}`);
    return;
  }
  button.disabled = true;
  const suffix = tracking === undefined ? '' : `?tracking=${encodeURIComponent(tracking)}`;
  const response = await ask(`/v1/proposals/${id}${step === '' ? '' : `/${step}`}${suffix}`, {
    method: step === '' ? 'PATCH' : 'POST',
    // Only what was read is decided on.
    headers: {
      'content-type': 'application/json',
      'if-match': `"${version}"`,
      ...(step !== '' && { 'idempotency-key': crypto.randomUUID() }),
    },
    body: JSON.stringify(body),
  });
  button.disabled = false;
  if (response.ok) {
    await look();
    announce(DONE[step] ?? 'Done.');
    (document.getElementById(`p-${id}`)?.querySelector<HTMLElement>('h1, h2') ?? document.querySelector<HTMLElement>('#main'))?.focus();
    return;
  }
  const { detail, errors = [] } = (await response.json()) as { detail: string; errors?: { detail: string }[] };
  tell(errors.length > 0 ? errors.map((one) => one.detail).join(' ') : detail);
  if (step === 'accept') await check(form);
  form.querySelector<HTMLTextAreaElement>('textarea')?.focus();
}

/** What was sent from this tab without a key is found again by its secret. */
function showOwn(): void {
  const section = document.querySelector<HTMLElement>('[data-own]');
  const own = readOwn();
  if (section === null || own.length === 0) return;
  section.hidden = false;
  section.querySelector('ul')!.replaceChildren(
    ...own.map((one) => {
      const [item, link] = [document.createElement('li'), document.createElement('a')];
      link.href = pageOfOwn(one);
      link.textContent = one.title;
      item.append(link);
      return item;
    }),
  );
}

showOwn();
prepare();
void signIn((found) => {
  role = found;
  void look();
});
