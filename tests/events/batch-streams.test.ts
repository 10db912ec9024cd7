// A batch in constant memory and to its end: no more is read than is being written, who goes away ends it, and a body
// that is broken, too large or too slow has no effect at all.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import type { BatchLine, BatchResult } from '../../src/events/batch.js';
import { createCounter } from '../../src/http/rate-limit.js';
import { createSpools } from '../../src/http/spool.js';
import { listenFor } from '../http/raw.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');
let port: number;
beforeAll(async () => {
  port = await listenFor(api.app);
});

const AUTHOR = { author_id: null, author_name: 'test', reason: 'import' };
const event = (slug: string, more: object = {}) => ({ slug, type: 'meeting', title: `Event ${slug}`, date: '2026-05-05', ...more });
const textOf = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, n) => `${JSON.stringify(event(`${prefix}-${n}`))}\n`).join('');
const countOf = async (prefix: string) =>
  (await api.database.pool.query<{ n: number }>(`select count(*)::int as n from events where slug like '${prefix}-%'`)).rows[0]!.n;
const send = (payload: string | Buffer, headers: Record<string, string> = {}, query = '') =>
  api.post(`/v1/events/batch${query}`, payload, { headers: { 'content-type': 'application/x-ndjson', ...headers } });

/** Lines that say how many of them were asked for. */
function endless(prefix: string) {
  const read = { count: 0 };
  async function* lines(): AsyncGenerator<BatchLine> {
    for (;;) yield { line: ++read.count, value: event(`${prefix}-${read.count}`) };
  }
  return { read, lines: lines() };
}

describe('the engine', () => {
  test('reads at most the group that is written and the two after it, and no more while nobody takes results', async () => {
    const { read, lines } = endless('pulled');
    const results = api.services.batch.run(lines, AUTHOR);
    for (let taken = 1; taken <= 1000; taken++) {
      await results.next();
      expect(read.count).toBeLessThanOrEqual(taken + 3 * 250);
    }
    // The next group is carried out, whose rows were saved while this one was.
    await expect.poll(() => countOf('pulled'), { timeout: 5000 }).toBeGreaterThanOrEqual(1000);
    await pause(500);
    const [before, written] = [read.count, await countOf('pulled')];
    expect(written).toBeLessThanOrEqual(1250);
    await pause(200);
    expect([read.count, await countOf('pulled')]).toEqual([before, written]);
    await results.return(undefined as never);
    await pause(50);
    expect(await countOf('pulled')).toBe(written);
  });

  test('has no transaction open between groups, so other writers get their turn', async () => {
    const { lines } = endless('turns');
    const results = api.services.batch.run(lines, AUTHOR);
    for (let taken = 0; taken < 10; taken++) await results.next();
    const { statusCode } = await api.post('/v1/topics', { name: 'In between' });
    expect(statusCode).toBe(201);
    await results.return(undefined as never);
  });

  test('begins no other group when it is told to end; an atomic one keeps nothing then', async () => {
    for (const atomic of [false, true]) {
      const told = new AbortController();
      const prefix = atomic ? 'told-atomic' : 'told';
      const { lines } = endless(prefix);
      async function* until(): AsyncGenerator<BatchLine> {
        for await (const line of lines) {
          if (line.line === 600) told.abort(new Error('Enough.'));
          yield line;
        }
      }
      const results: BatchResult[] = [];
      const work = (async () => {
        for await (const result of api.services.batch.run(until(), { ...AUTHOR, atomic, signal: told.signal })) results.push(result);
      })();
      await expect(work).rejects.toThrow('Enough.');
      expect(results.length).toBeLessThanOrEqual(atomic ? 0 : 500);
      const written = await countOf(prefix);
      // One group may have been begun that nobody was told of.
      expect(written % 250).toBe(0);
      expect(written - results.length).toBeLessThanOrEqual(atomic ? 0 : 250);
      await pause(200);
      expect(await countOf(prefix)).toBe(written);
    }
  });

  test('lines that wait are bounded: those that wait for longest are given up', async () => {
    async function* lines(): AsyncGenerator<BatchLine> {
      for (let line = 1; line <= 2600; line++)
        yield { line, value: event(`waits-${line}`, { related: [{ event: 'comes-late', relation: 'part_of' }] }) };
      yield { line: 2601, value: event('comes-late') };
    }
    const results: BatchResult[] = [];
    for await (const result of api.services.batch.run(lines(), AUTHOR)) results.push(result);
    expect(results.at(-1)).toEqual({ summary: expect.objectContaining({ lines: 2601, created: 2101, invalid: 500 }) });
    expect(results[0]).toMatchObject({ line: 1, status: 'invalid' });
  });
});

