// The queue of an editor: the page is asked for in the name of the bearer, and verdicts are sent to the API.
import { ask } from './key/key.js';
import { signIn } from './key/sign-in.js';
import { announce, swap } from './timeline/swap.js';

const DONE: Record<string, string> = {
  accept: 'Accepted.',
  reject: 'Rejected.',
  'request-changes': 'Changes are asked for.',
  take: 'Taken.',
  release: 'Given back.',
};

async function look(): Promise<void> {
  if (await swap(location.href, ['queue'])) prepare();
}

function prepare(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('[data-verdict]')) {
    form.hidden = false;
    form.onsubmit = (event) => event.preventDefault();
    for (const button of form.querySelectorAll<HTMLButtonElement>('[data-step]')) button.onclick = () => void take(form, button);
  }
}

async function take(form: HTMLFormElement, button: HTMLButtonElement): Promise<void> {
  const step = button.dataset.step!;
  const { verdict: id, version } = form.dataset;
  const comment = form.querySelector<HTMLTextAreaElement>('[data-why]')!.value.trim();
  button.disabled = true;
  const response = await ask(`/v1/proposals/${id}/${step}`, {
    method: 'POST',
    // Only what was read is decided on.
    headers: { 'content-type': 'application/json', 'if-match': `"${version}"`, 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify(comment === '' ? {} : { comment }),
  });
  button.disabled = false;
  if (response.ok) {
    await look();
    announce(DONE[step] ?? 'Done.');
    document.querySelector<HTMLElement>('#main')?.focus();
    return;
  }
  const { detail, errors = [] } = (await response.json()) as { detail: string; errors?: { detail: string }[] };
  const fault = form.querySelector<HTMLElement>('[data-fault]')!;
  fault.hidden = false;
  fault.textContent = errors.length > 0 ? errors.map((one) => one.detail).join(' ') : detail;
  if (comment === '') form.querySelector<HTMLTextAreaElement>('[data-why]')!.focus();
}

void signIn(() => void look());
