// What an event type is: a schema of its own for `details`. Each type is one file here and one line in index.ts.
import { z } from 'zod';
import { edtfDate } from '../../contract/date.js';
import { slug } from '../../contract/ids.js';
import { language, line, prose } from '../../contract/text.js';

/** The slug of an actor; it is checked that there is one. */
export const actorSlug = slug.meta({ description: 'Slug of an actor.' });
const ACTOR_SLUGS = new WeakSet<z.ZodType>([actorSlug]);

/** Several actors, by slug. */
export const actorSlugs = z.array(actorSlug).max(300);

/** A list of short texts. */
export const lines = z.array(line(500)).max(300);

/** A number of people, countries, pages. */
export const count = z.int().min(0).max(100_000_000);

const particular = z.union([
  line(2000),
  z.number(),
  z.boolean(),
  z.array(z.union([line(2000), z.number()])).max(300),
  z.record(z.string().max(200), z.union([line(2000), z.number(), z.boolean()])),
]);

/** Members that the details of every type may have. */
const common = {
  quotes: z
    .array(
      z.strictObject({
        text: prose(2000),
        language,
        speaker: actorSlug.optional(),
        source: line(2000).optional().meta({ description: 'Url or slug of the source that carries the words.' }),
      }),
    )
    .max(50)
    .optional()
    .meta({ description: 'Words as they were said.' }),
  instrument: line(500).optional().meta({ description: 'The document by which it was done.' }),
  legal_force: line(500).optional(),
  stage: line(500).optional(),
  effective_on: edtfDate.optional(),
  expires_on: edtfDate.optional(),
  particulars: z
    .record(z.string().regex(/^[a-z][a-z0-9_]{0,59}$/, { error: 'The name of a particular is snake_case.' }), particular)
    .optional()
    .meta({ description: 'Whatever else is known, by name; no filter looks here.' }),
};

export interface EventType {
  /** One sentence: when to choose this type. */
  description: string;
  /** All members are optional: a development is often known before its particulars. */
  details: z.ZodObject;
}

/**
 * @param name the type's name on the wire
 * @param description one sentence: when to choose this type
 * @param members what the details of this type have beside the common members
 */
export function eventType<Members extends z.ZodRawShape>(name: string, description: string, members: Members): EventType {
  const optional = Object.fromEntries(Object.entries(members).map(([key, member]) => [key, (member as z.ZodType).optional()]));
  const title = name.replace(/(^|_)([a-z])/g, (_, _gap, letter: string) => letter.toUpperCase());
  return {
    description,
    details: z
      .strictObject({ ...optional, ...common })
      .meta({ id: `${title}Details`, description: `Details of the event type ${name}. ${description}` }),
  };
}

/** Every actor that `details` names, and where. */
export function actorsNamed(details: unknown, schema: z.ZodType, pointer = '/details'): { slug: string; pointer: string }[] {
  const bare = unwrap(schema);
  if (ACTOR_SLUGS.has(bare)) return [{ slug: details as string, pointer }];
  if (bare instanceof z.ZodArray)
    return (details as unknown[]).flatMap((item, index) => actorsNamed(item, bare.element as z.ZodType, `${pointer}/${index}`));
  if (!(bare instanceof z.ZodObject)) return [];
  return Object.entries(details as object).flatMap(([name, value]) =>
    actorsNamed(value, bare.shape[name] as z.ZodType, `${pointer}/${name}`),
  );
}

const unwrap = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? unwrap(schema.unwrap() as z.ZodType) : schema;
