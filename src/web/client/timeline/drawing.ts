// Draws what is on screen as SVG: an axis, and lanes with marks that are links, or with how many there are.
import { axisTop } from 'd3-axis';
import type { ScaleTime } from 'd3-scale';
import { type Selection, select } from 'd3-selection';
import { KINDS, kindOf } from '../../timeline/kinds.js';
import type { Bucket, Drawn, Item, LaneName } from './data.js';
import { type Lane, type Placed, place, ROW } from './layout.js';
import { DAY, type Span, startOf } from './view.js';

type Svg = Selection<SVGSVGElement, unknown, null, undefined>;
type Layer = Selection<SVGGElement, unknown, null, undefined>;

const AXIS = 26;
/** Rows of marks that a drawing has room for. */
const ROWS = 24;
const HEAT = 20;
/** Names of lanes stand beside them where there is room, above them where there is not. */
const [BESIDE, WIDE, RIGHT] = [160, 700, 20];

/** How far from the left the lanes begin, and how far above their marks their names need. */
export const gutterOf = (width: number): number => (width >= WIDE ? BESIDE : 4);
const nameOf = (width: number): number => (width >= WIDE ? 3 : 18);
/** Where the drawing of time ends. */
export const endOf = (width: number): number => width - RIGHT;

export interface Canvas {
  /** It grows with what is drawn and shrinks with another question alone, so that zooming moves nothing under it. In pixels. */
  tallest: number;
  svg: Svg;
  axis: Layer;
  lanes: Layer;
}

/** Takes the room that the page kept. */
export function createCanvas(holder: HTMLElement): Canvas {
  const kept = holder.clientHeight;
  holder.replaceChildren();
  const svg = select(holder)
    .append('svg')
    .attr('height', kept)
    .attr('role', 'group')
    .attr('aria-label', 'Developments in time') as unknown as Svg;
  const fades = svg
    .append('defs')
    .selectAll('linearGradient')
    .data([...Object.keys(KINDS), 'others'])
    .join('linearGradient')
    .attr('id', (kind) => `fade-${kind}`)
    .attr('class', (kind) => `kind-${kind}`);
  for (const [offset, opacity] of [
    [0, 0.05],
    [0.3, 0.75],
    [0.7, 0.75],
    [1, 0.05],
  ])
    fades.append('stop').attr('offset', offset!).attr('stop-color', 'currentcolor').attr('stop-opacity', opacity!);
  return { tallest: 0, svg, axis: svg.append('g').attr('class', 'axis').attr('transform', `translate(0,${AXIS})`), lanes: svg.append('g') };
}

export interface Scene {
  x: ScaleTime<number, number>;
  width: number;
  drawn: Drawn | null;
  lanes: LaneName[];
  group: string;
  /** The address of an event's page. */
  link: (item: Item) => string;
  /** Ids of what has just come. */
  fresh: ReadonlySet<string>;
}

/** @returns the marks that are on screen, in the order in which they happened */
export function draw(canvas: Canvas, scene: Scene): SVGAElement[] {
  const { svg, axis, lanes: layer } = canvas;
  const { x, width, drawn } = scene;
  axis.call(
    axisTop<Date>(x)
      .ticks(Math.max(2, Math.floor(width / 110)))
      .tickSizeOuter(0),
  );
  if (drawn === null) return [];
  const needed = 'items' in drawn ? drawItems(layer, scene, drawn.items) : drawHeat(layer, scene, drawn.heat);
  canvas.tallest = Math.max(canvas.tallest, needed);
  const height = canvas.tallest;
  svg.attr('viewBox', `0 0 ${width} ${height}`).attr('height', height);
  axis
    .selectAll<SVGLineElement, Date>('.tick line')
    .attr('y1', height - AXIS)
    .attr('y2', 0);
  return marksIn(layer.node()!);
}

/** On screen, from left to right. */
const marksIn = (layer: SVGGElement): SVGAElement[] =>
  [...layer.querySelectorAll<SVGAElement>('a')].sort((a, b) => Number(a.dataset.x) - Number(b.dataset.x));

