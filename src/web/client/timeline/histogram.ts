// The histogram of all that there is, under the chart: what is looked at is chosen on it by a brush.
import { brushX } from 'd3-brush';
import { scaleUtc } from 'd3-scale';
import { select } from 'd3-selection';
import type { Bucket } from './data.js';
import { endOf, gutterOf } from './drawing.js';
import { DAY, type Span, startOf } from './view.js';

const HEIGHT = 56;
const AXIS = 16;

export interface Histogram {
  draw(buckets: Bucket[], extent: Span, width: number): void;
  /** Shows what is looked at. */
  show(window: Span): void;
}

/** @param onBrush told of what was chosen; null where the choice was taken away */
export function createHistogram(holder: HTMLElement, onBrush: (span: Span | null) => void): Histogram {
  holder.replaceChildren();
  const svg = select(holder)
    .append('svg')
    .attr('role', 'img')
    .attr('aria-label', 'Histogram of all developments; the span is chosen with the fields From and To, too.');
  const bars = svg.append('g');
  const names = svg.append('g');
  const x = scaleUtc();
  const brush = brushX<unknown>()
    .handleSize(10)
    .on('brush end', ({ selection, sourceEvent, type }) => {
      // What is shown by the chart is not chosen by hand.
      if (!sourceEvent) return;
      if (selection === null) return void (type === 'end' && onBrush(null));
      const [start, end] = (selection as [number, number]).map((place) => Number(x.invert(place)));
      if (end! - start! >= DAY) onBrush([start!, end!]);
    });
  const layer = svg.append('g').attr('class', 'brush');
  let isDrawn = false;

  return {
    draw(buckets, extent, width) {
      svg.attr('viewBox', `0 0 ${width} ${HEIGHT + AXIS}`).attr('height', HEIGHT + AXIS);
      x.domain(extent).range([gutterOf(width), endOf(width)]);
      const most = Math.max(1, ...buckets.map(({ total }) => total));
      bars
        .selectAll('rect')
        .data(buckets)
        .join('rect')
        .attr('class', 'bar')
        .attr('x', ({ start_date }) => x(startOf(start_date)))
        .attr('width', ({ start_date, end_date }) => Math.max(0.7, x(startOf(end_date) + DAY) - x(startOf(start_date)) - 0.7))
        .attr('y', ({ total }) => HEIGHT - (total / most) * HEIGHT)
        .attr('height', ({ total }) => (total / most) * HEIGHT);
      names
        .selectAll('text')
        .data(x.ticks(Math.max(2, Math.min(12, Math.floor(width / 90)))))
        .join('text')
        .attr('x', (at) => x(at))
        .attr('y', HEIGHT + 12)
        .text((at) => x.tickFormat()(at));
      brush.extent([
        [gutterOf(width), 0],
        [endOf(width), HEIGHT],
      ]);
      layer.call(brush);
      isDrawn = true;
    },
    show([start, end]) {
      if (!isDrawn) return;
      const [from, to] = x.range() as [number, number];
      const [x0, x1] = [Math.max(from, x(start)), Math.min(to, x(end))];
      layer.call(brush.move, x0 <= from + 1 && x1 >= to - 1 ? null : [x0, Math.max(x0 + 2, x1)]);
    },
  };
}
