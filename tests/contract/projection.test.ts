// Of a document its named members are kept, at every depth, and nothing else.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { asItIs, projectionOf } from '../../src/contract/projection.js';

const inner = z.strictObject({ name: z.string(), note: z.string().nullable().default(null) });
const schema = z
  .strictObject({
    title: z.string().trim(),
    place: inner.nullable().default(null),
    list: z.array(z.union([z.string(), inner.transform((value) => value)])).default([]),
    free: z.record(z.string(), z.union([z.number(), z.array(z.string()), inner])).optional(),
    any: z.record(z.string(), z.unknown()).optional(),
  })
  .transform((value) => value);
const kept = projectionOf<Record<string, unknown>>(schema, { beside: asItIs });
const secret = { secret: 'x' };

test.each([
  ['a member that is not named', { title: 'A', ...secret }, { title: 'A' }],
  ['one of an object within', { place: { name: 'Bonn', ...secret } }, { place: { name: 'Bonn' } }],
  ['one of an entry of a list', { list: ['a', { name: 'b', ...secret }] }, { list: ['a', { name: 'b' }] }],
  [
    'one of a value under a free name',
    { free: { a: 1, b: ['c'], d: { name: 'e', ...secret } } },
    { free: { a: 1, b: ['c'], d: { name: 'e' } } },
  ],
  ['an object where text belongs', { title: secret }, { title: undefined }],
  ['an object where a list belongs', { list: secret }, { list: undefined }],
])('drops %s', (_, document, expected) => {
  expect(kept(document)).toStrictEqual(expected);
});

test('keeps the rest as it is: null, what is empty, what is left out, members that were named besides', () => {
  for (const document of [{ title: '', place: null, list: [] }, {}, { any: { a: { b: [1] } } }, { beside: { a: 1 } }])
    expect(kept(document)).toStrictEqual(document);
});

test('takes no name of a prototype for a member', () => {
  expect(kept(JSON.parse('{"__proto__": {"secret": "x"}, "constructor": "x", "title": "A"}'))).toStrictEqual({ title: 'A' });
});

test('puts members in the order of the schema', () => {
  expect(Object.keys(kept({ list: [], title: 'A' }))).toEqual(['title', 'list']);
});