describe('a sender', () => {
  /** Sends a request by hand, and goes away when so much of the answer has come. */
  async function leave(head: string[], body: string, after: number): Promise<void> {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    socket.write(
      [
        'POST /v1/events/batch HTTP/1.1',
        'Host: demarche.test',
        `Authorization: Bearer ${api.keys.editor}`,
        'Content-Type: application/x-ndjson',
        ...head,
      ].join('\r\n'),
    );
    socket.write(`\r\n\r\n${body}`);
    if (after === 0) await pause(100);
    for (let received = 0; received < after; ) received += ((await once(socket, 'data')) as [Buffer])[0].length;
    socket.destroy();
  }

  test('who goes away before the body is whole has no effect', async () => {
    await leave(['Content-Length: 1000000'], textOf(100, 'half'), 0);
    await pause(200);
    expect(await countOf('half')).toBe(0);
  });

  test('who goes away while results come ends it: what was committed stays, and the database is free', async () => {
    const body = textOf(20_000, 'left');
    await leave([`Content-Length: ${Buffer.byteLength(body)}`], body, 1000);
    let before = -1;
    await expect
      .poll(
        async () => {
          const last = before;
          before = await countOf('left');
          return before === last;
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe(true);
    expect(before).toBeGreaterThan(0);
    expect(before % 250).toBe(0);
    expect(before).toBeLessThan(20_000);
    expect((await api.post('/v1/topics', { name: 'After it' })).statusCode).toBe(201);
  }, 60_000);

  test('who sends while others wait is one of few', async () => {
    const sockets: Socket[] = [];
    const begin = async () => {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      sockets.push(socket);
      await once(socket, 'connect');
      socket.write(
        `POST /v1/events/batch HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${api.keys.editor}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100\r\n\r\n{`,
      );
    };
    const asked = async () => {
      const answer = await send(textOf(1, 'fifth'), {}, '?validate_only=true');
      return [answer.statusCode, answer.headers['retry-after']];
    };
    // What asks takes a place as well, and one of those that wait may have come in vain meanwhile.
    const askedBesideMore = async () => {
      if (sockets.length < 12) await begin();
      await pause(100);
      return asked();
    };
    for (let n = 0; n < 4; n++) await begin();
    await expect.poll(askedBesideMore).toEqual([503, '10']);
    for (const socket of sockets) socket.destroy();
    await expect.poll(asked).toEqual([200, undefined]);
  });
});

describe('a body that is not to be taken has no effect', () => {
  test('larger than 100 MB, whether it says so or not', async () => {
    const answer = await api.app.inject({
      method: 'POST',
      url: '/v1/events/batch',
      headers: { authorization: `Bearer ${api.keys.editor}`, 'content-type': 'application/x-ndjson', 'content-length': '100000001' },
      payload: '{}',
    });
    expect([answer.statusCode, answer.json().detail]).toEqual([413, expect.stringContaining('100 MB')]);
  });
  test('of more than 100,000 lines', async () => {
    const answer = await send(`${JSON.stringify(event('lines-1'))}\n${'{}\n'.repeat(100_000)}`);
    expect([answer.statusCode, answer.json().detail, await countOf('lines')]).toEqual([413, expect.stringContaining('100,000 lines'), 0]);
  });
  test('an array that does not end', async () => {
    const answer = await send(JSON.stringify([event('open-1')]).slice(0, -1), { 'content-type': 'application/json' });
    expect([answer.statusCode, answer.json().type, await countOf('open')]).toEqual([400, '/problems/malformed-json', 0]);
  });
  test('compressed', async () => {
    const answer = await send(gzipSync('{}'.repeat(1000)), { 'content-encoding': 'gzip' });
    expect([answer.statusCode, answer.headers['accept-encoding']]).toEqual([415, 'identity']);
  });
});

test('hostile lines are told of, each by itself', async () => {
  const lines = [
    '['.repeat(400_000),
    '{"a":'.repeat(50_000),
    `"${'x'.repeat(1024 * 1024)}"`,
    '{"title":"a","title":"b"}',
    '{"__proto__":{"x":1}}',
    'null',
    '1',
    '"text"',
  ];
  const answer = await send(
    Buffer.concat([
      Buffer.from(`\uFEFF${lines.join('\r\n')}\r\n`),
      Buffer.from([0xff, 0xfe, 0x0a]),
      Buffer.from(JSON.stringify(event('hostile-1'))),
    ]),
  );
  const results = answer.body
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text));
  expect(results.map(({ line, status }) => [line, status])).toEqual([
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((line) => [line, 'invalid']),
    [10, 'created'],
    [undefined, undefined],
  ]);
});

