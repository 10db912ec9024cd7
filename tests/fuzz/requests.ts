// Requests to one operation: some fit the document, some do not, and of each it is known which.
import type { ValidateFunction } from 'ajv';
import fc from 'fast-check';
import type { Document, Operation, Parameter, Schema } from './document.js';
import { createValues } from './values.js';

/** Whose key is sent: one that suffices, none, or one that nobody has. */
export type Bearer = 'admin' | 'nobody' | 'unknown';

export interface FuzzRequest {
  method: string;
  /** With the query. */
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
  bearer: Bearer;
  /** Why it must be refused; null where it may be taken. */
  fault: 'query' | 'body' | 'type' | 'json' | null;
}

interface Query {
  text: string;
  isBroken: boolean;
}

interface Body {
  text: string | undefined;
  type: string;
  fault: FuzzRequest['fault'];
}

/**
 * @param keysOf what a parameter of a path may name, by the path before it
 * @param validate tells whether a body fits its schema
 */
export function createRequests(document: Document, keysOf: (prefix: string) => string[], validate: (schema: Schema) => ValidateFunction) {
  const { arbitraryOf, resolve } = createValues(document);

  function requestTo(operation: Operation): fc.Arbitrary<FuzzRequest> {
    return fc
      .record({
        path: pathOf(operation),
        query: queryOf(operation.parameters.filter((parameter) => parameter.in === 'query')),
        condition: conditionOf(operation.method),
        body: bodyOf(operation),
        bearer: fc.oneof(
          { weight: 20, arbitrary: fc.constant<Bearer>(operation.needsKey ? 'admin' : 'nobody') },
          { weight: 1, arbitrary: fc.constantFrom<Bearer>('nobody', 'unknown', 'admin') },
        ),
        method: operation.method === 'GET' ? fc.constantFrom('GET', 'GET', 'GET', 'GET', 'HEAD') : fc.constant(operation.method),
      })
      .map(({ path, query, condition, body, bearer, method }) => ({
        method,
        url: query.text === '' ? path : `${path}?${query.text}`,
        headers: { ...condition, ...(body.text !== undefined && { 'content-type': body.type }) },
        body: body.text,
        bearer,
        fault: query.isBroken ? 'query' : body.fault,
      }));
  }

  function pathOf({ path }: Operation): fc.Arbitrary<string> {
    const parts = path.split(/(\{\w+\})/);
    const arbitraries = parts.map((part, index) => {
      if (!part.startsWith('{')) return fc.constant(part);
      const known = keysOf(parts.slice(0, index).join(''));
      const any = fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 130 })
        .filter((text) => text !== '.' && text !== '..' && text.isWellFormed());
      const numbers = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer()).map(String);
      const arbitrary = /number|version/.test(part)
        ? fc.oneof({ weight: 6, arbitrary: numbers }, { weight: 1, arbitrary: any })
        : fc.oneof({ weight: 9, arbitrary: fc.nat().map((n) => known[n % known.length] ?? 'nothing') }, { weight: 1, arbitrary: any });
      return arbitrary.map(encodeURIComponent);
    });
    return fc.tuple(...arbitraries).map((texts) => texts.join(''));
  }

  function queryOf(parameters: Parameter[]): fc.Arbitrary<Query> {
    const one = ({ name, schema }: Parameter) =>
      arbitraryOf(schema, name).map(
        (value) =>
          `${name}=${[value]
            .flat()
            .map((part) => encodeURIComponent(String(part)))
            .join(',')}`,
      );
    const some =
      parameters.length === 0
        ? fc.constant([])
        : fc.subarray(parameters, { maxLength: Math.min(4, parameters.length) }).chain((chosen) => fc.tuple(...chosen.map(one)));
    const broken = fc.constantFrom('nonsense=1', '__proto__=1', ...parameters.flatMap(brokenParameter));
    return fc.oneof(
      { weight: 5, arbitrary: some.map((parts) => ({ text: (parts as string[]).join('&'), isBroken: false })) },
      { weight: 1, arbitrary: broken.map((text) => ({ text, isBroken: true })) },
    );
  }

  function bodyOf(operation: Operation): fc.Arbitrary<Body> {
    if (operation.body === undefined) return fc.constant({ text: undefined, type: '', fault: null });
    const [[type, { schema, example }]] = Object.entries(operation.body) as [[string, { schema: Schema; example?: unknown }]];
    const isValid = validate(schema);
    const judged = (value: unknown): Body => ({ text: JSON.stringify(value), type, fault: isValid(value) ? null : 'body' });
    const made = arbitraryOf(schema);
    const changed = changesTo(example as Record<string, unknown>, resolve(schema));
    return fc.oneof(
      { weight: 3, arbitrary: made.map(judged) },
      { weight: 5, arbitrary: changed.map(judged) },
      {
        weight: 2,
        arbitrary: fc.tuple(changed, fc.string(), fc.jsonValue()).map(([body, name, value]) => judged({ ...body, [name]: value })),
      },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }).map(judged) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom('text/plain', 'application/xml', 'multipart/form-data')
          .map((other): Body => ({ text: '{}', type: other, fault: 'type' })),
      },
      { weight: 1, arbitrary: made.map((value): Body => ({ text: JSON.stringify(value).slice(0, -1), type, fault: 'json' })) },
    );
  }

  /** The example, with some members as the schema has them, others as it has not. */
  function changesTo(example: Record<string, unknown>, { properties = {} }: Schema): fc.Arbitrary<Record<string, unknown>> {
    const names = Object.keys(properties);
    return fc.subarray(names, { maxLength: Math.min(3, names.length) }).chain((chosen) => {
      const members = chosen.map((name) =>
        fc.oneof(
          { weight: 12, arbitrary: arbitraryOf(properties[name]!, name) },
          { weight: 1, arbitrary: fc.jsonValue() },
          { weight: 1, arbitrary: fc.constant(undefined) },
        ),
      );
      return fc
        .tuple(...members)
        .map((values) => ({ ...example, ...Object.fromEntries(chosen.map((name, index) => [name, values[index]])) }));
    });
  }

  return { requestTo, changesTo, resolve };
}

/** Values that a parameter surely does not take. */
function brokenParameter({ name, schema }: Parameter): string[] {
  const inner = schema.type === 'array' ? schema.items! : schema;
  if (inner.enum !== undefined || inner.type === 'boolean') return [`${name}=nonsense`, `${name}=`];
  return inner.type === 'integer' ? [`${name}=1.5`, `${name}=x`, `${name}=-1`] : [];
}

const conditionOf = (method: string): fc.Arbitrary<Record<string, string>> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant({}) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('*', '"1"', '"1-abcdefgh"', 'W/"1"', '"999"', 'nonsense', '"1", "2"', ',')
        .map((value) => ({ [method === 'GET' ? 'if-none-match' : 'if-match']: value }) as Record<string, string>),
    },
  );
