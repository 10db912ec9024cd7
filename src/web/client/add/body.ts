// What is typed into the form, as the API takes it; and where a JSON Pointer of the API is in the form.

export type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
export type Members = Record<string, unknown>;

export const CONTROLS = 'input[data-member], select[data-member], textarea[data-member]';

/** What a control was filled with: it stands for that as long as its text is left as it is. */
const filled = new WeakMap<Control, { text: string; value: unknown }>();
/** Members of what a row was filled with that the form does not ask for: they go along. */
const beside = new WeakMap<Element, Members>();

export function fillControl(control: Control, value: unknown): void {
  const text = Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value);
  showIn(control, value, text);
}

/** @param text that is shown in place of the value, such as the address of a source for its id */
export function showIn(control: Control, value: unknown, text: string): void {
  if (control instanceof HTMLSelectElement && ![...control.options].some((one) => one.value === text)) control.add(new Option(text, text));
  control.value = text;
  filled.set(control, { text: control.value.trim(), value });
}

export const keepBeside = (place: Element, members: Members): unknown => beside.set(place, members);

/** The controls, lists and groups right below a place: not those in a list or a group of their own. */
export function own<Kind extends HTMLElement>(place: Element, selector: string): Kind[] {
  return [...place.querySelectorAll<Kind>(selector)].filter(
    (one) => one.parentElement!.closest('[data-row], [data-group], [data-made], form') === place,
  );
}

/** @returns the members that anything was typed for */
export function bodyOf(place: Element): Members {
  const members: Members = { ...beside.get(place) };
  for (const control of own<Control>(place, CONTROLS)) {
    const value = typedIn(control);
    if (value !== undefined) members[control.dataset.member!] = value;
  }
  for (const group of own<HTMLElement>(place, '[data-group]')) {
    const body = bodyOf(group);
    if (Object.keys(body).length > 0) members[group.dataset.group!] = body;
  }
  for (const made of own<HTMLDetailsElement>(place, '[data-made]')) {
    const body = bodyOf(made);
    if (made.open && Object.keys(body).length > 0) members[made.dataset.made!] = body;
  }
  for (const list of own<HTMLElement>(place, '[data-list]')) {
    const rows = rowsOf(list).map(bodyOf);
    if (rows.length === 0) continue;
    const { list: name = '', of = '' } = list.dataset;
    members[name] =
      of === 'named'
        ? Object.fromEntries(rows.map((row) => [String(row.name), plain(row.value)]))
        : rows.map((row) => FORMS[of]!(row, name));
  }
  return members;
}

/** The rows into which anything was typed; the others are not sent. */
const rowsOf = (list: HTMLElement): HTMLElement[] =>
  [...list.querySelectorAll<HTMLElement>(':scope > [data-rows] > [data-row]')].filter((row) =>
    [...row.querySelectorAll<Control>(CONTROLS)].some(
      ({ value, tagName }) => value !== '' && (tagName !== 'SELECT' || row.querySelector('input, textarea') === null || isChosen(row)),
    ),
  );

/** Whether more than what stands there by itself is in a row. */
const isChosen = (row: HTMLElement): boolean =>
  [...row.querySelectorAll<Control>(CONTROLS)].some((one) =>
    one instanceof HTMLSelectElement
      ? [...one.options].some(({ selected, defaultSelected, value }) => selected && !defaultSelected && value !== '')
      : one.value !== '',
  );

/** What is told of a source that is not on record; the other members of a row are of the citation. */
export const OF_SOURCE = ['title', 'publisher', 'kind', 'language', 'published_on'];

/** What a row becomes, by what it stands for. */
const FORMS: Record<string, (row: Members, name: string) => unknown> = {
  plain: (row, name) => row[name],
  object: (row) => row,
  source: ({ source, ...rest }) => {
    const told = Object.fromEntries(Object.entries(rest).filter(([name]) => OF_SOURCE.includes(name)));
    const others = Object.fromEntries(Object.entries(rest).filter(([name]) => !OF_SOURCE.includes(name)));
    return { source: Object.keys(told).length === 0 ? source : { url: source, ...told }, ...others };
  },
  item: ({ item, ...rest }) => {
    const [plan, number] = String(item ?? '').split('/');
    return { plan, item: Number(number), ...rest };
  },
};

function typedIn(control: Control): unknown {
  const text = control.value.trim();
  const before = filled.get(control);
  if (text === '') return undefined;
  if (before?.text === text) return before.value;
  if (control.dataset.as === 'number') return Number(text);
  return control.dataset.as === 'boolean' ? text === 'true' : text;
}

/** A number where it is one. */
const plain = (value: unknown): unknown =>
  typeof value === 'string' && /^-?\d{1,15}(\.\d+)?$/.test(value) ? Number(value) : (value ?? '');

/** @param pointer into the body: "/actors/0/role". @returns the control nearest to it; null where there is none */
export function controlAt(form: HTMLElement, pointer: string): Control | HTMLElement | null {
  let place: HTMLElement = form;
  const parts = pointer.split('/').slice(1);
  for (let index = 0; index < parts.length; index++) {
    const name = parts[index]!;
    const group = own<HTMLElement>(place, '[data-group]').find((one) => one.dataset.group === name);
    const list = own<HTMLElement>(place, '[data-list]').find((one) => one.dataset.list === name);
    const made = own<HTMLDetailsElement>(place, '[data-made]').find((one) => one.open && one.dataset.made === name);
    if (group !== undefined) place = group;
    else if (made !== undefined) place = made;
    else if (list !== undefined) {
      const row = rowsOf(list)[Number(parts[++index])];
      if (row === undefined) return list.querySelector<HTMLElement>('[data-more]');
      place = row;
      // Of a list of references, what is made on the way is all that its row holds.
      const whole = own<HTMLDetailsElement>(row, '[data-made]').find((one) => one.open && one.dataset.made === name);
      if (whole !== undefined) place = whole;
    } else {
      // Of a source that is not there yet, the members are beside its address.
      const inner = name === 'source' && OF_SOURCE.find((one) => one === parts[index + 1]);
      const control = own<Control>(place, CONTROLS).find(({ dataset }) => dataset.member === (inner || (name === 'plan' ? 'item' : name)));
      return control ?? place.querySelector<Control>(CONTROLS);
    }
  }
  return place === form ? null : place.querySelector<Control>(CONTROLS);
}
