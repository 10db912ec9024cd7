// What a mark says, at once, beside the pointer or the focus; readers of the screen are told by the mark itself.

export function showTips(holder: HTMLElement): void {
  const tip = document.createElement('div');
  tip.className = 'tip';
  tip.hidden = true;
  tip.setAttribute('aria-hidden', 'true');
  holder.append(tip);
  const show = ({ target }: Event): void => {
    const mark = (target as Element).closest('a');
    tip.hidden = mark === null;
    if (mark === null) return;
    tip.textContent = mark.getAttribute('aria-label');
    const [around, at] = [holder.getBoundingClientRect(), mark.querySelector('.mark')!.getBoundingClientRect()];
    tip.style.top = `${at.bottom - around.top + 8}px`;
    tip.style.left = `${Math.max(0, Math.min(at.left - around.left - 10, around.width - tip.offsetWidth))}px`;
  };
  holder.addEventListener('pointerover', show);
  holder.addEventListener('focusin', show);
  const hide = (): void => {
    tip.hidden = true;
  };
  for (const name of ['pointerleave', 'focusout', 'pointerdown']) holder.addEventListener(name, hide);
}
