// The timeline page with scripts: the chart, filters that answer at once, and new developments as they are recorded. The
// address bar holds the whole state; going back and forth goes through it.
import { createChart } from './timeline/chart.js';
import { type Change, follow } from './timeline/live.js';
import { announce, swap } from './timeline/swap.js';
import { addressWith, readView, type Span } from './timeline/view.js';

const PARTS = ['tally', 'filters', 'results', 'elsewhere', 'groups'];
/** In milliseconds: how long typing must rest. */
const REST = 350;

const holder = document.querySelector<HTMLElement>('[data-drawing]');
const under = document.querySelector<HTMLElement>('[data-years]');

const moment = (): string => {
  const query = new URLSearchParams(location.search);
  const kept = [...query].filter(([name]) => name === 'known_at' || name === 'release');
  return kept.length === 0 ? '' : `?${new URLSearchParams(kept)}`;
};

if (holder !== null && under !== null && readView() !== null) {
  const chart = createChart(holder, under, ({ slug }) => `/events/${slug}${moment()}`, moveTo);
  let typing: number | undefined;

  const redraw = async (fresh?: ReadonlySet<string>): Promise<void> => {
    const view = readView();
    for (const part of [holder, under]) part.hidden = view === null;
    if (view !== null) await chart.ask(view, fresh);
  };

  /** Shows the page at an address without leaving this one. */
  async function go(address: string, parts = PARTS): Promise<void> {
    history.pushState(null, '', address);
    if ((await swap(address, parts)) && parts === PARTS) await redraw();
  }

  /** The chart was moved already. */
  async function moveTo(window: Span | null): Promise<void> {
    history.replaceState(null, '', addressWith(window));
    await swap(location.href, PARTS);
  }

  function submit(form: HTMLFormElement): Promise<void> {
    const kept = [...new FormData(form)].filter(([, value]) => String(value).trim() !== '') as [string, string][];
    const query = new URLSearchParams(kept).toString();
    return go(query === '' ? form.action : `${form.action}?${query}`);
  }

  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches('[data-filters]')) return;
    event.preventDefault();
    void submit(form);
  });
  document.addEventListener('input', (event) => {
    const input = event.target as HTMLInputElement;
    const form = input.closest<HTMLFormElement>('[data-filters]');
    window.clearTimeout(typing);
    // Dates are sent when they are whole.
    if (form !== null && input.name !== 'from' && input.name !== 'to')
      typing = window.setTimeout(() => void submit(form), input.type === 'search' ? REST : 0);
  });
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[data-view]');
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    const isPage = link.dataset.view === 'results';
    void go(link.href, isPage ? ['results'] : PARTS).then(() => isPage && document.getElementById('results')?.scrollIntoView());
  });
  addEventListener('popstate', () => void swap(location.href, PARTS).then(() => redraw()));

  void redraw();
  if (moment() === '') follow((changes) => void slideIn(changes));

  /** What was recorded just now, where it is part of the view. */
  async function slideIn(changes: Change[]): Promise<void> {
    if (!(await swap(location.href, PARTS))) return;
    const fresh = new Set(changes.map(({ id }) => id));
    const come = [...document.querySelectorAll<HTMLElement>('.entry')].filter(({ dataset }) => fresh.has(dataset.id!));
    for (const entry of come) entry.classList.add('fresh');
    if (come.length > 0) announce(`New: ${come.map((entry) => entry.querySelector('h3')?.textContent).join('; ')}`);
    await redraw(fresh);
  }
}
