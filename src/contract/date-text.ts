// A date in words, and in the parts that are known of it: for forms and pages that people read.
const MONTHS = new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' });
const SEASONS: Record<string, string> = { '21': 'spring', '22': 'summer', '23': 'autumn', '24': 'winter' };
/** The month in which a season begins; see contract/date.ts. */
const SEASON_MONTHS: Record<string, number> = { '21': 3, '22': 6, '23': 9, '24': 12 };
const QUALIFIERS: Record<string, string> = { '~': 'about ', '?': 'perhaps ', '%': 'perhaps about ' };

/** What is known of one end of a date; what is not known is left out. */
export interface DateParts {
  year: number;
  month?: number;
  day?: number;
}

const isOpen = (end: string): boolean => end === '' || end === '..';
const plainOf = (end: string): string => end.replace(/[?~%]$/, '');

/** @param date EDTF level 1, as contract/date.ts takes it. @returns both ends, null where open; the same twice for a single date */
export function partsOf(date: string): { start: DateParts | null; end: DateParts | null } {
  const ends = date.split('/');
  return { start: partsOfEnd(ends[0]!), end: partsOfEnd(ends.at(-1)!) };
}

function partsOfEnd(end: string): DateParts | null {
  if (isOpen(end)) return null;
  const [year = '', month = 'XX', day = 'XX'] = plainOf(end).split('-');
  return {
    year: Number(year.replaceAll('X', '0')),
    ...(month !== 'XX' && { month: SEASON_MONTHS[month] ?? Number(month) }),
    ...(day !== 'XX' && { day: Number(day) }),
  };
}

/** "26 July 2025", "about July 2025", "summer 2026", "the 2020s", "from June 2026", "26 July 2025 to 28 July 2025" */
export function dateText(date: string): string {
  const [first = '', last] = date.split('/');
  if (last === undefined) return endText(first);
  if (isOpen(first)) return `until ${endText(last)}`;
  return isOpen(last) ? `from ${endText(first)}` : `${endText(first)} to ${endText(last)}`;
}

function endText(end: string): string {
  const qualifier = QUALIFIERS[end.at(-1)!] ?? '';
  const [year = '', month = 'XX', day = 'XX'] = plainOf(end).split('-');
  if (year.endsWith('XX')) return `${qualifier}${year.slice(0, 2)}00 to ${year.slice(0, 2)}99`;
  if (year.endsWith('X')) return `${qualifier}the ${year.slice(0, 3)}0s`;
  const number = String(Number(year));
  if (month === 'XX') return `${qualifier}${number}`;
  if (SEASONS[month] !== undefined) return `${qualifier}${SEASONS[month]} ${number}`;
  const name = MONTHS.format(Date.UTC(2000, Number(month) - 1, 1));
  return `${qualifier}${day === 'XX' ? '' : `${Number(day)} `}${name} ${number}`;
}
