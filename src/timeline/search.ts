// What is searched for, in the words of PostgreSQL's web search: words that must all be there, "phrases", -without,
// and or between alternatives. Here it is taken apart, so that each term may be found as a stem or as a name.
import type { Values } from '../database/statement.js';

export interface Term {
  text: string;
  isPhrase: boolean;
  isExcluded: boolean;
}

/** Alternatives, each of terms that must all hold. */
export type Search = Term[][];

const MOST_TERMS = 20;
const TOKEN = /(-?)(?:"([^"]*)"?|([^\s"]+))/gu;
/** Something that can be looked for: a letter or a digit. */
const WORD = /[\p{L}\p{N}]/u;

/** @returns null where nothing is asked for, or too much */
export function parseSearch(q: string): Search | null {
  const alternatives: Search = [[]];
  for (const [, minus, phrase, word] of q.matchAll(TOKEN)) {
    const text = (phrase ?? word)!.trim();
    if (phrase === undefined && minus === '' && /^or$/i.test(text)) alternatives.push([]);
    else if (WORD.test(text)) alternatives.at(-1)!.push({ text, isPhrase: phrase !== undefined, isExcluded: minus === '-' });
  }
  const search = alternatives.filter((terms) => terms.length > 0);
  return search.length === 0 || search.flat().length > MOST_TERMS ? null : search;
}

/** A name may be a word that is else too common to look for: the WHO, "IT", or the only word that is asked for. */
const mayBeName = ({ text, isPhrase }: Term, search: Search): boolean =>
  isPhrase || search.flat().length === 1 || (text.length > 1 && text === text.toUpperCase());

/** @returns the tsquery as SQL, its words as values */
export function searchSql(search: Search, values: Values): string {
  const termSql = (term: Term) => `${term.isExcluded ? '!!' : ''}search_term(${values.add(term.text, 'text')}, ${mayBeName(term, search)})`;
  return `(${search.map((terms) => `(${terms.map(termSql).join(' && ')})`).join(' || ')})`;
}
