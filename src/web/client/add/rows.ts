// Rows of a list: as many as somebody wants.

/** Makes the buttons of the lists below work. @param first lists that begin with a row */
export function prepareRows(place: ParentNode, first: string[] = []): void {
  for (const list of place.querySelectorAll<HTMLElement>('[data-list]')) {
    const more = list.querySelector<HTMLButtonElement>(':scope > [data-more]')!;
    more.onclick = () => addRow(list)?.querySelector<HTMLElement>('input, select, textarea')?.focus();
    if (first.includes(list.dataset.list!) && list.querySelector('[data-row]') === null) addRow(list);
  }
}

export function addRow(list: HTMLElement): HTMLElement | null {
  const template = list.querySelector<HTMLTemplateElement>(':scope > template')!;
  const row = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
  list.querySelector(':scope > [data-rows]')!.append(row);
  row.querySelector<HTMLButtonElement>('[data-remove]')!.onclick = () => {
    row.remove();
    list.querySelector<HTMLButtonElement>(':scope > [data-more]')?.focus();
    list.dispatchEvent(new Event('input', { bubbles: true }));
  };
  prepareRows(row);
  return row;
}
