// What no client library sends: bytes that are nearly HTTP. Each is answered or cut off, none is taken for another
// request, and none is kept.
import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';
import { exchange, listenFor, requestOf } from './raw.js';

const api = useApp('empty');
let port: number;
let key: string;
beforeAll(async () => {
  // Looked at often, so that what is slow here is slow in little time.
  Object.assign(api.app.server, { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 50 });
  port = await listenFor(api.app);
  key = `Authorization: Bearer ${api.keys.editor}`;
});

const JSON_TYPE = 'Content-Type: application/json';
const topic = (name: string) => JSON.stringify({ name });
const postOf = (headers: string[], body: string) => requestOf('POST /v1/topics', [key, JSON_TYPE, ...headers], body);
const lengthOf = (body: string) => `Content-Length: ${Buffer.byteLength(body)}`;
const countTopics = async () =>
  (await api.database.pool.query<{ count: number }>('select count(*)::int as count from topics')).rows[0]!.count;
const statuses = async (bytes: string | Buffer, ends = false) => (await exchange(port, bytes, ends)).map(({ status }) => status);

test('what is well-formed is taken, in pieces or with its length', async () => {
  const body = topic('Taken');
  expect(await statuses(postOf([lengthOf(body)], body))).toEqual([201]);
  const chunked = `4\r\n{"na\r\nE;extension=1\r\nme":"Chunked"}\r\n0\r\n\r\n`;
  expect(await statuses(postOf(['Transfer-Encoding: chunked'], chunked))).toEqual([201]);
});

