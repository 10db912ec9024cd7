// The canonical form (RFC 8785), against a second implementation that is as short as the rules.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Entry, lineOf } from '../../src/releases/canonical.js';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Members by the UTF-16 code units of their names, no white space, all else as ECMAScript writes it. */
function write(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const names = Object.keys(value).sort((one, other) => {
    for (let at = 0; at < Math.min(one.length, other.length); at++)
      if (one.charCodeAt(at) !== other.charCodeAt(at)) return one.charCodeAt(at) - other.charCodeAt(at);
    return one.length - other.length;
  });
  return `{${names.map((name) => `${JSON.stringify(name)}:${write(value[name]!)}`).join(',')}}`;
}

const text = fc.string({ unit: 'binary' }).filter((one) => one.isWellFormed());
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    text,
    fc.array(tie('json'), { maxLength: 5 }),
    fc.dictionary(text, tie('json'), { maxKeys: 6 }),
  ),
}));
const entry = (state: object): Entry => ({ entity: 'event', id: 'i', version: 3, recorded_at: '2026-11-30T12:00:00.000Z', state });

test('any state is written as the rules say', () => {
  fc.assert(
    fc.property(fc.dictionary(text, json, { maxKeys: 8 }), (state) => {
      const line = lineOf(entry(state));
      expect(line).toBe(`${write(entry(state) as unknown as Json)}\n`);
      expect(JSON.parse(line).state).toEqual(JSON.parse(JSON.stringify(state)));
    }),
    { numRuns: 500 },
  );
});

test('in whatever order its members came', () => {
  const shuffled = fc
    .uniqueArray(fc.tuple(text, json), { selector: ([name]) => name, maxLength: 8 })
    .chain((members) => fc.tuple(fc.constant(members), fc.shuffledSubarray(members, { minLength: members.length })));
  fc.assert(
    fc.property(shuffled, ([members, others]) => {
      expect(lineOf(entry(Object.fromEntries(others)))).toBe(lineOf(entry(Object.fromEntries(members))));
    }),
  );
});

test('the example of RFC 8785, section 3.2.2', () => {
  const state = JSON.parse(
    String.raw`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`,
  );
  expect(lineOf(entry(state))).toContain(
    String.raw`"state":{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  );
});
