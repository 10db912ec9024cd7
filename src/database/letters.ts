// Whether a database knows the letters of all scripts. One whose LC_CTYPE is C knows A to Z: there a search for МИР does not
// find "мир", and pg_trgm, by which misspelt names and like titles are found, sees nothing in Cyrillic at all. No statement
// can make up for that, since pg_trgm asks the locale of the database and takes no other; so the start says it.
import type { Database } from './connect.js';

const LETTERS = `
  select datname as name, datctype as ctype, lower('Я') = 'я' and to_tsvector('simple', 'Я') = to_tsvector('simple', 'я') and similarity('Я', 'я') = 1 as are_known
  from pg_database where datname = current_database()`;

/** @returns what to do where it does not; null where it does. To be asked once the migrations are applied */
export async function adviceOnLetters({ pool }: Pick<Database, 'pool'>): Promise<string | null> {
  const { rows } = await pool.query<{ name: string; ctype: string; are_known: boolean }>(LETTERS);
  const { name, ctype, are_known } = rows[0]!;
  if (are_known) return null;
  return `The database ${name} has LC_CTYPE ${ctype} and knows no letters but A to Z: searches in other scripts tell great letters from small ones, and misspelt names and like titles are not found in them. Run npm run backup, create database ${name}_utf8 template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8', name it in DATABASE_URL, and run npm run restore.`;
}
