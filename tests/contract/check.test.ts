// What is sent is held against its schema, and each fault is told so that it can be mended.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { check } from '../../src/contract/check.js';

const schema = z.strictObject({
  title: z.string().min(1).max(5),
  kind: z.enum(['speech', 'forum']).optional(),
  level: z.int().min(1).max(5).optional(),
  places: z
    .array(z.strictObject({ city: z.string() }))
    .max(2)
    .optional(),
});
const faultsOf = (input: unknown, place: 'body' | 'querystring' = 'body') => check(schema, input, place).faults;

test('what fits is returned as the schema makes it', () => {
  expect(check(z.object({ a: z.string().trim() }), { a: ' b ' }, 'body')).toEqual({ value: { a: 'b' } });
});

describe('a fault says where it is and how to mend it', () => {
  test.each([
    [{}, '/title', '/title is missing; it takes text.'],
    [{ title: 5 }, '/title', '/title takes text.'],
    [{ title: '' }, '/title', '/title takes at least 1 character.'],
    [{ title: 'too long' }, '/title', '/title takes at most 5 characters.'],
    [{ title: 'a', kind: 'speach' }, '/kind', '/kind takes speech, forum; did you mean speech?'],
    [{ title: 'a', kind: 'zzzzzzzzzz' }, '/kind', '/kind takes speech, forum.'],
    [{ title: 'a', level: 9 }, '/level', '/level takes at most 5.'],
    [{ title: 'a', titel: 'b' }, '/titel', 'There is no member titel; did you mean title?'],
    [{ title: 'a', id: '1' }, '/id', 'id is read-only; leave it out.'],
    [{ title: 'a', places: [{ city: 'b' }, { town: 'c', city: 'd' }] }, '/places/1/town', 'There is no member town; known are city.'],
    [{ title: 'a', places: [{}, {}, {}].map(() => ({ city: 'a' })) }, '/places', '/places takes at most 2 entries.'],
    [[], '', 'The body takes an object.'],
  ])('%j', (input, pointer, detail) => {
    expect(faultsOf(input)).toEqual([{ pointer, detail }]);
  });
  test('a parameter is named without a pointer', () => {
    expect(faultsOf({ title: 'a', knid: 'forum' }, 'querystring')).toEqual([
      { parameter: 'knid', detail: 'There is no parameter knid; did you mean kind?' },
    ]);
  });
  test('several at once are all told', () => {
    expect(faultsOf({ kind: 'x', level: 0 })!.map(({ pointer }) => pointer)).toEqual(['/title', '/kind', '/level']);
  });
});

describe('what the database cannot keep is refused before the schema looks at it', () => {
  const open = z.record(z.string(), z.unknown());
  test.each([
    ['a NUL', { a: 'b\u0000' }, '/a'],
    ['half of a surrogate pair', { a: ['\ud800'] }, '/a/0'],
    ['a name with a NUL', { a: { '\u0000': 1 } }, '/a'],
  ])('%s', (_, input, pointer) => {
    expect(check(open, input, 'body').faults).toMatchObject([{ pointer }]);
  });
  test('nesting without end', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`) as object;
    expect(check(open, deep, 'body').faults).toEqual([
      { pointer: '/a/a/a', detail: 'This is nested deeper than 32 levels; nothing here is.' },
    ]);
  });
});
