// Countries by ISO 3166-1 alpha-2, checked against the list of the `i18n-iso-countries` library,
// without the names in eighty languages that its main file loads.
import countries from 'i18n-iso-countries/index.js';
import { z } from 'zod';

const CODES = new Set(Object.keys(countries.getAlpha2Codes()));

/** Two capital letters; small ones are accepted and raised. */
export const country_code = z
  .string()
  .transform((value) => value.toUpperCase())
  .refine((value) => CODES.has(value), { error: 'A country is an ISO 3166-1 alpha-2 code, such as CN, DE or ZA.' })
  .meta({ description: 'ISO 3166-1 alpha-2.' });

export const country_code_answer = z.string().nullable().meta({ description: 'ISO 3166-1 alpha-2.' });

/** Where something took place; at least one member. */
export const place = z
  .strictObject({
    name: z.string().trim().min(1).max(200).optional().meta({ description: 'Venue or region, where there is no city.' }),
    city: z.string().trim().min(1).max(200).optional(),
    country_code: country_code.optional(),
  })
  .refine((value) => Object.keys(value).length > 0, { error: 'A place takes at least one of name, city and country_code.' });

export const place_answer = z
  .strictObject({ name: z.string().nullable(), city: z.string().nullable(), country_code: country_code_answer })
  .nullable();
