// What the API found wrong, at the fields where it is; and all of it together above.
import { controlAt } from './body.js';

export interface Failure {
  title?: string;
  detail?: string;
  errors?: { pointer?: string; parameter?: string; detail: string }[];
}

let made = 0;

export function clearFaults(form: HTMLElement): void {
  for (const fault of form.querySelectorAll('.fault')) fault.remove();
  for (const control of form.querySelectorAll('[aria-invalid]')) {
    control.removeAttribute('aria-invalid');
    control.removeAttribute('aria-describedby');
  }
  form.querySelector<HTMLElement>('[data-faults]')!.hidden = true;
}

/** @param problem as the API answers it; of a proposal the pointers lead below /change */
export function showFaults(form: HTMLElement, problem: Failure): void {
  clearFaults(form);
  const list = document.createElement('ul');
  let first: HTMLElement | null = null;
  for (const { pointer, parameter, detail } of problem.errors ?? []) {
    const control = pointer === undefined ? null : placeOf(form, pointer);
    if (control !== null) {
      mark(control, detail);
      first ??= control;
    }
    const item = document.createElement('li');
    item.textContent = `${pointer?.replace(/^\/change/, '') ?? parameter ?? ''} ${detail}`.trim();
    list.append(item);
  }
  const box = form.querySelector<HTMLElement>('[data-faults]')!;
  const told = document.createElement('p');
  told.textContent = problem.errors === undefined ? (problem.detail ?? 'That did not work.') : 'This does not fit yet:';
  box.replaceChildren(told, ...(list.children.length > 0 ? [list] : []));
  box.hidden = false;
  (first ?? box).scrollIntoView({ block: 'center' });
  first?.focus({ preventScroll: true });
}

function placeOf(form: HTMLElement, pointer: string): HTMLElement | null {
  if (/^\/rationale/.test(pointer)) return form.querySelector('[data-rationale]');
  if (/^\/(change\/)?sources$/.test(pointer)) return form.querySelector('[data-list="sources"] input');
  return controlAt(form, pointer.replace(/^\/change(?=\/)/, ''));
}

function mark(control: HTMLElement, detail: string): void {
  const fault = document.createElement('span');
  fault.className = 'fault';
  fault.id = `fault-${++made}`;
  fault.textContent = detail;
  control.setAttribute('aria-invalid', 'true');
  control.setAttribute('aria-describedby', fault.id);
  (control.closest('label') ?? control).after(fault);
}
