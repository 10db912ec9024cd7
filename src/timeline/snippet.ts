// Where a search was met in an event's wording, as HTML: a part or two of the text, escaped, in which what was met is
// marked. PostgreSQL finds; to show it, its ts_headline takes ten times as long as finding, so that is done here, by the
// same rules: a word is met by its English stem or as it is written, accents folded; a sign of a script without spaces
// is a word; a term of several words is met by all of them in a row.
import { stem } from 'porter2';
import type { Search } from './search.js';

/** The signs that search_signs of the database sets apart. */
const SIGN = '[\\u1100-\\u11FF\\u3040-\\u30FF\\u3400-\\u4DBF\\u4E00-\\u9FFF\\uAC00-\\uD7AF\\uF900-\\uFAFF\\u{20000}-\\u{2FA1F}]';
const LETTER = '[\\p{L}\\p{M}\\p{N}]';
const WORD = `${SIGN}|(?:(?!${SIGN})${LETTER})+`;
const WORDS = new RegExp(WORD, 'gu');
/** Looks from a place that is set each time; WORDS always looks from the beginning. */
const NEXT_WORD = new RegExp(WORD, 'gu');
/** How many words a part has around the first that was met, and how many parts there are. */
const BEFORE = 8;
const AFTER = 22;
const MOST_PARTS = 2;
/** How many characters that are no letters may stand between the words of a term. */
const MOST_BETWEEN = 3;

interface Word {
  /** As it is compared: lower case, without accents. */
  folded: string;
  stem: string;
}

/** Accents folded letter by letter, so that every letter stays in its place. */
const fold = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: most text is ASCII and has nothing to fold.
  /^[\x00-\x7f]*$/.test(text)
    ? text.toLowerCase()
    : text.replace(/[\u0080-\u10FF\u1E00-\u1FFF]/g, (letter) => letter.normalize('NFD')[0]!).toLowerCase();

const wordsOf = (text: string): Word[] => [...text.matchAll(WORDS)].map(([word]) => ({ folded: word, stem: stem(word) }));

const isMet = (asked: Word, word: string): boolean => asked.folded === word || asked.stem === stem(word);

/** @returns what makes the snippet of a wording */
export function createSnippets(search: Search): (wording: string) => string {
  const terms = search
    .flat()
    .filter(({ isExcluded }) => !isExcluded)
    .map(({ text }) => wordsOf(fold(text)))
    .filter((words) => words.length > 0);
  // Most words of a text are met by nothing; those that begin otherwise are not even taken up.
  const beginnings = terms.map(([first]) => [...first!.folded].slice(0, 2).join('')).join('|');
  const candidates = new RegExp(`(?:(?<!${LETTER})|(?<=${SIGN})|(?=${SIGN}))(?:${beginnings})`, 'gu');

  return (wording) => {
    const folded = fold(wording);
    const met = terms.length === 0 ? [] : meetings(folded, terms, candidates);
    if (met.length === 0) return escapeHtml(wording.slice(0, endOf(folded, 0, BEFORE + AFTER)));
    return partsOf(folded, met)
      .map(({ start, end }) => marked(wording, start, end, met))
      .join(' … ');
  };
}

interface Span {
  start: number;
  end: number;
}

/** Where terms are met, one after another. */
function meetings(text: string, terms: Word[][], candidates: RegExp): Span[] {
  const met: Span[] = [];
  for (const { index } of text.matchAll(candidates)) {
    if (index < (met.at(-1)?.end ?? 0)) continue;
    const longest = Math.max(...terms.map((term) => lengthOf(text, index, term)));
    if (longest > 0) met.push({ start: index, end: index + longest });
  }
  return met;
}

/** How long the words of a term are that stand here; 0 where they do not. */
function lengthOf(text: string, start: number, term: Word[]): number {
  let end = start;
  for (const asked of term) {
    NEXT_WORD.lastIndex = end;
    const match = NEXT_WORD.exec(text);
    const isNext = match !== null && (asked === term[0] ? match.index === start : match.index - end <= MOST_BETWEEN);
    if (!isNext || !isMet(asked, match[0])) return 0;
    end = match.index + match[0].length;
  }
  return end - start;
}

/** What is shown: from some words before a meeting to some after it; parts that touch are one. */
function partsOf(text: string, met: Span[]): Span[] {
  const parts: Span[] = [];
  for (const { start, end } of met) {
    const last = parts.at(-1);
    if (last !== undefined && end <= last.end) continue;
    const part = { start: startOf(text, start, BEFORE), end: endOf(text, end, AFTER) };
    if (last !== undefined && part.start <= last.end) last.end = part.end;
    else if (parts.length < MOST_PARTS) parts.push(part);
    else break;
  }
  return parts;
}

function startOf(text: string, index: number, words: number): number {
  let start = index;
  for (let left = words; left > 0 && start > 0; left--) start = text.lastIndexOf(' ', start - 2) + 1;
  return start;
}

function endOf(text: string, index: number, words: number): number {
  let end = index;
  for (let left = words; left > 0 && end < text.length; left--) {
    const space = text.indexOf(' ', end + 1);
    end = space === -1 ? text.length : space;
  }
  return end;
}

function marked(text: string, from: number, to: number, met: Span[]): string {
  let html = '';
  let done = from;
  for (const { start, end } of met) {
    if (start < done || end > to) continue;
    html += `${escapeHtml(text.slice(done, start))}<mark>${escapeHtml(text.slice(start, end))}</mark>`;
    done = end;
  }
  return html + escapeHtml(text.slice(done, to));
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign]!);