describe('what is taken is kept outside of memory', () => {
  async function* chunks(count: number) {
    for (let n = 0; n < count; n++) yield Buffer.alloc(1000, 65 + (n % 26));
  }
  const all = async (pieces: AsyncIterable<Buffer>) => {
    const parts: Buffer[] = [];
    for await (const piece of pieces) parts.push(piece);
    return Buffer.concat(parts);
  };
  test.each([5, 5000])('%i pieces are read again as they came, as often as one likes', async (count) => {
    const spools = createSpools({ most: 1, bytes: 1e8, in_memory: 10_000 });
    const spool = await spools.take(Readable.from(chunks(count)), undefined, async (pieces) => void (await all(pieces)));
    const expected = await all(chunks(count));
    for (let time = 0; time < 2; time++) expect((await all(spool.read())).equals(expected)).toBe(true);
    expect([spools.count, spool.length]).toEqual([1, expected.length]);
    await spool.close();
    await spool.close();
    expect(spools.count).toBe(0);
  });
  test('who sends nothing for too long is cut off', async () => {
    const spools = createSpools({ most: 1, bytes: 1e8, stalled_ms: 30 });
    const body = new Readable({ read() {} });
    body.push('{');
    await expect(spools.take(body, undefined, async (pieces) => void (await all(pieces)))).rejects.toMatchObject({ status: 408 });
    expect(spools.count).toBe(0);
  });
});

test('a batch counts as one request for each 100 lines, and is never refused for its own size', async () => {
  const counter = createCounter();
  const app = await buildApp({
    config: { logLevel: 'silent', rateLimit: 5 },
    counter,
    database: api.database,
    services: api.services,
    openapi: '{}',
  });
  const request = (count: number) => ({
    method: 'POST' as const,
    url: '/v1/events/batch?validate_only=true',
    headers: { authorization: `Bearer ${api.keys.editor}`, 'content-type': 'application/x-ndjson' },
    payload: textOf(count, 'rate'),
  });
  expect((await app.inject(request(201))).statusCode).toBe(200);
  expect((await app.inject(request(1))).headers.ratelimit).toMatch(/r=1;/);
  expect((await app.inject(request(1000))).statusCode).toBe(200);
  expect((await app.inject(request(1))).statusCode).toBe(429);
  await app.close();
});
