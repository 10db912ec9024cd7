// How long an answer may take: every route has its time-out, but what is sent for as long as a reader takes it.

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { answerBrokenRequest } from '../../src/http/problems.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');

test('a route has a time-out unless its answer may be a stream', () => {
  const declared = api.routes.filter(({ config }) => config?.operation !== undefined);
  const endless = declared.filter(({ handlerTimeout }) => handlerTimeout === undefined).map(({ url }) => url);
  expect([...new Set(endless)].sort()).toEqual([
    '/v1/changes/stream',
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
  expect(api.app.server.requestTimeout).toBeLessThanOrEqual(30_000);
  expect(api.app.server.headersTimeout).toBeLessThanOrEqual(60_000);
});
