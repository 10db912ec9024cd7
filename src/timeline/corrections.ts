// Misspelt names: where a search finds nothing, each of its words that finds nothing by itself is taken for the name that
// it is nearest to, if one is near enough.
import { distance } from 'fastest-levenshtein';
import type { Reader } from '../database/reading.js';
import { parseSearch } from './search.js';

/**
 * $1: words. Those that find nothing, each with the words of names that share letters with it (pg_trgm): of those who
 * take part, of initiatives and of places.
 */
const CANDIDATES = `
  with asked as (
    select word, lower(unaccent(word)) as plain from unnest($1::text[]) as w(word)
    where not exists (select 1 from event_cards c where c.state = 'published' and c.search @@ search_term(word, true))
  ),
  names as (
    select distinct lower(unaccent(word)) as word from (
      select regexp_split_to_table(concat_ws(' ', name, array_to_string(aliases, ' ')), '[^[:alnum:]]+') as word from actors where deleted_at is null
      union select regexp_split_to_table(name, '[^[:alnum:]]+') from initiatives where deleted_at is null
      union select regexp_split_to_table(concat_ws(' ', place_name, place_city), '[^[:alnum:]]+') from events where deleted_at is null and state = 'published'
    ) w where length(word) > 2
  )
  select asked.word, asked.plain, near.names
  from asked cross join lateral (
    select array_agg(word) as names from (
      select n.word from names n where similarity(n.word, asked.plain) > 0.1 order by similarity(n.word, asked.plain) desc, n.word limit 50
    ) n
  ) near
  where near.names is not null`;

interface Candidates {
  word: string;
  plain: string;
  names: string[];
}

/** How many letters may be wrong in a word. */
const tolerance = (word: string): number => (word.length < 5 ? 1 : Math.max(2, Math.floor(word.length / 3)));

/** @returns the search with misspelt names corrected; null where there is nothing to correct */
export async function correctNames(reads: Reader, q: string): Promise<string | null> {
  const words = parseSearch(q)!
    .flat()
    .filter(({ isExcluded }) => !isExcluded)
    .flatMap(({ text }) => text.split(/[^\p{L}\p{N}]+/u))
    .filter((word) => word.length > 3);
  if (words.length === 0) return null;
  const { rows } = await reads.query<Candidates>(CANDIDATES, [[...new Set(words)]]);
  const corrected = new Map(
    rows.flatMap(({ word, plain, names }) => {
      const [nearest] = names.map((name) => ({ name, wrong: distance(plain, name) })).sort((a, b) => a.wrong - b.wrong);
      return nearest!.wrong <= tolerance(plain) ? [[word, nearest!.name]] : [];
    }),
  );
  return corrected.size === 0 ? null : q.replace(/[\p{L}\p{N}]+/gu, (word) => corrected.get(word) ?? word);
}
