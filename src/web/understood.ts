// What is understood of a date while it is typed: EDTF in words, and what somebody wrote in words as EDTF. It holds what
// contract/date.ts holds, without the library, which no reader of a page should have to load; a test compares them.
import { whenText } from './dates.js';
import { sentence } from './words.js';

const END = /^\d(\d{3}|\d{2}X|\dXX)(-(\d{2}|XX)(-(\d{2}|XX))?)?[?~%]?$/;
const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];
const SEASONS: Record<string, string> = { spring: '21', summer: '22', autumn: '23', fall: '23', winter: '24' };
/** The month in which a season begins; see contract/date.ts. */
const SEASON_STARTS: Record<string, string> = { '21': '03', '22': '06', '23': '09', '24': '12' };

/** @returns whether it is EDTF level 1 as the API takes it */
export function isEdtf(text: string): boolean {
  const ends = text.split('/');
  const isOpen = (end: string) => ends.length === 2 && (end === '' || end === '..');
  const known = ends.filter((end) => !isOpen(end));
  if (ends.length > 2 || known.length === 0 || !known.every(isEnd)) return false;
  return known.length < 2 || start(known[0]!) <= start(known[1]!);
}

function isEnd(end: string): boolean {
  // What is not known at all is not doubted, too.
  if (!END.test(end) || /X[?~%]$/.test(end) || /^0(000|00X|0XX|XXX)/.test(end)) return false;
  const [year = '', month, day] = end.replace(/[?~%]$/, '').split('-');
  if (year.includes('X')) return month === undefined;
  if (month === undefined || month === 'XX') return day === undefined || day === 'XX';
  if (/^2[1-4]$/.test(month)) return day === undefined && !(year === '9999' && month === '24');
  if (Number(month) < 1 || Number(month) > 12) return false;
  if (day === undefined || day === 'XX') return true;
  // The calendar repeats itself after 400 years; the first hundred are not what Date.UTC takes them for.
  const days = new Date(Date.UTC(Number(year) + 400, Number(month), 0)).getUTCDate();
  return Number(day) >= 1 && Number(day) <= days;
}

/** The first day that an end may mean, as text that can be compared. */
function start(end: string): string {
  const [year = '', month = 'XX', day = 'XX'] = end.replace(/[?~%]$/, '').split('-');
  const known = (part: string) => (part === 'XX' ? '01' : part);
  return [year.replaceAll('X', '0'), SEASON_STARTS[month] ?? known(month), known(day)].join('-');
}

/** @returns "26 July 2025", in words with a capital; null where it is no date */
export const understood = (text: string): string | null => (isEdtf(text) ? sentence(whenText(text)) : null);

/** @param text as people write it: "26 July 2025", "about July 2025", "July 26, 2025", "summer 2025", "26.7.2025". @returns EDTF, or null */
export function edtfOf(text: string): string | null {
  const written = text.trim().toLowerCase().replace(/[,.]/g, ' ').replace(/\s+/g, ' ');
  const [, about = '', rest = ''] = /^(about |around |circa |c |perhaps |probably )?(.*)$/.exec(written)!;
  const plain = plainOf(rest);
  if (plain === null || !isEdtf(plain)) return null;
  const doubt = about === '' ? '' : /^(perhaps|probably)/.test(about) ? '?' : '~';
  return plain + doubt;
}

function plainOf(text: string): string | null {
  const parts = text.split(' ');
  const year = parts.at(-1)!;
  if (!/^\d{4}$/.test(year)) return null;
  const others = parts.slice(0, -1);
  if (others.length === 1 && SEASONS[others[0]!] !== undefined) return `${year}-${SEASONS[others[0]!]}`;
  const month = others.map((one) => MONTHS.findIndex((name) => one.length > 2 && name.startsWith(one))).find((found) => found >= 0);
  const day = others.map((one) => /^(\d{1,2})(st|nd|rd|th)?$/.exec(one)?.[1]).find((found) => found !== undefined);
  const two = (number: number | string) => String(number).padStart(2, '0');
  if (month !== undefined && others.length <= 2) return [year, two(month + 1), ...(day === undefined ? [] : [two(day)])].join('-');
  // 26.7.2025: day before month, as is written with dots.
  if (others.length === 2 && others.every((one) => /^\d{1,2}$/.test(one))) return `${year}-${two(others[1]!)}-${two(others[0]!)}`;
  return others.length === 0 ? year : null;
}
