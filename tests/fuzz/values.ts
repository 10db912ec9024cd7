// Values that fit a JSON Schema, for fast-check to make up and to make smaller. Text is often taken from the examples of
// the document: what is only of the right form (a slug of nobody) goes no deeper than the first check.
import fc from 'fast-check';
import type { Document, Schema } from './document.js';

/** Deeper than this only what must be there is. */
const DEEPEST = 5;

export function createValues({ schemas, words }: Pick<Document, 'schemas' | 'words'>) {
  const resolve = (schema: Schema): Schema => (schema.$ref === undefined ? schema : schemas[schema.$ref.split('/').at(-1)!]!);

  /** @param name of the member that it is for */
  function arbitraryOf(sent: Schema, name = '', depth = 0): fc.Arbitrary<unknown> {
    const schema = resolve(sent);
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((form) => arbitraryOf(form, name, depth + 1)));
    switch (schema.type) {
      case 'object':
        return objectOf(schema, depth);
      case 'array':
        return listOf(schema, name, depth);
      case 'string':
        return textOf(schema, name);
      case 'integer':
        return fc.integer({ min: schema.minimum ?? -5, max: Math.min(schema.maximum ?? 1000, 2 ** 31 - 1) });
      case 'number':
        return fc.double({ noNaN: true, noDefaultInfinity: true });
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      default:
        return fc.jsonValue({ maxDepth: 2 });
    }
  }

  function objectOf({ properties = {}, required = [], additionalProperties, propertyNames }: Schema, depth: number) {
    if (typeof additionalProperties === 'object')
      return fc.dictionary(textOf({ type: 'string', ...propertyNames }, ''), arbitraryOf(additionalProperties, '', depth + 1), {
        maxKeys: 3,
      });
    const names = Object.keys(properties).filter((name) => depth < DEEPEST || required.includes(name));
    return fc.record(Object.fromEntries(names.map((name) => [name, arbitraryOf(properties[name]!, name, depth + 1)])), {
      requiredKeys: required,
      noNullPrototype: true,
    });
  }

  function listOf({ items = {}, minItems = 0, maxItems = 3 }: Schema, name: string, depth: number) {
    const most = depth >= DEEPEST ? minItems : Math.max(minItems, Math.min(maxItems, 3));
    return fc.array(arbitraryOf(items, name, depth + 1), { minLength: minItems, maxLength: most });
  }

  function textOf({ pattern, format, minLength = 0, maxLength = 200 }: Schema, name: string): fc.Arbitrary<string> {
    const known = (words.get(name) ?? []).filter((word): word is string => typeof word === 'string');
    const fits = (text: string) =>
      text.length >= minLength && text.length <= maxLength && (pattern === undefined || new RegExp(pattern).test(text));
    const made =
      pattern === undefined ? (byFormat(format) ?? anyText(minLength, maxLength)) : fc.stringMatching(new RegExp(pattern)).filter(fits);
    const fitting = known.filter(fits);
    return fitting.length === 0 ? made : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...fitting) }, { weight: 1, arbitrary: made });
  }

  return { arbitraryOf, resolve };
}

/** Of all scripts, at times as long as it may be. */
const anyText = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.string({ unit: 'grapheme', minLength, maxLength: Math.max(minLength, Math.min(maxLength, 30)) }) },
    { weight: 1, arbitrary: fc.constant('x'.repeat(maxLength)) },
  );

function byFormat(format: string | undefined): fc.Arbitrary<string> | undefined {
  switch (format) {
    case 'uuid':
      return fc.uuid();
    case 'date':
      return fc
        .date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') })
        .map((date) => date.toISOString().slice(0, 10));
    case 'date-time':
      return fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') }).map((date) => date.toISOString());
    case 'uri':
    case 'uri-reference':
      return fc.webUrl({ withQueryParameters: true, withFragments: true });
    default:
      return undefined;
  }
}