describe('what is slow is cut off', () => {
  test.each([
    ['nothing at all', '', []],
    ['headers that never end', 'GET /v1/topics HTTP/1.1\r\nHost: demarche.test\r\nX-Slow: a', [408]],
    ['a body that never comes', 'POST', [408]],
    ['a body of which a part comes', 'POST{"na', [408]],
  ])('%s', async (_, bytes, answered) => {
    const before = await countTopics();
    const sent = bytes.startsWith('POST') ? postOf(['Content-Length: 100'], bytes.slice(4)) : bytes;
    expect(await statuses(sent, bytes === '')).toEqual(answered);
    expect(await countTopics()).toBe(before);
  });

  test('headers that come byte by byte, however steadily', async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    let received = '';
    socket.on('data', (data) => (received += String(data)));
    socket.write('GET /v1/topics HTTP/1.1\r\nHost: demarche.test\r\n');
    const timer = setInterval(() => socket.write('X: 1\r\n'), 20);
    await expect.poll(() => socket.closed).toBe(true);
    clearInterval(timer);
    expect(received).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('what breaks off is refused and not kept', () => {
  test.each([
    ['a body shorter than its length', ['Content-Length: 100'], '{"name":"Broken off"}'],
    ['a chunk that breaks off', ['Transfer-Encoding: chunked'], '40\r\n{"name":"Broken off"}'],
    ['a body without its last chunk', ['Transfer-Encoding: chunked'], '15\r\n{"name":"Broken off"}\r\n'],
  ])('%s', async (_, headers, body) => {
    const before = await countTopics();
    expect(await statuses(postOf(headers, body), true)).toEqual([400]);
    expect(await countTopics()).toBe(before);
  });
});

describe('chunks that are none are refused', () => {
  test.each([
    'zz\r\n{}\r\n0\r\n\r\n',
    '-1\r\n{}\r\n0\r\n\r\n',
    'fffffffffffffffff\r\n',
    '0x2\r\n{}\r\n0\r\n\r\n',
    '2\r\n{}xx0\r\n\r\n',
    ' 2\r\n{}\r\n0\r\n\r\n',
  ])('%j', async (body) => {
    const before = await countTopics();
    const [answer, ...more] = await exchange(port, postOf(['Transfer-Encoding: chunked'], body));
    expect([answer!.status, more]).toEqual([400, []]);
    expect(answer!.headers).toContain('application/problem+json');
    expect(await countTopics()).toBe(before);
  });
});

describe('no request hides in the body of another', () => {
  const hidden = requestOf('POST /v1/topics', [JSON_TYPE, 'Content-Length: 17'], '{"name":"Hidden"}');
  test.each([
    ['both a length and chunks', ['Content-Length: 4', 'Transfer-Encoding: chunked']],
    ['chunks and a length', ['Transfer-Encoding: chunked', 'Content-Length: 4']],
    ['two lengths', ['Content-Length: 2', 'Content-Length: 200']],
    ['the same length twice', ['Content-Length: 2', 'Content-Length: 2']],
    ['a list of lengths', ['Content-Length: 2, 200']],
    ['a length with a sign', ['Content-Length: +2']],
    ['a length that is no number', ['Content-Length: 0x02']],
    ['a length without end', ['Content-Length: 99999999999999999999999']],
    ['an encoding that is not known', ['Transfer-Encoding: xchunked']],
    ['chunks that are not the last encoding', ['Transfer-Encoding: chunked, identity']],
    ['an encoding beside another', ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity']],
    ['a space before the colon', ['Transfer-Encoding : chunked']],
    ['a header that goes on in the next line', ['X-Long: a', ' Transfer-Encoding: chunked']],
    ['a line that ends without its return', ['X-Bare: a\nTransfer-Encoding: chunked']],
    ['a NUL', ['X-Nul: a\u0000b', 'Content-Length: 2']],
  ])('%s', async (_, headers) => {
    const before = await countTopics();
    const [answer, ...more] = await exchange(
      port,
      requestOf('POST /v1/topics', [key, JSON_TYPE, ...headers], `0\r\n\r\n${hidden}`, 'keep-alive'),
    );
    expect([answer!.status, more]).toEqual([400, []]);
    expect(await countTopics()).toBe(before);
  });
});

describe('headers', () => {
  test.each(['Host: other.test', 'Authorization: Bearer other', 'content-TYPE: text/plain'])(
    '%s beside another is refused',
    async (header) => {
      const body = topic('Twice');
      const [answer] = await exchange(port, postOf([lengthOf(body), header], body));
      expect(answer!.status).toBe(400);
      expect(JSON.parse(answer!.body).detail).toMatch(/^The header [a-z-]+ is there twice; send it once\.$/);
    },
  );

  test('a request without a host is refused', async () => {
    expect(await statuses('GET /v1/topics HTTP/1.1\r\nConnection: close\r\n\r\n')).toEqual([400]);
  });

  test('of more than 16 KiB are refused', async () => {
    const [answer] = await exchange(port, requestOf('GET /v1/topics', [`X-Large: ${'x'.repeat(17_000)}`]));
    expect([answer!.status, JSON.parse(answer!.body).detail]).toEqual([431, 'The headers of the request are too large.']);
    expect(
      await statuses(
        requestOf(
          'GET /v1/topics',
          Array.from({ length: 3000 }, (_, n) => `X-${n}: ${n}`),
        ),
      ),
    ).toEqual([431]);
  });

  test('an address beyond them is refused too', async () => {
    expect(await statuses(requestOf(`GET /v1/topics?q=${'x'.repeat(17_000)}`))).toEqual([431]);
  });
});

describe('many requests at once on one connection', () => {
  test('are answered in order, each its own', async () => {
    const paths = Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? '/v1/topics' : `/v1/topics/none-${n}`));
    const bytes = paths.map((path, n) => requestOf(`GET ${path}`, [], '', n === paths.length - 1 ? 'close' : 'keep-alive')).join('');
    const answers = await exchange(port, bytes);
    expect(answers.map(({ status }) => status)).toEqual(paths.map((_, n) => (n % 2 === 0 ? 200 : 404)));
  });

  test('end where one is broken: what comes after it is not looked at', async () => {
    const before = await countTopics();
    const body = topic('After');
    const bytes = `${requestOf('GET /health/live', [], '', 'keep-alive')}nonsense\r\n\r\n${postOf([lengthOf(body)], body)}`;
    expect((await statuses(bytes)).at(-1)).toBe(400);
    expect(await countTopics()).toBe(before);
  });
});

describe('methods and addresses that nobody takes', () => {
  test.each([
    'TRACE /v1/topics',
    'CONNECT demarche.test:443',
    'get /v1/topics',
    'GET http://other.test/v1/nothing',
    'OPTIONS *',
    'GET /v1/../../etc/passwd',
  ])('%s', async (line) => {
    for (const status of await statuses(requestOf(line))) expect([400, 404, 405]).toContain(status);
  });
});

test('after all of this the server answers', async () => {
  expect(await statuses(requestOf('GET /health/ready'))).toEqual([200]);
});
