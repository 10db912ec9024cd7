// What people read where data has names: types, roles, relations, days and moments, in English.
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

/** "export_control" is "export control". */
export const words = (name: string): string => name.replaceAll('_', ' ');

/** "export_control" is "Export control". */
export const label = (name: string): string => sentence(words(name));

export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** @param day YYYY-MM-DD. @returns "26 July 2025" */
export const dayText = (day: string): string => DAY.format(new Date(`${day.slice(0, 10)}T00:00:00Z`));

/** @param moment a day or an instant, as `known_at` takes it. @returns "26 July 2025", "26 July 2025, 09:00 UTC" */
export function momentText(moment: string): string {
  if (Number.isNaN(Date.parse(moment))) return moment;
  return moment.length === 10 ? dayText(moment) : `${dayText(moment)}, ${moment.slice(11, 16)} UTC`;
}

/** "1 source", "3 sources" */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en-GB')} ${number === 1 ? one : many}`;

const LANGUAGES = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });

/** @param tag BCP 47. @returns "Chinese" */
export function languageText(tag: string): string {
  try {
    return LANGUAGES.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

const COUNTRIES = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

/** @param code ISO 3166-1 alpha-2 */
export function countryText(code: string): string {
  try {
    return COUNTRIES.of(code) ?? code;
  } catch {
    return code;
  }
}

/** "a", "a and b", "a, b and c" */
export const listed = (parts: string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
