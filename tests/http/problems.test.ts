// Failures as answers: application/problem+json, a sentence that helps, and nothing of the inside.
import { once } from 'node:events';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { PROBLEMS, type ProblemCode } from '../../src/errors.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const json = { 'content-type': 'application/json' };
const key = () => ({ authorization: `Bearer ${api.keys.editor}` });

describe('each failure has its status, its type and a sentence', () => {
  test.each<[string, object, number, ProblemCode]>([
    ['a route that is not there', { url: '/v1/nothing' }, 404, 'not-found'],
    ['a resource that is not there', { url: '/v1/topics/nothing' }, 404, 'not-found'],
    ['a method that is not taken', { method: 'PUT', url: '/v1/timeline' }, 405, 'method-not-allowed'],
    ['JSON that is broken', { method: 'POST', url: '/v1/topics', headers: json, payload: '{"name": ' }, 400, 'malformed-json'],
    ['no body', { method: 'POST', url: '/v1/topics', headers: json }, 400, 'malformed-json'],
    [
      'a body of another type',
      { method: 'POST', url: '/v1/topics', headers: { 'content-type': 'text/plain' }, payload: 'x' },
      415,
      'unsupported-media-type',
    ],
    [
      'a merge patch where none is taken',
      { method: 'POST', url: '/v1/topics', headers: { 'content-type': 'application/merge-patch+json' }, payload: '{}' },
      415,
      'unsupported-media-type',
    ],
    [
      'a body beyond 1 MiB',
      { method: 'POST', url: '/v1/topics', headers: json, payload: `"${'x'.repeat(1024 * 1024)}"` },
      413,
      'content-too-large',
    ],
    ['a part of the path beyond 200 characters', { url: `/v1/topics/${'x'.repeat(201)}` }, 414, 'uri-too-long'],
    ['a percent sign without its digits', { url: '/v1/topics/%zz' }, 400, 'bad-request'],
    ['a parameter that is not known', { url: '/v1/topics?colour=red' }, 400, 'validation-error'],
    ['a member that is not known', { method: 'POST', url: '/v1/topics', payload: { name: 'a', colour: 'red' } }, 422, 'validation-error'],
  ])('%s', async (_, request, status, code) => {
    const { headers = {}, ...rest } = request as { headers?: Record<string, string> };
    const answer = await api.app.inject({ ...rest, headers: { ...key(), ...headers } });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.headers['cache-control']).toBe('no-store');
    const body = answer.json();
    expect(body).toMatchObject({ type: `/problems/${code}`, title: PROBLEMS[code].title, status });
    expect(answer.statusCode).toBe(status);
    expect(body.detail).toMatch(/^[A-Z].*[.?]$/s);
    expect(body.instance).toBe(`urn:request:${answer.headers['x-request-id']}`);
  });
});

test('a method that is not taken is told with those that are', async () => {
  for (const [url, allow] of [
    ['/v1/timeline', 'GET, HEAD'],
    ['/v1/topics', 'GET, HEAD, POST'],
    ['/v1/topics/x', 'GET, HEAD, PUT, PATCH, DELETE'],
    ['/v1/topics/x/restore', 'POST'],
  ] as const) {
    const method = allow.includes('DELETE') ? 'POST' : 'DELETE';
    const answer = await api.app.inject({ method, url });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, allow]);
  }
});

test('every kind of problem has a page at its type', async () => {
  for (const code of Object.keys(PROBLEMS)) {
    const page = await api.get(`/problems/${code}`);
    expect(page.json()).toMatchObject({ type: `/problems/${code}`, status: PROBLEMS[code as ProblemCode].status });
  }
  expect((await api.get('/problems/constructor')).statusCode).toBe(404);
});

describe('a fault of ours', () => {
  const lines: string[] = [];
  const failing = async (error: unknown) => {
    const app = await buildApp({
      config: { logLevel: 'error' },
      logTo: new Writable({
        write: (line, _, done) => {
          lines.push(String(line));
          done();
        },
      }),
      database: api.database,
      services: { ...api.services, timeline: { ...api.services.timeline, read: () => Promise.reject(error) } },
      openapi: '{}',
    });
    const answer = await app.inject('/v1/timeline');
    await app.close();
    return answer;
  };

  test('is 500 without a word of the inside, which is in the log', async () => {
    const answer = await failing(new TypeError('cannot read secrets of select * from api_keys'));
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toMatch(/secrets|select|TypeError|\.ts|at /);
    expect(lines.join('')).toContain('cannot read secrets');
    expect(lines.join('')).toContain(String(answer.headers['x-request-id']));
  });

  test('a database that is away is 503, to be tried again', async () => {
    const answer = await failing(Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' }));
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
    expect(answer.body).not.toContain('10.0.0.7');
  });
});

describe('on a bare socket', () => {
  afterAll(() => api.app.server.close());
  const send = async (bytes: string): Promise<string> => {
    if (!api.app.server.listening) await api.app.listen({ port: 0, host: '127.0.0.1' });
    const socket = connect((api.app.server.address() as { port: number }).port, '127.0.0.1');
    let text = '';
    socket.on('data', (data) => (text += data));
    socket.write(bytes);
    await once(socket, 'close');
    return text;
  };
  test.each([
    ['bytes that are no HTTP', 'hello there\r\n\r\n', 400],
    ['headers that are too large', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['two lengths', 'POST /v1/topics HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc', 400],
  ])('%s are answered as a problem, and the connection ends', async (_, bytes, status) => {
    const [head, body] = (await send(bytes)).split('\r\n\r\n') as [string, string];
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain('application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status });
  });
});
