// The published document as the fuzzer reads it: its operations, its schemas, and the words of its examples.
import { readFileSync } from 'node:fs';
import { OPENAPI } from '../../src/files.js';

/** As far as our document uses JSON Schema. */
export interface Schema {
  $ref?: string;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  format?: string;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  schema: Schema;
}

interface Media {
  schema: Schema;
  example?: unknown;
}

export interface Operation {
  id: string;
  method: string;
  path: string;
  parameters: Parameter[];
  /** By media type. */
  body: Record<string, Media> | undefined;
  /** By status, then by media type. */
  answers: Record<string, Record<string, Media>>;
  needsKey: boolean;
  /** Whether a key that is sent is looked at. */
  takesKey: boolean;
}

export interface Document {
  operations: Operation[];
  schemas: Record<string, Schema>;
  /** What the examples say under each name; without the ids, which differ at each run. */
  words: Map<string, unknown[]>;
}

// biome-ignore lint/suspicious/noExplicitAny: an OpenAPI document is walked as plain JSON, whatever its shape.
type Node = any;

export function readDocument(): Document {
  const { paths, components }: Node = JSON.parse(readFileSync(OPENAPI, 'utf8'));
  const resolved = (response: Node) => (response.$ref === undefined ? response : components.responses[response.$ref.split('/').at(-1)]);
  const operations = Object.entries<Node>(paths).flatMap(([path, methods]) =>
    Object.entries<Node>(methods).map(
      ([method, { operationId, parameters = [], requestBody, responses, security }]): Operation => ({
        id: operationId,
        method: method.toUpperCase(),
        path,
        parameters,
        body: requestBody?.content,
        answers: Object.fromEntries(Object.entries(responses).map(([status, response]) => [status, resolved(response).content ?? {}])),
        needsKey: security.length === 1,
        takesKey: security.length > 0,
      }),
    ),
  );
  return { operations, schemas: components.schemas, words: wordsOf(operations) };
}

function wordsOf(operations: Operation[]): Document['words'] {
  const words = new Map<string, unknown[]>();
  const add = (name: string, value: unknown): void => {
    const known = words.get(name) ?? [];
    if (!known.some((one) => JSON.stringify(one) === JSON.stringify(value))) words.set(name, [...known, value]);
  };
  const collect = (name: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null)
      for (const [inner, one] of Object.entries(value)) collect(Array.isArray(value) ? name : inner, one);
    if (typeof value === 'string' && !/^[0-9a-f]{8}-/.test(value)) add(name, value);
  };
  for (const { body, answers } of operations)
    for (const { example } of [body, answers['200'], answers['201']].flatMap((content) => Object.values(content ?? {})))
      collect('', example);
  return words;
}
