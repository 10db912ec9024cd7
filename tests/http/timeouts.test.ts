// How long an answer may take: every route has its time-out, but what is sent for as long as a reader takes it.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { ARRIVES_MS, registerArrival } from '../../src/http/arrival.js';
import { answerBrokenRequest } from '../../src/http/problems.js';
import { useApp } from '../support/app.js';
import { exchange, listenFor, requestOf } from './raw.js';

const api = useApp('empty');

test('a route has a time-out unless its answer may be long or a stream', () => {
  const declared = api.routes.filter(({ config }) => config?.operation !== undefined);
  const endless = declared.filter(({ handlerTimeout }) => handlerTimeout === undefined).map(({ url }) => url);
  expect([...new Set(endless)].sort()).toEqual([
    '/v1/action-plans/:key/coverage.csv',
    ...['csv', 'graphml'].map((form) => `/v1/actors/:key/network.${form}`),
    '/v1/changes/stream',
    '/v1/events/batch',
    '/v1/initiatives/:key/positions.csv',
    ...['events-with-disputes', 'events-with-one-source', 'events-without-links', 'events-without-sources', 'stale-initiatives'].map(
      (list) => `/v1/quality/${list}.csv`,
    ),
    ...['citation.bib', 'citation.csl.json', 'export.ndjson'].map((form) => `/v1/releases/:label/${form}`),
    ...['', '.atom', '.csv', '.feed.json', '.ics', '.jsonld', '.ndjson', '.timelinejs.json'].map((form) => `/v1/timeline${form}`),
  ]);
  expect(declared.length).toBeGreaterThan(40);
});

test('an answer that takes longer is 503, to be tried again', async () => {
  const app = await buildApp({
    config: { logLevel: 'silent' },
    database: api.database,
    services: api.services,
    openapi: '{}',
    onRoute: (route) => {
      if (route.handlerTimeout !== undefined) route.handlerTimeout = 50;
    },
  });
  const blocker = await api.database.pool.connect();
  await blocker.query('begin; lock table topics in access exclusive mode');
  try {
    const answer = await app.inject('/v1/topics/anything');
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
    expect(answer.json()).toMatchObject({ type: '/problems/unavailable', detail: expect.stringContaining('took longer') });
  } finally {
    await blocker.query('rollback');
    blocker.release();
    await app.close();
  }
});

test('a request that takes too long to arrive is 408, and the connection ends', async () => {
  const sent: string[] = [];
  const socket = new Duplex({
    read() {},
    write(bytes, _, done) {
      sent.push(String(bytes));
      done();
    },
  });
  answerBrokenRequest(Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket as Socket);
  await expect.poll(() => socket.writableFinished).toBe(true);
  const text = sent.join('');
  expect(text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  expect(text).toContain('Connection: close');
  expect(JSON.parse(text.split('\r\n\r\n')[1]!)).toMatchObject({ status: 408, type: '/problems/bad-request' });
  expect(api.app.server.headersTimeout).toBeLessThanOrEqual(30_000);
});

test('each route has its time for a request to arrive; the server that of the slowest', async () => {
  expect(api.app.server.requestTimeout).toBe(ARRIVES_MS.most);
  const slow = api.routes.filter(({ config }) => config?.arrives_ms !== undefined).map(({ url }) => url);
  expect(slow).toEqual(['/v1/events/batch']);
  const app = Fastify();
  registerArrival(app, 50);
  app.post('/usual', async () => 'usual');
  app.post('/long', { config: { arrives_ms: 10_000 } }, async ({ body }) => body);
  const port = await listenFor(app);
  const head = (path: string) => requestOf(`POST ${path}`, ['Content-Type: text/plain', 'Content-Length: 4']);
  expect((await exchange(port, head('/usual'))).map(({ status }) => status)).toEqual([408]);
  const socket = connect(port, '127.0.0.1');
  socket.write(head('/long'));
  await pause(150);
  socket.write('late');
  expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 200 .*late$/s);
  socket.destroy();
  await app.close();
});
