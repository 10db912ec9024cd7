// What may be kept of a document: the members that its schema names, at every depth and in its order. Whatever else
// somebody hung on it, such as a secret, is dropped, so that it reaches neither the tables nor the history.
import { z } from 'zod';

type Keep = (value: unknown, whole: object) => unknown;

/**
 * @param schema of the whole document; defaults, transformations and checks in it play no part
 * @param further members that the schema does not name, or of which it does not say what is in them
 */
export function projectionOf<Document extends object>(
  schema: z.ZodType,
  further: Record<string, Keep> = {},
): (document: Document) => Document {
  const keep = keepOf(schema, further);
  return (document) => keep(document, document) as Document;
}

/** For members whose whole value may be kept. */
export const asItIs: Keep = (value) => value;

function keepOf(schema: z.ZodType, further: Record<string, Keep> = {}): Keep {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return keepOf(schema.unwrap() as z.ZodType, further);
  if (schema instanceof z.ZodPipe) return keepOf(schema.in as z.ZodType, further);
  if (schema instanceof z.ZodUnion) return anyOf(schema.options as z.ZodType[]);
  if (schema instanceof z.ZodArray) return eachOf(keepOf(schema.element as z.ZodType));
  if (schema instanceof z.ZodObject) return membersOf(schema, further);
  if (schema instanceof z.ZodRecord) return recordOf(keepOf(schema.valueType as z.ZodType));
  return schema instanceof z.ZodUnknown ? asItIs : scalar;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where text or a number belongs, nothing else is kept. */
const scalar: Keep = (value) => (typeof value === 'object' && value !== null ? undefined : value);

const eachOf =
  (keep: Keep): Keep =>
  (value, whole) =>
    Array.isArray(value) ? value.map((element) => keep(element, whole)) : scalar(value, whole);

const recordOf =
  (keep: Keep): Keep =>
  (value, whole) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, keep(member, whole)])) : scalar(value, whole);

function membersOf(schema: z.ZodObject, further: Record<string, Keep>): Keep {
  const named = Object.entries(schema.shape).map(([name, member]): [string, Keep] => [name, keepOf(member as z.ZodType)]);
  const members = Object.entries({ ...Object.fromEntries(named), ...further });
  return (value, whole) => {
    if (!isObject(value)) return scalar(value, whole);
    const kept: Record<string, unknown> = {};
    for (const [name, keep] of members) if (Object.hasOwn(value, name)) kept[name] = keep(value[name], whole);
    return kept;
  };
}

/** A slug, or the thing itself: by what the value is. */
function anyOf(options: z.ZodType[]): Keep {
  const forms = options.map((option) => keepOf(option));
  return (value, whole) => {
    if (typeof value !== 'object' || value === null) return value;
    return forms.map((keep) => keep(value, whole)).find((kept) => kept !== undefined);
  };
}
