// What is typed into the form, as the API takes it; and where a JSON Pointer of the API is in the form.

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
type Members = Record<string, unknown>;

const CONTROLS = 'input[data-member], select[data-member], textarea[data-member]';

/** The controls, lists and groups right below a place: not those in a list or a group of their own. */
function own<Kind extends HTMLElement>(place: Element, selector: string): Kind[] {
  return [...place.querySelectorAll<Kind>(selector)].filter(
    (one) => one.parentElement!.closest('[data-row], [data-group], form') === place,
  );
}

/** @returns the members that anything was typed for */
export function bodyOf(place: Element): Members {
  const members: Members = {};
  for (const control of own<Control>(place, CONTROLS)) {
    const value = typedIn(control);
    if (value !== undefined) members[control.dataset.member!] = value;
  }
  for (const group of own<HTMLElement>(place, '[data-group]')) {
    const body = bodyOf(group);
    if (Object.keys(body).length > 0) members[group.dataset.group!] = body;
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

/** What a row becomes, by what it stands for. */
const FORMS: Record<string, (row: Members, name: string) => unknown> = {
  plain: (row, name) => row[name],
  object: (row) => row,
  source: ({ source, title, publisher, ...rest }) => ({
    source: title === undefined ? source : { url: source, title, ...(publisher !== undefined && { publisher }) },
    ...rest,
  }),
  item: ({ item, ...rest }) => {
    const [plan, number] = String(item ?? '').split('/');
    return { plan, item: Number(number), ...rest };
  },
};

function typedIn(control: Control): unknown {
  const text = control.value.trim();
  if (text === '') return undefined;
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
    if (group !== undefined) place = group;
    else if (list !== undefined) {
      const row = rowsOf(list)[Number(parts[++index])];
      if (row === undefined) return list.querySelector<HTMLElement>('[data-more]');
      place = row;
    } else {
      // Of a source that is not there yet, the members are beside its address.
      const inner = name === 'source' && { title: 'title', publisher: 'publisher' }[parts[index + 1] ?? ''];
      const control = own<Control>(place, CONTROLS).find(({ dataset }) => dataset.member === (inner || (name === 'plan' ? 'item' : name)));
      return control ?? place.querySelector<Control>(CONTROLS);
    }
  }
  return place === form ? null : place.querySelector<Control>(CONTROLS);
}
