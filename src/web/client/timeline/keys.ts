// The chart by keyboard: one stop for the tab key, arrows from mark to mark, plus, minus and zero to zoom.

const ZOOM: Record<string, string> = { '+': 'in', '=': 'in', '-': 'out', '0': 'all' };

/** @param move is told by name what to do with what is looked at */
export function walkWithKeys(holder: HTMLElement, move: (name: string) => void): void {
  holder.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (ZOOM[event.key] !== undefined) {
      event.preventDefault();
      move(ZOOM[event.key]!);
    } else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      event.preventDefault();
      step(holder, event.key === 'ArrowRight' ? 1 : -1, move);
    }
  });
}

function step(holder: HTMLElement, by: 1 | -1, move: (name: string) => void): void {
  const width = holder.clientWidth;
  const marks = [...holder.querySelectorAll<SVGAElement>('a')].sort((a, b) => Number(a.dataset.x) - Number(b.dataset.x));
  const next = marks[marks.indexOf(document.activeElement as unknown as SVGAElement) + by];
  const place = Number(next?.dataset.x);
  if (next === undefined || place < 0 || place > width) {
    move(by === 1 ? 'later' : 'earlier');
    return;
  }
  for (const mark of marks) mark.setAttribute('tabindex', mark === next ? '0' : '-1');
  next.focus();
}
