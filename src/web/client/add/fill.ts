// A document put into the form, as writes send it: the other way round than body.ts. What the form does not ask for goes along
// unseen, so that nothing is lost of what somebody only looked at.
import { CONTROLS, type Control, fillControl, keepBeside, type Members, OF_SOURCE, own, showIn } from './body.js';
import { knownOf } from './complete.js';
import { addRow } from './rows.js';

export async function fill(form: HTMLElement, members: Members): Promise<void> {
  const addresses = new Map((await knownOf('sources')).map(({ id, value }) => [id, value]));
  fillPlace(form, members, addresses);
}

/** @param addresses of sources, by id: documents name sources so */
function fillPlace(place: Element, members: Members, addresses: Map<string, string>): void {
  for (const control of own<Control>(place, CONTROLS)) {
    const value = members[control.dataset.member!];
    if (value === undefined || value === null) continue;
    if (typeof value === 'object' && !Array.isArray(value) && describe(place, control, value as Members, addresses)) continue;
    const address = control.dataset.complete === 'sources' ? addresses.get(String(value)) : undefined;
    if (address === undefined) fillControl(control, value);
    else showIn(control, value, address);
  }
  for (const group of own<HTMLElement>(place, '[data-group]')) {
    const value = members[group.dataset.group!];
    if (typeof value === 'object' && value !== null) fillPlace(group, value as Members, addresses);
  }
  for (const list of own<HTMLElement>(place, '[data-list]')) {
    const { list: name = '', of = '' } = list.dataset;
    const value = members[name];
    if (typeof value !== 'object' || value === null) continue;
    if (Object.keys(value).length > 0) for (const row of list.querySelectorAll(':scope > [data-rows] > [data-row]')) row.remove();
    for (const one of of === 'named' ? Object.entries(value) : (value as unknown[])) {
      const row = addRow(list)!;
      const inside = ROWS[of]!(one, name);
      fillPlace(row, inside, addresses);
      if (of !== 'plain' && of !== 'named') keepBeside(row, unasked(row, inside));
    }
  }
}

/** What is made on the way. @returns whether it is described here */
function describe(place: Element, control: Control, value: Members, addresses: Map<string, string>): boolean {
  const made = own<HTMLDetailsElement>(place, '[data-made]').find((one) => one.dataset.made === control.dataset.member);
  if (made === undefined) return false;
  made.open = true;
  fillPlace(made, value, addresses);
  keepBeside(made, unasked(made, value));
  return true;
}

function unasked(place: Element, members: Members): Members {
  const asked = new Set([
    ...own<Control>(place, CONTROLS).map(({ dataset }) => dataset.member),
    ...own<HTMLElement>(place, '[data-group]').map(({ dataset }) => dataset.group),
    ...own<HTMLElement>(place, '[data-list]').map(({ dataset }) => dataset.list),
    // The item of a plan is one choice.
    ...(place.querySelector('[data-member="item"]') === null ? [] : ['plan']),
  ]);
  return Object.fromEntries(Object.entries(members).filter(([name, value]) => value !== null && !asked.has(name)));
}

/** What stands in the controls of a row, by what the row stands for. */
const ROWS: Record<string, (one: unknown, name: string) => Members> = {
  plain: (one, name) => ({ [name]: one }),
  object: (one) => one as Members,
  named: (one) => ({ name: (one as [string, unknown])[0], value: (one as [string, unknown])[1] }),
  source: (one) => {
    const { source, ...rest } = one as Members;
    if (typeof source !== 'object' || source === null) return { source, ...rest };
    const { url, slug, ...told } = source as Members;
    return { source: url ?? slug, ...Object.fromEntries(OF_SOURCE.map((name) => [name, told[name]])), ...rest };
  },
  item: (one) => {
    const { plan, item, ...rest } = one as Members;
    return { item: `${plan}/${item}`, ...rest };
  },
};
