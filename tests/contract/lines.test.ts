// Many values in one text are cut apart the same, wherever the pieces of the text end, and hostile ones stay by themselves.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BrokenLines, cutLines, LINE_MOST, type LinesForm, readValue } from '../../src/contract/lines.js';

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function cut(text: string | Uint8Array, form: LinesForm, size = 1 << 16): Promise<[number, string | null][]> {
  const lines: [number, string | null][] = [];
  for await (const { line, text: bytes } of cutLines(pieces(Buffer.from(text as string), size), form))
    lines.push([line, bytes === null ? null : Buffer.from(bytes).toString().trim()]);
  return lines;
}

describe('lines', () => {
  test.each([
    [
      'ended or not',
      '{}\n{"a":1}',
      [
        [1, '{}'],
        [2, '{"a":1}'],
      ],
    ],
    [
      'with CRLF, blank ones counted and not told',
      '{}\r\n\r\n  \n[1]\r\n',
      [
        [1, '{}'],
        [4, '[1]'],
      ],
    ],
    ['after a byte order mark', '\uFEFF{}\n', [[1, '{}']]],
    ['none', '', []],
    ['a mark alone', '\uFEFF', []],
  ])('%s', async (_, text, lines) => {
    for (const size of [1, 2, 3, 100]) expect(await cut(text, 'lines', size)).toEqual(lines);
  });

  test('one that is too long is let go, and the next is read', async () => {
    expect(await cut(`${'x'.repeat(LINE_MOST + 1)}\n{}\n${'y'.repeat(LINE_MOST)}`, 'lines', 4096)).toEqual([
      [1, null],
      [2, '{}'],
      [3, 'y'.repeat(LINE_MOST)],
    ]);
  });
});

describe('an array', () => {
  test('is cut into the same values as JSON.parse finds, wherever pieces end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { maxLength: 8 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(0, 1),
        async (values, size, space) => {
          const lines = await cut(JSON.stringify(values, null, space), 'array', size);
          expect(lines.map(([line, text]) => [line, JSON.parse(text!)])).toEqual(
            values.map((value, index) => [index + 1, JSON.parse(JSON.stringify(value))]),
          );
        },
      ),
    );
  });
  test('an element that is no JSON stays by itself', async () => {
    expect(await cut('[{"a":tru}, "\\"],[", {"b":1} {"c":2}, 3]', 'array', 2)).toEqual([
      [1, '{"a":tru}'],
      [2, '"\\"],["'],
      [3, '{"b":1} {"c":2}'],
      [4, '3'],
    ]);
  });
  test.each(['', ' ', '{}', '[', '[1', '[1,', '[1,]', '[1,,2]', '[,1]', '[1] 2', '["a', 'null', '[{]'])(
    '%j is refused as a whole',
    async (text) => {
      await expect(cut(text, 'array', 1)).rejects.toThrow(BrokenLines);
    },
  );
  test('one that is too long is let go', async () => {
    expect(await cut(`["${'x'.repeat(LINE_MOST)}", 2]`, 'array', 4096)).toEqual([
      [1, null],
      [2, '2'],
    ]);
  });
});

describe('no more than a line is held', () => {
  test('a line is told before more is asked for than it and the piece in which it ends', async () => {
    let asked = 0;
    async function* endless() {
      for (;;) {
        asked++;
        yield Buffer.from('{"a":1}\n');
      }
    }
    let told = 0;
    for await (const { line } of cutLines(endless(), 'lines')) {
      expect(asked - line).toBeLessThanOrEqual(1);
      if (++told === 1000) break;
    }
  });
});

test.each([
  ['twice a name', '{"a":1,"\\u0061":2}', 'twice'],
  ['a forbidden name', '{"__proto__":{}}', '__proto__'],
  ['a forbidden name in other letters', '{"\\u005f_proto__":{}}', '__proto__'],
  ['a number that cannot be kept', '{"a":12345678901234567890}', 'kept exactly'],
  ['no JSON', '{a:1}', 'not valid JSON'],
  ['two values', '{} {}', 'not valid JSON'],
  ['no UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'UTF-8'],
])('%s is told of', (_, text, sentence) => {
  expect(readValue(Buffer.from(text as string)).detail).toContain(sentence);
});

test('deep nesting is read without harm', () => {
  expect(readValue(Buffer.from('['.repeat(200_000) + ']'.repeat(200_000))).value).toBeInstanceOf(Array);
  expect(readValue(Buffer.from('['.repeat(500_000))).detail).toContain('not valid JSON');
});
