// What every page does with scripts: the switch between light and dark, the day as known on at once, and on private servers
// the key.
import { readWithKey } from './key/page.js';

function prepare(): void {
  const toggle = document.querySelector<HTMLButtonElement>('[data-theme-switch]');
  if (toggle !== null) {
    toggle.hidden = false;
    toggle.onclick = switchTheme;
  }
  const day = document.querySelector<HTMLInputElement>('#known-at');
  if (day !== null) day.max = new Date().toISOString().slice(0, 10);
  void readWithKey(prepare);
}

function switchTheme(): void {
  const root = document.documentElement;
  const isDark = root.dataset.theme === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : root.dataset.theme === 'dark';
  root.dataset.theme = isDark ? 'light' : 'dark';
  localStorage.setItem('theme', root.dataset.theme);
}

prepare();
