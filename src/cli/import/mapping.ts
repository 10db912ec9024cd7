// Which column of a table becomes which member of an event: as the user says, else guessed from the header, in whatever way
// it is spelt. It is shown before anything is done.
import { nearest } from '../../contract/faults.js';
import { COLUMNS } from '../csv-columns.js';
import { UsageError } from '../run.js';

export type Why = 'as named' | 'as said' | 'guessed' | 'left out' | 'made by the server';

export interface Mapped {
  header: string;
  /** The name of one of COLUMNS; null where the column is left out. */
  target: string | null;
  why: Why;
}

/** Of the table that the timeline gives: what the server makes by itself. */
const MADE = new Set(
  ['id', 'address', 'start_date', 'end_date', 'date_precision', 'actor_names', 'actor_countries', 'version'].concat([
    'created_at',
    'updated_at',
  ]),
);

/** "Event Date", "eventDate" and "event-date" are one. */
const plain = (header: string): string =>
  header
    .trim()
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, '_')
    .replace(/^_+|_+$/g, '');

/**
 * @param said "title=Headline": a member and the header of its column
 * @throws UsageError where it names what is not there, or title, date or type are missing
 */
export function mapColumns(headers: string[], said: string[]): Mapped[] {
  const given = new Map(said.map((pair) => readPair(pair, headers)));
  const taken = new Set(given.values());
  const mapped = headers.map((header): Mapped | null => {
    const target = given.get(header);
    return target === undefined ? null : { header, target: target === '' ? null : target, why: 'as said' };
  });
  const claim = (why: Why, targetOf: (name: string) => string | undefined) => {
    for (const [index, header] of headers.entries()) {
      const target = mapped[index] === null ? targetOf(plain(header)) : undefined;
      if (target === undefined || taken.has(target)) continue;
      taken.add(target);
      mapped[index] = { header, target, why };
    }
  };
  claim('as named', (name) => (Object.hasOwn(COLUMNS, name) ? name : undefined));
  claim('guessed', (name) => Object.keys(COLUMNS).find((target) => COLUMNS[target]!.also?.includes(name)));
  // Only where there is no other: an event of several days may have but its first one here.
  claim('guessed', (name) => (['start_date', 'start', 'from'].includes(name) ? 'date' : undefined));
  return mapped.map(
    (one, index) =>
      one ?? { header: headers[index]!, target: null, why: MADE.has(plain(headers[index]!)) ? 'made by the server' : 'left out' },
  );
}

function readPair(pair: string, headers: string[]): [header: string, target: string] {
  const cut = pair.indexOf('=');
  const [target, header] = [pair.slice(0, cut).trim(), pair.slice(cut + 1).trim()];
  if (cut < 0 || header === '')
    throw new UsageError(`--map takes pairs such as title=Headline; ${pair} is none. "=Column" leaves a column out.`);
  if (target !== '' && !Object.hasOwn(COLUMNS, target))
    throw new UsageError(`--map ${pair}: there is no member ${target}${hint(target, Object.keys(COLUMNS))}`);
  const found = headers.find((one) => one.trim() === header) ?? headers.find((one) => plain(one) === plain(header));
  if (found === undefined) throw new UsageError(`--map ${pair}: there is no column ${header}${hint(header, headers)}`);
  return [found, target];
}

function hint(word: string, known: string[]): string {
  const lowered = known.map((one) => one.toLowerCase());
  const near = known[lowered.indexOf(nearest(word, lowered) ?? '')];
  return near === undefined ? `; there are ${known.join(', ')}.` : `; did you mean ${near}?`;
}

/** What every event takes and no column gives. */
export const lackingIn = (mapped: Mapped[]): string[] =>
  ['type', 'title', 'date'].filter((target) => !mapped.some((one) => one.target === target));

/** Whether nothing had to be guessed. */
export const isCertain = (mapped: Mapped[]): boolean => mapped.every(({ why }) => why !== 'guessed' && why !== 'left out');

/** As a table, with what the first row says. */
export function showMapping(mapped: Mapped[], first: string[]): string {
  const rows = mapped.map(({ header, target, why }, index) => [header, target ?? '-', why, shorten(first[index] ?? '')]);
  const all = [['column', 'becomes', 'how', 'first value'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd()).join('\n');
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text).replaceAll(/\s+/g, ' ');
