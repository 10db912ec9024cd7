// Where each development stands: in its lane, in the first row where it has room, with its title where that fits.
import { whenShort } from '../../dates.js';
import type { Item, LaneName } from './data.js';
import { DAY, type Span, startOf } from './view.js';

export interface Placed {
  item: Item;
  lane: number;
  row: number;
  /** From and to, in pixels; the same for a day. */
  x0: number;
  x1: number;
  isDay: boolean;
  /** Ends that fade: the date is not known so well, or open. */
  fades: boolean;
  title: string | null;
  spoken: string;
}

export interface Lane extends LaneName {
  rows: number;
}

export const ROW = 19;
/** Of a letter, about, in pixels. */
const LETTER = 6.3;
const LONGEST = 46;
const GAP = 7;

/** Lanes that hold what is in none of the others. */
const OTHERS: LaneName = { value: '', name: 'Others' };

/** What a drawing is laid out on. */
export interface Ground {
  x: (instant: number) => number;
  window: Span;
  /** In pixels. */
  width: number;
  /** In all, at most: so many are shared out among the lanes. */
  rows: number;
}

/** Up to where a row is taken, with the title of its last mark and without. */
interface Row {
  titled: number;
  bare: number;
  last: Placed;
}

export function place(items: Item[], lanes: LaneName[], group: string, ground: Ground): { placed: Placed[]; lanes: Lane[] } {
  const known = new Map(lanes.map(({ value }, index) => [value, index]));
  const all = [...lanes, OTHERS];
  const inLane = all.map((): Item[] => []);
  for (const item of items) for (const lane of lanesOf(item, group, known, lanes.length)) inLane[lane]!.push(item);
  const busy = inLane.filter((those) => those.length > 0).length;
  const most = Math.max(1, Math.min(8, Math.floor(ground.rows / Math.max(busy, 1))));
  const placed: Placed[] = [];
  const shown: Lane[] = [];
  inLane.forEach((those, index) => {
    if (those.length === 0) return;
    const rows: Row[] = [];
    const inOrder = those.map((item) => mark(item, shown.length, ground)).sort((a, b) => a.x0 - b.x0);
    for (const one of inOrder) seat(one, rows, most, ground.width);
    placed.push(...inOrder);
    shown.push({ ...all[index]!, rows: rows.length });
  });
  return { placed, lanes: shown };
}

function mark(item: Item, lane: number, { x, window }: Ground): Placed {
  const start = item.start_date === null ? window[0] : startOf(item.start_date);
  const end = item.end_date === null ? window[1] : startOf(item.end_date) + DAY;
  const isDay = item.start_date !== null && item.start_date === item.end_date;
  const [x0, x1] = isDay ? [x(start + DAY / 2), x(start + DAY / 2)] : [x(start), Math.max(x(end), x(start) + 8)];
  const fades = item.date_precision !== 'day' || /[~?%]/.test(item.date) || item.start_date === null || item.end_date === null;
  const title = item.title.length > LONGEST ? `${item.title.slice(0, LONGEST - 1).trimEnd()}…` : item.title;
  return { item, lane, row: 0, x0, x1, isDay, fades, title, spoken: `${whenShort(item.date)}: ${item.title}` };
}

/** Gives a mark the first row where its title has room, or a new one; where there are no more, the title before it goes. */
function seat(one: Placed, rows: Row[], most: number, width: number): void {
  const left = one.x0 - GAP;
  const bare = one.x1 + GAP;
  const titled = bare + one.title!.length * LETTER;
  if (titled > width + 40) one.title = null;
  const end = one.title === null ? bare : titled;
  let row = rows.findIndex((row) => row.titled + GAP <= left);
  if (row === -1 && rows.length < most) row = rows.length;
  if (row === -1) {
    row = rows.reduce((best, { bare }, index) => (bare < rows[best]!.bare ? index : best), 0);
    rows[row]!.last.title = null;
  }
  one.row = row;
  rows[row] = { titled: end, bare: Math.max(bare, rows[row]?.bare ?? 0), last: one };
}

function lanesOf(item: Item, group: string, known: Map<string, number>, others: number): number[] {
  const values = group === 'type' ? [item.type] : (group === 'actor' ? item.actors : item.initiatives).map(({ slug }) => slug);
  const found = [...new Set(values)].flatMap((value) => known.get(value) ?? []);
  return found.length === 0 ? [others] : found;
}
