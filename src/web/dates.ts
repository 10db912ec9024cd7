// When something happened, in words that respect what is known of it: "26 July 2025", "about August 2025", "between 26 and
// 28 July 2025", "summer 2025".
import { dateText } from '../contract/date-text.js';
import { words } from './words.js';

/** @param date EDTF, as cards have it. @returns a phrase that can stand in a sentence */
export function whenText(date: string): string {
  const [first, last] = endsOf(date);
  return last === null ? dateText(date) : `between ${shortened(first, last)} and ${dateText(last)}`;
}

/** The same for lists and charts: "26–28 July 2025". */
export function whenShort(date: string): string {
  const [first, last] = endsOf(date);
  if (last === null) return dateText(date);
  const start = shortened(first, last);
  return `${start}${/^\d+$/.test(start) ? '–' : ' – '}${dateText(last)}`;
}

/** Both ends of an interval that has two; otherwise the date itself. */
function endsOf(date: string): [string, string | null] {
  const [first = '', last] = date.split('/');
  const isOpen = (end: string | undefined) => end === undefined || end === '' || end === '..';
  return isOpen(first) || isOpen(last) ? [date, null] : [first, last!];
}

/** The first end without what the last one says again: the month, the year. */
function shortened(first: string, last: string): string {
  if (!/^[\d-]+$/.test(first) || !/^[\d-]+$/.test(last)) return dateText(first);
  if (first.length === 10 && last.length === 10 && first.slice(0, 7) === last.slice(0, 7)) return String(Number(first.slice(8)));
  const isSeason = [first, last].some((end) => Number(end.slice(5, 7)) > 12);
  if (first.length > 4 && first.length === last.length && !isSeason && first.slice(0, 4) === last.slice(0, 4))
    return dateText(first).replace(/ \d+$/, '');
  return dateText(first);
}

/** What is not known of a date; null where it is known to the day. */
export function vagueness(date: string, precision: string): string | null {
  const doubts = [
    precision !== 'day' && `it is known to the ${words(precision)} only`,
    /[~%]/.test(date) && 'it is approximate',
    /[?%]/.test(date) && 'it is uncertain',
    date.includes('/') && /(^|\/)(\.\.)?(\/|$)/.test(date) && 'one end is open',
  ].filter((doubt) => doubt !== false);
  return doubts.length === 0 ? null : `${doubts.join('; ')}`;
}
