// What the form asks for, read off the schemas that check it: a new member of a type is a new field here.
import { z } from 'zod';
import { eventForms } from '../../events/schema.js';
import { EVENT_TYPES } from '../../events/types/index.js';

/** As much of JSON Schema as the form needs. */
export interface Shape {
  $ref?: string;
  type?: string;
  description?: string;
  default?: unknown;
  enum?: string[];
  anyOf?: Shape[];
  items?: Shape;
  properties?: Record<string, Shape>;
  required?: string[];
  additionalProperties?: Shape | boolean;
  /** What can be made on the way, where a reference stands. */
  made?: Shape;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
}

export const TYPES: Record<string, string> = Object.fromEntries(
  Object.entries(EVENT_TYPES).map(([name, { description }]) => [name, description]),
);

let members: Record<string, Shape> | undefined;

/** The members of an event, by name. */
export function membersOf(): Record<string, Shape> {
  members ??= propertiesOf(eventForms.input);
  return members;
}

/** The members of the details of a type: its own first. @returns nothing where there is no such type */
export function detailsOf(type: string): Record<string, Shape> {
  return Object.hasOwn(EVENT_TYPES, type) ? propertiesOf(EVENT_TYPES[type as keyof typeof EVENT_TYPES].details) : {};
}

function propertiesOf(schema: z.ZodType): Record<string, Shape> {
  const whole = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape & { $defs?: Record<string, Shape> };
  const settled = (shape: Shape): Shape => {
    if (shape.$ref !== undefined) return settled(whole.$defs?.[shape.$ref.split('/').at(-1)!] ?? {});
    // Null stands for what is left out.
    const { anyOf, ...rest } = shape;
    const others = (anyOf ?? []).map(settled).filter(({ type }) => type !== 'null');
    const text = others.find(({ type }) => type === 'string');
    const made = text && others.find(({ properties }) => properties !== undefined);
    if (others.length > 0) return settled({ ...(text ?? others[0]!), ...rest, ...(made && { made }) });
    return {
      ...rest,
      ...(rest.items && { items: settled(rest.items) }),
      ...(rest.properties && {
        properties: Object.fromEntries(Object.entries(rest.properties).map(([name, one]) => [name, settled(one)])),
      }),
    };
  };
  return settled(whole).properties ?? {};
}
