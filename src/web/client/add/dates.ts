// Says in words what is understood of each date, while it is typed; what was written in words becomes a date of the API when
// its writer goes on.
import { edtfOf, understood } from '../../understood.js';

export function explainDates(form: HTMLElement): void {
  form.addEventListener('input', ({ target }) => isDate(target) && explain(target));
  form.addEventListener('change', ({ target }) => {
    if (!isDate(target)) return;
    const typed = target.value.trim();
    const meant = understood(typed) === null ? edtfOf(typed) : null;
    if (meant !== null) target.value = meant;
    explain(target);
  });
}

const isDate = (target: EventTarget | null): target is HTMLInputElement =>
  target instanceof HTMLInputElement && target.dataset.date !== undefined;

export function explain(input: HTMLInputElement): void {
  const place = input.closest('.field')?.querySelector<HTMLElement>('[data-understood]');
  if (place === null || place === undefined) return;
  const typed = input.value.trim();
  const meant = understood(typed) === null ? edtfOf(typed) : typed;
  if (typed === '') place.textContent = '';
  else if (meant === null) place.textContent = typed.length < 4 ? '' : 'Not a date yet.';
  else place.textContent = `${understood(meant)}${meant === typed ? '' : `, as ${meant}`}`;
  place.classList.toggle('is-understood', meant !== null);
}
