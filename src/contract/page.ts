// Pages: the one shape of every list, and the parameters that every list takes.
import { z } from 'zod';

export const DEFAULT_LIMIT = 50;
export const MOST_LIMIT = 200;

/** @param otherwise how many are listed where it is left out. @param name of the parameter */
export const limitUpTo = (most: number, otherwise: number, name = 'limit') =>
  z
    .string()
    .refine((value) => /^\d{1,15}$/.test(value) && Number(value) >= 1, { error: `${name} is a whole number from 1 to ${most}.` })
    .transform((value) => Math.min(Number(value), most))
    .optional()
    .meta({
      description: `How many to list: 1 to ${most}, a larger number is clamped. Default ${otherwise}.`,
      type: 'integer',
      minimum: 1,
      default: otherwise,
    });

export const limit = limitUpTo(MOST_LIMIT, DEFAULT_LIMIT);

export const cursor = z
  .string()
  .max(4000)
  .optional()
  .meta({ description: 'Opaque place in the list, as `page.next` and `page.previous` carry it; bound to the other parameters.' });

export const flag = (name: string, description: string) =>
  z
    .enum(['true', 'false'], { error: `${name} takes true or false.` })
    .transform((value) => value === 'true')
    .optional()
    .meta({ description, type: 'boolean', default: false });

/** Several values: comma-separated, repeated, or both; in one order, whichever they came in. An empty one is an error. */
export const several = <Item extends z.ZodType<string, string>>(name: string, item: Item, description: string) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((value) => [
      ...new Set(
        (Array.isArray(value) ? value : [value])
          .flatMap((text) => text.split(','))
          .map((text) => text.trim())
          .sort(),
      ),
    ])
    .pipe(
      z
        .array(item)
        .min(1)
        .max(100, { error: `${name} takes at most 100 values.` })
        // What is written in several ways is one value in the end.
        .transform((values) => [...new Set(values)].sort()),
    )
    .optional()
    .meta({ description: `${description} Several: comma-separated or repeated.`, list: formOf(item) });

export const page = z
  .strictObject({
    next: z.string().nullable().meta({ description: 'Relative address of the next page; null at the end.' }),
    previous: z.string().nullable().meta({ description: 'Relative address of the previous page; null at the start.' }),
    limit: z.int(),
    total: z.int().optional().meta({ description: 'How many match in all; with total=true.' }),
  })
  .meta({ id: 'Page', description: 'Where this page stands in the list.' });

/** A page as the stores return it: the items and the cursors of its neighbours. */
export interface Listing<Item> {
  data: Item[];
  next: string | null;
  previous: string | null;
  limit: number;
  total?: number;
}

export const listOf = <Item extends z.ZodType>(item: Item, name: string) =>
  z.strictObject({ data: z.array(item), page }).meta({ id: name, description: 'A page of a list.' });

/** One value of a list, as the OpenAPI document shows it. */
function formOf(item: z.ZodType): object {
  const { $schema: _, ...form } = z.toJSONSchema(item, { io: 'input' });
  return form;
}
