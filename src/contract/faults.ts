// Turns what zod finds into sentences: where the fault is, and how to mend it. Unknown names come with the nearest
// known one.
import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { Fault } from '../errors.js';

type Issue = z.core.$ZodIssue;
export type Place = 'body' | 'querystring' | 'params' | 'headers';

/** Members that answers carry and writes do not take. */
const READ_ONLY = new Set([
  'id',
  'version',
  'created_at',
  'updated_at',
  'published_at',
  'start_date',
  'end_date',
  'date_precision',
  'coverage',
  'milestone_count',
  'status_origin',
  'similar',
]);

/** @param schema the schema that refused, to know which names it has */
export function faultsOf(error: z.ZodError, place: Place, schema: z.ZodType): Fault[] {
  const faults = error.issues.flatMap((issue) => describe(issue, place, schema, []));
  const seen = new Set<string>();
  return faults.filter((fault) => {
    const key = JSON.stringify(fault);
    return seen.has(key) ? false : seen.add(key);
  });
}

function describe(issue: Issue, place: Place, schema: z.ZodType, above: PropertyKey[]): Fault[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union') {
    const branch = bestBranch(issue.errors);
    return branch === undefined
      ? [fault(place, path, `${nameOf(place, path)} takes one of several forms, and this is none of them.`)]
      : branch.flatMap((inner) => describe(inner, place, schema, path));
  }
  if (issue.code === 'unrecognized_keys') {
    // A schema that is chosen by the value (the details of an event) says which one it was.
    const within = (issue as { within?: { schema: z.ZodType; path: PropertyKey[] } }).within ?? { schema, path };
    const known = memberNames(within.schema, within.path);
    return issue.keys.map((key) => fault(place, place === 'body' ? [...path, key] : [key], unknownName(key, known, place)));
  }
  return [fault(place, path, sentence(issue, place, path))];
}

function fault(place: Place, path: PropertyKey[], detail: string): Fault {
  return place === 'body' ? { pointer: pointerOf(path), detail } : { parameter: String(path[0] ?? ''), detail };
}

/** RFC 6901. */
export const pointerOf = (path: PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const nameOf = (place: Place, path: PropertyKey[]): string =>
  path.length === 0 ? `The ${place === 'body' ? 'body' : 'query'}` : place === 'body' ? pointerOf(path) : String(path[0]);

function sentence(issue: Issue, place: Place, path: PropertyKey[]): string {
  const name = nameOf(place, path);
  if (place !== 'body' && isRepeated(issue)) return `${name} stands there more than once; send it once.`;
  switch (issue.code) {
    case 'invalid_type':
      return isOurs(issue)
        ? issue.message
        : missing(issue)
          ? `${name} is missing; it takes ${article(issue.expected)}.`
          : `${name} takes ${article(issue.expected)}.`;
    case 'invalid_value':
      return isOurs(issue) ? issue.message : oneOf(name, issue.values.map(String), issue.input);
    case 'too_small':
      return isOurs(issue) ? issue.message : `${name} takes at least ${amount(issue.minimum, issue.origin)}.`;
    case 'too_big':
      return isOurs(issue) ? issue.message : `${name} takes at most ${amount(issue.maximum, issue.origin)}.`;
    case 'invalid_format':
      return isOurs(issue) ? issue.message : `${name} is not well-formed.`;
    default:
      return isOurs(issue) ? issue.message : `${name} is not valid.`;
  }
}

/** Whether a parameter that takes one value was sent several times. */
const isRepeated = ({ code, input }: Issue): boolean => (code === 'invalid_type' || code === 'invalid_value') && Array.isArray(input);

/** Whether a schema gave a message of its own rather than zod's. */
const isOurs = (issue: Issue): boolean => !/^(Invalid|Too (small|big)|Unrecognized)/.test(issue.message);
const missing = (issue: Issue): boolean => issue.input === undefined && /received undefined/.test(issue.message);
const article = (type: string): string =>
  type === 'int'
    ? 'a whole number'
    : type === 'record'
      ? 'an object'
      : type === 'array' || type === 'object'
        ? `an ${type}`
        : type === 'string'
          ? 'text'
          : `a ${type}`;

function amount(number: number | bigint, origin: string): string {
  if (origin === 'string') return `${number} character${number === 1 ? '' : 's'}`;
  if (origin === 'array') return `${number} entr${number === 1 ? 'y' : 'ies'}`;
  return String(number);
}

function oneOf(name: string, values: string[], input: unknown): string {
  const near = typeof input === 'string' ? nearest(input, values) : undefined;
  return `${name} takes ${values.join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}`.replace(/([^?])$/, '$1.');
}

function unknownName(key: string, known: string[], place: Place): string {
  const kind = place === 'body' ? 'member' : 'parameter';
  if (place === 'body' && READ_ONLY.has(key)) return `${key} is read-only; leave it out.`;
  const near = nearest(key, known);
  if (near !== undefined) return `There is no ${kind} ${key.slice(0, 60)}; did you mean ${near}?`;
  return known.length === 0
    ? `There is no ${kind} ${key.slice(0, 60)}; none is taken here.`
    : `There is no ${kind} ${key.slice(0, 60)}; known are ${known.join(', ')}.`;
}

/** The known word that a mistyped one most likely means, if any is near enough. */
export function nearest(word: string, known: string[]): string | undefined {
  if (known.length === 0 || word.length > 60) return undefined;
  const candidate = closest(word.toLowerCase(), known);
  return distance(word.toLowerCase(), candidate) <= Math.max(2, Math.floor(word.length / 3)) ? candidate : undefined;
}

/** Of the forms that a union offers, the one that the input came nearest to: the deepest fault, not a wrong type. */
function bestBranch(branches: Issue[][]): Issue[] | undefined {
  const rank = (issues: Issue[]) =>
    issues.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0)
      ? 0
      : 1 + Math.max(...issues.map((issue) => issue.path.length));
  const sorted = branches.filter((issues) => issues.length > 0).sort((a, b) => rank(b) - rank(a));
  return sorted[0] === undefined || rank(sorted[0]) === 0 ? undefined : sorted[0];
}

/** The names that an object at `path` inside `schema` may have. */
function memberNames(schema: z.ZodType, path: PropertyKey[]): string[] {
  let level: z.ZodType[] = plain(schema);
  for (const part of path) {
    level = level.flatMap((current) => {
      if (current instanceof z.ZodArray) return plain(current.element as z.ZodType);
      const member = current instanceof z.ZodObject ? (current.shape[part as string] as z.ZodType | undefined) : undefined;
      return member === undefined ? [] : plain(member);
    });
  }
  return [...new Set(level.flatMap((current) => (current instanceof z.ZodObject ? Object.keys(current.shape) : [])))];
}

/** A schema without the wrappers that say optional, default, nullable or what becomes of it; the forms of a union. */
function plain(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return plain(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodPipe) return plain(schema.in as z.ZodType);
  if (schema instanceof z.ZodUnion) return (schema.options as z.ZodType[]).flatMap(plain);
  return [schema];
}
