// Bodies that could be read in two ways, or that are larger than they look: refused, with a sentence that says what is
// meant, wherever a body is taken.
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ambiguityIn } from '../../src/contract/json.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');
const EVENT = '/v1/events/li-qiang-waic-2025-keynote';

const WRITES = [
  ['POST', '/v1/events', 'application/json'],
  ['PUT', EVENT, 'application/json'],
  ['PATCH', EVENT, 'application/json'],
  ['PATCH', EVENT, 'application/merge-patch+json'],
] as const;

/** The answers of all that takes a body. */
const sendEverywhere = (payload: string | Buffer, headers: Record<string, string> = {}) =>
  Promise.all(
    WRITES.map(([method, url, type]) =>
      api.app.inject({ method, url, payload, headers: { 'content-type': type, authorization: `Bearer ${api.keys.editor}`, ...headers } }),
    ),
  );
const countRevisions = async () =>
  (await api.database.pool.query<{ count: number }>('select count(*)::int as count from revisions')).rows[0]!.count;

async function expectRefused(payload: string | Buffer, status: number, detail: RegExp, headers?: Record<string, string>): Promise<void> {
  const before = await countRevisions();
  for (const answer of await sendEverywhere(payload, headers)) {
    expect(answer.statusCode).toBe(status);
    expect(answer.json().detail).toMatch(detail);
  }
  expect(await countRevisions()).toBe(before);
}

describe('a member that is there twice is refused by its name', () => {
  test.each([
    ['{"title":"One","title":"Two"}', 'title'],
    ['{"title":"One","t\\u0069tle":"Two"}', 'title'],
    ['{"title":"A","details":{"venue":"a", "venue" : "b"}}', 'venue'],
    ['{"title":"A","actors":[{"actor":"a"},{"actor":"b","role":"host","actor":"c"}]}', 'actor'],
    ['{"title":"A \\"title\\": {","date":"2025","title":"B"}', 'title'],
    ['{"a":{},"b":[],"a":{}}', 'a'],
    ['{"":1,"":2}', ''],
  ])('%s', async (payload, name) => {
    await expectRefused(payload, 400, new RegExp(`^The member "${name}" is there twice in one object; send it once\\.$`));
  });

  test('and what only looks like it is not', () => {
    for (const text of [
      '{"a":1,"b":{"a":2,"c":[{"a":3},{"a":4}]},"c":{"a":5}}',
      '{"a":"a","b":"a","c":["a","a"]}',
      '{"a":"\\"a\\":1, \\\\","b":"\\\\\\\\"}',
      '[{"a":1},{"a":1}]',
      '"a"',
    ])
      expect(ambiguityIn(text), text).toBeNull();
  });
});

