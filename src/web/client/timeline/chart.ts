// The chart: what is looked at is moved and zoomed by hand, by wheel, by keys, by buttons and on the histogram; what is drawn
// of it is redrawn at once, and asked for when the hand rests.
import { scaleUtc } from 'd3-scale';
import { type ZoomTransform, zoom, zoomIdentity } from 'd3-zoom';
import { createSource, type Drawn, type Item, type LaneName } from './data.js';
import { createCanvas, draw, endOf, gutterOf } from './drawing.js';
import { createHistogram } from './histogram.js';
import { walkWithKeys } from './keys.js';
import { showTips } from './tip.js';
import { DAY, type Span, type View } from './view.js';

/** In milliseconds: how long the hand must rest. */
const REST = 160;

export interface Chart {
  /** Draws another question, or the same one again after a change of the data. @param fresh ids of what has just come */
  ask(view: View, fresh?: ReadonlySet<string>): Promise<void>;
}

/** @param onMove told of what is looked at, once the hand rests; null for all */
export function createChart(
  holder: HTMLElement,
  under: HTMLElement,
  link: (item: Item) => string,
  onMove: (window: Span | null) => void,
): Chart {
  const canvas = createCanvas(holder);
  const whole = scaleUtc();
  const histogram = createHistogram(under, (span) => lookAt(span ?? view.extent));
  let view!: View;
  let source!: ReturnType<typeof createSource>;
  let lanes: LaneName[] = [];
  let drawn: Drawn | null = null;
  let fresh: ReadonlySet<string> = new Set();
  let x = whole;
  let width = 0;
  let timer: number | undefined;
  let isMovedByHand = false;

  const zooming = zoom<SVGSVGElement, unknown>()
    // The wheel scrolls the page, as everywhere.
    .filter((event: WheelEvent) => (event.type === 'wheel' ? event.ctrlKey || event.metaKey || event.shiftKey : !event.button))
    .on('zoom', ({ transform, sourceEvent }) => {
      isMovedByHand ||= sourceEvent !== null && sourceEvent !== undefined;
      x = (transform as ZoomTransform).rescaleX(whole);
      redraw();
      histogram.show(windowNow());
      window.clearTimeout(timer);
      timer = window.setTimeout(() => void rest(), REST);
    });
  canvas.svg.call(zooming).on('dblclick.zoom', null);
  const moves: Record<string, () => void> = {
    earlier: () => canvas.svg.call(zooming.translateBy, width / 3 / scaleNow(), 0),
    later: () => canvas.svg.call(zooming.translateBy, -width / 3 / scaleNow(), 0),
    in: () => canvas.svg.call(zooming.scaleBy, 1.6, focusedAt()),
    out: () => canvas.svg.call(zooming.scaleBy, 1 / 1.6, focusedAt()),
    all: () => lookAt(view.extent),
  };
  showTips(holder);
  walkWithKeys(holder, (name) => byHand(moves[name]!));
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-do]')) button.onclick = () => byHand(moves[button.dataset.do!]!);
  new ResizeObserver(() => {
    if (view === undefined || holder.clientWidth === width) return;
    measure();
    void drawHistogram();
    show(view.window ?? view.extent);
  }).observe(holder);

  const scaleNow = (): number => (view.extent[1] - view.extent[0]) / (windowNow()[1] - windowNow()[0]);
  const windowNow = (): Span => x.domain().map(Number) as unknown as Span;

  /** Around what one zooms: the mark that has the focus, or the middle. */
  function focusedAt(): [number, number] | undefined {
    const mark = holder.contains(document.activeElement) ? (document.activeElement as unknown as SVGAElement) : null;
    return mark?.dataset.x === undefined ? undefined : [Number(mark.dataset.x), 0];
  }

  function byHand(move: () => void): void {
    isMovedByHand = true;
    move();
  }

  function lookAt(span: Span): void {
    isMovedByHand = true;
    show(span);
  }

  function show([start, end]: Span): void {
    const [left, right] = [gutterOf(width), endOf(width)];
    const scale = (right - left) / (whole(end) - whole(start));
    canvas.svg.call(zooming.transform, zoomIdentity.translate(left, 0).scale(scale).translate(-whole(start), 0));
  }

  function measure(): void {
    canvas.tallest = 0;
    width = holder.clientWidth;
    whole.domain(view.extent).range([gutterOf(width), endOf(width)]);
    x = whole;
    zooming
      .scaleExtent([1, Math.max(1, (view.extent[1] - view.extent[0]) / (4 * DAY))])
      .extent([
        [gutterOf(width), 0],
        [endOf(width), 100],
      ])
      .translateExtent([
        [gutterOf(width), Number.NEGATIVE_INFINITY],
        [endOf(width), Number.POSITIVE_INFINITY],
      ]);
  }

  function redraw(): void {
    const isInside = holder.contains(document.activeElement);
    const focused = document.activeElement?.getAttribute('href');
    const marks = draw(canvas, { x, width, drawn, lanes, group: view.group, link, fresh });
    const current = marks.find((mark) => mark.getAttribute('href') === focused) ?? marks[0];
    current?.setAttribute('tabindex', '0');
    // What had the focus is no longer on screen.
    if (isInside && !holder.contains(document.activeElement)) current?.focus({ preventScroll: true });
    holder.dataset.mode = drawn === null ? '' : 'items' in drawn ? 'items' : 'counts';
  }

  async function rest(): Promise<void> {
    const window = windowNow();
    if (isMovedByHand) {
      isMovedByHand = false;
      const isAll = window[0] <= view.extent[0] + DAY && window[1] >= view.extent[1] - DAY;
      view = { ...view, window: isAll ? null : window };
      onMove(view.window);
    }
    await load(window);
  }

  /** Somewhat more than is on screen, so that a short move needs nothing. */
  async function load([start, end]: Span): Promise<void> {
    const margin = (end - start) / 4;
    const asked = source;
    const answer = await asked.read([start - margin, end + margin], lanes);
    // Another question was asked meanwhile, or the hand moved on.
    if (asked !== source || windowNow()[0] !== start) return;
    drawn = answer;
    redraw();
  }

  async function drawHistogram(): Promise<void> {
    histogram.draw(await source.whole(), view.extent, width);
    histogram.show(windowNow());
  }

  return {
    async ask(next, come = new Set()) {
      view = next;
      fresh = come;
      source = createSource(view);
      const asked = source;
      measure();
      const names = await asked.lanes();
      if (asked !== source) return;
      lanes = names;
      show(view.window ?? view.extent);
      window.clearTimeout(timer);
      await Promise.all([load(windowNow()), drawHistogram()]);
    },
  };
}
