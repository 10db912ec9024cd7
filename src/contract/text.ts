// Text as people write it; white space around is dropped.
import { z } from 'zod';

/** A line of text of 1 to `longest` characters. */
export const line = (longest = 300) => z.string().trim().min(1).max(longest);

/** Running text of 1 to `longest` characters, line breaks allowed. */
export const prose = (longest = 20_000) => line(longest);

/** BCP 47 language tag, such as en, zh or pt-BR; returned in its canonical form. */
export const language = z
  .string()
  .max(35)
  .refine(isLanguage, { error: 'A language is a BCP 47 tag, such as en, zh or pt-BR.' })
  .transform((tag) => Intl.getCanonicalLocales(tag)[0]!)
  .meta({ description: 'BCP 47 language tag.' });

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** What sources disagree on, or a limit of the record, under a heading. */
export const notes = z
  .array(z.strictObject({ topic: line(), text: prose() }))
  .max(50)
  .meta({ description: 'Disagreements between sources and limits of the record.' });