describe('a number that would be rounded is refused', () => {
  test.each(['9007199254740993', '-9007199254740993', '123456789012345678901234567890'])('%s', async (number) => {
    await expectRefused(`{"details":{"particulars":{"amount":${number}}}}`, 400, new RegExp(`^The number ${number} is larger`));
  });
  test.each(['1e999', '-1e999', '[1, 1E+400]'])('and so is %s, which is none', async (number) => {
    await expectRefused(`{"details":{"particulars":{"amount":${number}}}}`, 400, /^The number -?1[eE]\+?\d+ is larger/);
  });
  test('all others are kept as they are', async () => {
    const numbers = [0, -0.5, 1e26, 9007199254740991, 0.1234567890123456, 1.5e-300];
    const members = { type: 'statement', title: 'Numbers', date: '2025-07-26', details: { particulars: { numbers } } };
    const made = await api.post('/v1/events', members);
    expect(made.statusCode).toBe(201);
    expect(made.json().details.particulars.numbers).toEqual(numbers);
  });
  test('counts and versions beyond what is counted are refused, wherever they stand', async () => {
    for (const number of ['9007199254740993', '2147483648', '99999999999', '-1', '1e3', '1.5']) {
      for (const url of [
        `/v1/changes?since=${number}0000000000`,
        `${EVENT}/revisions/${number}`,
        `/v1/timeline?min_significance=${number}`,
      ])
        expect((await api.app.inject(url)).statusCode, url).toBeGreaterThanOrEqual(400);
      const reverted = await api.app.inject({
        method: 'POST',
        url: `${EVENT}/revert`,
        payload: `{"version":${number},"reason":"correction"}`,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${api.keys.editor}` },
      });
      expect([400, 404, 422], number).toContain(reverted.statusCode);
    }
  });
});

describe('bytes that are no UTF-8 are refused, not replaced', () => {
  const around = (bytes: number[]) => Buffer.concat([Buffer.from('{"title":"'), Buffer.from(bytes), Buffer.from('"}')]);
  test.each([
    ['a byte alone', around([0xff])],
    ['a sequence that breaks off', around([0xe4, 0xb8])],
    ['a long form of a short sign', around([0xc0, 0xaf])],
    ['half of a surrogate pair', around([0xed, 0xa0, 0x80])],
    ['UTF-16', Buffer.from('{"title":"A"}', 'utf16le').subarray(1)],
    ['a byte in a name', Buffer.concat([Buffer.from('{"tit'), Buffer.from([0x80]), Buffer.from('le":"A"}')])],
  ])('%s', async (_, payload) => {
    await expectRefused(payload, 400, /UTF-8|not valid JSON/);
  });
  test('what is UTF-8 is kept sign by sign', async () => {
    const title = '人工智能 – naïve 🇪🇺';
    const made = await api.post('/v1/events', { type: 'statement', title, date: '2025-07-26' });
    expect(made.json().title).toBe(title);
  });
});

describe('a body that is compressed is refused before it is unfolded', () => {
  const bomb = Buffer.from(`{"title":"${'x'.repeat(50_000_000)}"}`);
  test.each([
    ['gzip', gzipSync(bomb)],
    ['GZIP', gzipSync(bomb)],
    ['br', brotliCompressSync(bomb.subarray(0, 1_000_000))],
    ['deflate', Buffer.from('{}')],
    ['identity, gzip', Buffer.from('{}')],
  ])('%s', async (encoding, payload) => {
    await expectRefused(payload, 415, /^Compressed bodies are not taken here/, { 'content-encoding': encoding });
  });
  test('and identity is none', async () => {
    for (const { statusCode } of await sendEverywhere('{"nothing":1}', { 'content-encoding': 'identity' })) expect(statusCode).toBe(422);
  });
});

describe('nesting without end', () => {
  const deep = (open: string, close: string, times: number) => `{"details":${open.repeat(times)}1${close.repeat(times)}}`;
  test.each([
    ['lists', deep('[', ']', 200_000)],
    ['objects', deep('{"a":', '}', 100_000)],
  ])('of %s is refused', async (_, payload) => {
    const before = await countRevisions();
    for (const { statusCode } of await sendEverywhere(payload)) expect(statusCode).toBe(422);
    expect(await countRevisions()).toBe(before);
  });
  test('that never closes is no JSON', async () => {
    await expectRefused('['.repeat(500_000), 400, /not valid JSON/);
  });
});

describe('the inside of objects is out of reach', () => {
  test.each([
    '{"__proto__":{"admin":true}}',
    '{"\\u005f_proto__":{"admin":true}}',
    '{"constructor":{"prototype":{"admin":true}}}',
    '{"details":{"particulars":{"__proto__":{"admin":true}}}}',
    '{"details":{"particulars":{"a":{"constructor":{"prototype":{"admin":true}}}}}}',
  ])('%s', async (payload) => {
    await expectRefused(payload, 400, /./);
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
    expect(Object.prototype).not.toHaveProperty('admin');
  });
});

const NOBODY = '01890000-0000-7000-8000-000000000000';

test.each([`/v1/events/${NOBODY}/publish`, `/v1/keys/${NOBODY}/rotate`, `/v1/proposals/${NOBODY}/take`])(
  'where a body may be left out, null is none: POST %s',
  async (url) => {
    const answer = await api.app.inject({
      method: 'POST',
      url,
      headers: { authorization: `Bearer ${api.keys.admin}`, 'content-type': 'application/json' },
      payload: 'null',
    });
    expect([answer.statusCode, answer.json().detail]).toEqual([422, 'The body takes an object.']);
  },
);