function drawItems(layer: Layer, { x, width, lanes, group, link, fresh }: Scene, items: Item[]): number {
  const [start, end] = x.domain().map(Number) as [number, number];
  const seen = items.filter((item) => touches(item, [start, end]));
  const laid = place(seen, lanes, group, {
    x: (instant) => Math.max(x(instant), gutterOf(width) - 6),
    window: [start, end],
    width,
    rows: ROWS,
  });
  const tops = topsOf(laid.lanes, ({ rows }) => nameOf(width) + rows * ROW + 4);
  nameLanes(layer, laid.lanes, tops, width);
  const marks = layer
    .selectAll<SVGAElement, Placed>('a')
    .data(laid.placed, (one) => `${one.lane} ${one.item.id}`)
    .join((enter) => {
      const mark = enter.append('a');
      mark.append('rect').attr('class', 'target').attr('rx', 3);
      mark.append('path').attr('class', 'mark');
      mark.append('text').attr('dy', '0.35em');
      return mark;
    })
    .attr('href', ({ item }) => link(item))
    .attr('tabindex', -1)
    .attr('aria-label', ({ spoken }) => spoken)
    .attr('data-x', ({ x0 }) => x0)
    .attr('class', ({ item }) => `kind-${kindOf(item.type)}${fresh.has(item.id) ? ' fresh' : ''}`)
    .attr('transform', ({ lane, row }) => `translate(0,${tops[lane]! + nameOf(width) + row * ROW + ROW / 2})`);
  marks
    .select('.target')
    .attr('x', ({ x0 }) => x0 - 9)
    .attr('y', -ROW / 2)
    .attr('height', ROW)
    .attr('width', ({ x0, x1, title }) => x1 - x0 + 18 + (title === null ? 0 : title.length * 6.3));
  marks
    .select('.mark')
    .attr('d', shapeOf)
    .attr('fill', ({ fades, isDay, item }) => (fades && !isDay ? `url(#fade-${kindOf(item.type)})` : null))
    .classed('halo', ({ fades, isDay }) => fades && isDay);
  marks
    .select('text')
    .attr('x', ({ x1 }) => x1 + 9)
    .text(({ title }) => title ?? '');
  return tops.at(-1)! + 8;
}

/** A dot for a day, larger where it weighs more; a bar for a span. */
function shapeOf({ x0, x1, isDay, item }: Placed): string {
  const r = 2 + item.significance * 0.8;
  if (isDay) return `M${x0 - r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0`;
  return `M${x0},${-r}H${x1}V${r}H${x0}Z`;
}

function drawHeat(layer: Layer, { x, width, lanes }: Scene, heat: Map<string, Bucket[]>): number {
  const shown = lanes.filter(({ value }) => heat.get(value)?.some(({ total }) => total > 0));
  const tops = topsOf(shown, () => nameOf(width) + HEAT + 4);
  nameLanes(
    layer,
    shown.map((lane) => ({ ...lane, rows: 1 })),
    tops,
    width,
  );
  const most = Math.max(1, ...shown.flatMap(({ value }) => heat.get(value)!.map(({ total }) => total)));
  const [start, end] = x.domain().map(Number) as [number, number];
  const from = (day: string): number => Math.max(x(startOf(day)), gutterOf(width));
  layer.selectAll('a').remove();
  layer
    .selectAll<SVGGElement, Lane>('g.lane')
    .append('g')
    .attr('class', ({ value }) => `heat kind-${kindOf(value)}`)
    .selectAll('rect')
    .data(({ value }) =>
      heat.get(value)!.filter((bucket) => bucket.total > 0 && startOf(bucket.start_date) < end && startOf(bucket.end_date) + DAY > start),
    )
    .join('rect')
    .attr('x', ({ start_date }) => from(start_date))
    .attr('width', ({ start_date, end_date }) => Math.max(1, x(startOf(end_date) + DAY) - from(start_date) - 0.5))
    .attr('y', nameOf(width))
    .attr('height', HEAT)
    .attr('opacity', ({ total }) => 0.12 + 0.88 * Math.sqrt(total / most))
    .append('title')
    .text(({ start_date, end_date, total }) => `${start_date} to ${end_date}: ${total}`);
  return tops.at(-1)! + 8;
}

/** Where each lane begins, and where the last one ends. */
function topsOf<One>(lanes: One[], heightOf: (lane: One) => number): number[] {
  const tops = [AXIS + 4];
  for (const lane of lanes) tops.push(tops.at(-1)! + heightOf(lane));
  return tops;
}

function nameLanes(layer: Layer, lanes: Lane[], tops: number[], width: number): void {
  layer.selectAll('g.lane').remove();
  const lane = layer
    .selectAll('g.lane')
    .data(lanes)
    .enter()
    .append('g')
    .attr('class', 'lane')
    .attr('transform', (_, index) => `translate(0,${tops[index]})`);
  lane.append('line').attr('class', 'rule').attr('x2', width);
  const most = width >= WIDE ? 20 : 60;
  const text = lane.append('text').attr('class', 'name');
  text.append('title').text(({ name }) => name);
  text
    .selectAll('tspan')
    .data(({ name, rows }) => linesOf(name, most, width >= WIDE ? rows : 1))
    .join('tspan')
    .attr('x', 2)
    .attr('y', (_, index) => 16 + index * 15)
    .text((line) => line);
}

/** A name in so many lines of so many letters at most. */
function linesOf(name: string, most: number, rows: number): string[] {
  const lines = [''];
  for (const word of name.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trimStart();
    if (longer.length <= most || lines.at(-1) === '' || lines.length === rows) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line) => (line.length > most ? `${line.slice(0, most - 1).trimEnd()}…` : line));
}

const touches = ({ start_date, end_date }: Item, [start, end]: Span): boolean =>
  (start_date === null || startOf(start_date) < end) && (end_date === null || startOf(end_date) + DAY > start);
