// Countries: answered as ISO 3166-1 alpha-2 with an English name, taken as alpha-2, alpha-3 or a name. The list and the
// names are those of the `i18n-iso-countries` library, without the names in eighty other languages that its main file loads.
import { createRequire } from 'node:module';
import countries from 'i18n-iso-countries/index.js';
import { z } from 'zod';
import { several } from './page.js';

const ENGLISH: Record<string, string | string[]> = createRequire(import.meta.url)('i18n-iso-countries/langs/en.json').countries;

const ALPHA2 = Object.keys(countries.getAlpha2Codes()).sort();

/** Those that people call by the second of their names, the first being the official one. */
const CALLED_BY_SECOND = ['CN', 'CZ', 'GM', 'IR', 'MK', 'RU', 'TW', 'TZ', 'US'];

const namesOf = (code: string): string[] => [ENGLISH[code] ?? code].flat();

/** "Virgin Islands, British" as it is said: "British Virgin Islands". */
const inSpeech = (name: string): string => name.replace(/^(.+), (.+ of|British|U\.S\.)$/, '$2 $1');

/** The English name of a country. @param code alpha-2 */
export const countryName = (code: string): string => inSpeech(namesOf(code)[CALLED_BY_SECOND.includes(code) ? 1 : 0]!);

/** Every country by its name, as the database has it too: { "AD": "Andorra", … } */
export const COUNTRY_NAMES: Record<string, string> = Object.fromEntries(ALPHA2.map((code) => [code, countryName(code)]));

/** A name without case, accents, spaces and signs: "Côte d'Ivoire" and "cote-d-ivoire" are one. */
const spelling = (name: string): string =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[\p{Mark}\p{Punctuation}\p{Separator}]/gu, '');

/** Alpha-2 by whatever a country is called; a name that two bear calls neither. */
const CODES = codesBySpelling();

function codesBySpelling(): Map<string, string> {
  const named = ALPHA2.flatMap((code) =>
    namesOf(code).flatMap((name) => [name, inSpeech(name)].map((one) => [spelling(one), code] as const)),
  );
  const shared = new Set(
    named.filter(([name, code]) => named.some(([other, another]) => other === name && another !== code)).map(([name]) => name),
  );
  const codes = ALPHA2.flatMap((code) => [code, countries.alpha2ToAlpha3(code)!].map((one) => [spelling(one), code] as const));
  return new Map([...named.filter(([name]) => !shared.has(name)), ...codes]);
}

/** Alpha-2 from a code or a name. */
export const country_code = z
  .string()
  .max(100)
  .transform((value) => CODES.get(spelling(value)) ?? '')
  .refine((value) => value !== '', {
    error: 'A country is an ISO 3166-1 code, such as CN, DEU or ZA, or its English name, such as South Africa.',
  })
  .meta({ description: 'ISO 3166-1 alpha-2; alpha-3 and the English name are taken too.' });

/** @param number ISO 3166-1 numeric, of three digits. @returns alpha-2; null where there is none */
export const countryOfNumber = (number: string): string | null => countries.numericToAlpha2(number) ?? null;

/** The countries of a filter, as alpha-2. */
export const countriesOf = (description: string) =>
  several(
    'country',
    country_code as unknown as z.ZodType<string, string>,
    `${description}: ISO 3166-1 alpha-2 or alpha-3, or the English name.`,
  );

export const country_code_answer = z.string().nullable().meta({ description: 'ISO 3166-1 alpha-2.' });
export const country_name_answer = z.string().nullable().meta({ description: 'English name of the country.' });

/** What an answer says of a country: its code and its name. */
export const country_answer = { country_code: country_code_answer, country_name: country_name_answer };

/** Where something took place; at least one member. */
export const place = z
  .strictObject({
    name: z.string().trim().min(1).max(200).optional().meta({ description: 'Venue or region, where there is no city.' }),
    city: z.string().trim().min(1).max(200).optional(),
    country_code: country_code.optional(),
  })
  .refine((value) => Object.keys(value).length > 0, { error: 'A place takes at least one of name, city and country_code.' });

export const place_answer = z.strictObject({ name: z.string().nullable(), city: z.string().nullable(), ...country_answer }).nullable();
