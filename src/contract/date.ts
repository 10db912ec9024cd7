// Imprecise dates: EDTF level 1 (Extended Date/Time Format, ISO 8601-2:2019), read by the `edtf` library, here and
// nowhere else. A date means a span of days; filters compare spans, and the timeline is ordered by their first day.
import edtf from 'edtf';
import { z } from 'zod';

/** From the most to the least precise; the position is the rank by which the timeline breaks ties. */
export const DATE_PRECISIONS = ['day', 'month', 'season', 'year', 'decade', 'century'] as const;
export type DatePrecision = (typeof DATE_PRECISIONS)[number];

/** The days that a date may mean, inclusive (YYYY-MM-DD); null where the interval is open or unknown at that end. */
export interface DateSpan {
  start_date: string | null;
  end_date: string | null;
  date_precision: DatePrecision;
}

/** One end of an interval, or a single date: a year of four digits and what may follow. */
const END = /^\d(\d{3}|\d{2}X|\dXX)(-(\d{2}|XX)(-(\d{2}|XX))?)?[?~%]?$/;
const DAY_MS = 86_400_000;
/** First month (0-based) of the seasons 21 to 24, as in the northern hemisphere; winter runs into the next year. */
const SEASON_MONTHS: Record<string, number> = { '21': 2, '22': 5, '23': 8, '24': 11 };

/**
 * @param text EDTF level 1 in years 0001 to 9999: a day, month, season (21 spring to 24 winter), year, decade (`202X`),
 * century (`20XX`), each possibly `?`, `~` or `%`; or an interval of two, either end open (`..`) or unknown (nothing)
 * @returns null when it is none of these
 */
export function parseDate(text: string): DateSpan | null {
  if (text.length > 40) return null;
  const known = spans.get(text);
  if (known !== undefined) return known;
  // The oldest half goes, so that those in use come back.
  if (spans.size === MOST_SPANS) for (const old of [...spans.keys()].slice(0, MOST_SPANS / 2)) spans.delete(old);
  const span = readDate(text);
  spans.set(text, span);
  return span;
}

/** Dates that were read: reading one takes longer than all else that is checked of an event, and imports name the same ones. */
const MOST_SPANS = 10_000;
const spans = new Map<string, Readonly<DateSpan> | null>();

function readDate(text: string): DateSpan | null {
  const ends = text.split('/');
  if (ends.length > 2) return null;
  const isOpen = (end: string) => ends.length === 2 && (end === '' || end === '..');
  const known = ends.filter((end) => !isOpen(end)).map(parseEnd);
  if (known.length === 0 || known.includes(null)) return null;
  const [first, last] = [known[0]!, known.at(-1)!];
  if (first.start > last.start) return null;
  return {
    start_date: isOpen(ends[0]!) ? null : first.start,
    end_date: isOpen(ends.at(-1)!) ? null : last.end,
    date_precision: DATE_PRECISIONS[Math.max(...known.map((span) => span!.rank))]!,
  };
}

interface EndSpan {
  start: string;
  end: string;
  rank: number;
}

function parseEnd(text: string): EndSpan | null {
  // There is no year 0 in PostgreSQL, nor in history.
  if (!END.test(text) || /^0(000|00X|0XX|XXX)/.test(text)) return null;
  const plain = text.replace(/[?~%]$/, '');
  const season = SEASON_MONTHS[plain.slice(5)];
  if (season !== undefined) {
    // Winter of the last year would end in a year of five digits.
    if (plain.slice(0, 4).includes('X') || plain === '9999-24') return null;
    const year = Number(plain.slice(0, 4));
    return { start: day(utc(year, season, 1)), end: day(utc(year, season + 3, 1) - DAY_MS), rank: DATE_PRECISIONS.indexOf('season') };
  }
  try {
    const { min, max } = edtf(text, { level: 1, types: ['Date'] });
    // The library takes 29 February of any year, and means 1 March by it where there is none.
    const written = plain.slice(8);
    if (written !== '' && written !== 'XX' && written !== day(min).slice(8)) return null;
    return { start: day(min), end: day(max), rank: DATE_PRECISIONS.indexOf(precisionOf(plain)) };
  } catch {
    return null;
  }
}

function precisionOf(plain: string): DatePrecision {
  const [year = '', month = 'XX', dayOfMonth = 'XX'] = plain.split('-');
  if (year.endsWith('XX')) return 'century';
  if (year.endsWith('X')) return 'decade';
  if (month === 'XX') return 'year';
  return dayOfMonth === 'XX' ? 'month' : 'day';
}

function utc(year: number, month: number, dayOfMonth: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, dayOfMonth);
  return date.getTime();
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);

export const DATE_HELP =
  'a date is EDTF level 1, such as 2025-07-26, 2025-07, 2025, 2025-07~ (about), 2026-21 (spring), 2026-06/.. (open) or 2025-07-26/2025-07-28';

/** An EDTF date as text. */
export const edtfDate = z
  .string()
  .refine((value) => parseDate(value) !== null, { error: `This is no date: ${DATE_HELP}.` })
  .meta({ description: 'A date that may be imprecise: EDTF level 1 (ISO 8601-2).' });

/** The first or the last day that a date may mean. */
export const span_day = z.string().nullable().meta({ description: 'A day, YYYY-MM-DD; null where open.', format: 'date' });
