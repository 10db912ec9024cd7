// How purges are written, as each cache documents it, on a server that takes the place of its API:
// Fastly, "Purge multiple surrogate key tags" (POST /service/{service_id}/purge); Cloudflare, "Purge Cached Content"
// (POST /zones/{zone_id}/purge_cache); Varnish, deploy/cdn/varnish.vcl.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Cache, headerIn, tellCache } from '../../src/cli/purge/cache.js';
import { demarche } from './command.js';

interface Asked {
  line: string;
  headers: IncomingHttpHeaders;
  body: string;
}

let server: Server;
let address: string;
let asked: Asked[];
let answer: { status: number; body: string };
beforeEach(async () => {
  asked = [];
  answer = { status: 200, body: '{"status":"ok"}' };
  server = createServer(async (request, response) => {
    asked.push({ line: `${request.method} ${request.url}`, headers: request.headers, body: await text(request) });
    response.writeHead(answer.status).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const tell = (cache: Partial<Cache>, keys: string[]) =>
  tellCache({ address, form: 'surrogate-key', header: {}, ...cache }, keys, new AbortController().signal);

test('Varnish is told by PURGE, with the keys in a header', async () => {
  await tell({}, ['event/a', 'overview']);
  expect(asked.map(({ line, headers }) => [line, headers['surrogate-key']])).toEqual([['PURGE /', 'event/a overview']]);
});

test('Fastly is told by POST to the service, with the keys and the token each in a header, and no body', async () => {
  const path = '/service/SU1Z0isxPaozGVKXdv0eY/purge';
  await tell({ address: address + path, method: 'POST', header: headerIn('Fastly-Key: abc') }, ['event/a', 'overview']);
  expect(asked.map(({ line, headers, body }) => [line, headers['surrogate-key'], headers['fastly-key'], body])).toEqual([
    [`POST ${path}`, 'event/a overview', 'abc', ''],
  ]);
});

test('Cloudflare is told by POST to the zone, with the tags as JSON and the token as Bearer', async () => {
  const path = '/client/v4/zones/023e105f4ecef8ad9ca31a8372d0c353/purge_cache';
  await tell({ address: address + path, form: 'cache-tag', header: headerIn('Authorization: Bearer abc') }, ['event/a', 'overview']);
  expect(asked).toMatchObject([{ line: `POST ${path}`, headers: { 'content-type': 'application/json', authorization: 'Bearer abc' } }]);
  expect(JSON.parse(asked[0]!.body)).toEqual({ tags: ['event/a', 'overview'] });
});

test('no more keys are told at once than the one takes that takes fewest, nor longer headers, and none is lost', async () => {
  const keys = Array.from({ length: 95 }, (_, n) => `event/${'x'.repeat(n % 2 === 0 ? 10 : 190)}-${n}`);
  await tell({}, keys);
  const told = asked.map(({ headers }) => headers['surrogate-key'] as string);
  expect(told.flatMap((header) => header.split(' '))).toEqual(keys);
  for (const header of told) {
    expect(header.split(' ').length).toBeLessThanOrEqual(30);
    expect(header.length).toBeLessThanOrEqual(4000);
  }
});

test.each([
  ['a limit of requests', 429, '{"success":false,"errors":[{"code":1134,"message":"Rate limited"}]}'],
  ['a wrong token', 401, '{"msg":"Provided credentials are missing or invalid"}'],
  ['a refusal that is answered as if it were none', 200, '{"success": false,"errors":[{"message":"no such zone"}]}'],
])('%s is an error that says what the cache said', async (_, status, body) => {
  answer = { status, body };
  await expect(tell({ form: 'cache-tag' }, ['overview'])).rejects.toThrow(`${address} answered ${status} to a purge: ${body}`);
});

test('the command line says the same, to each cache that it is given', async () => {
  const { code, stdout } = await demarche(
    { DEMARCHE_PURGE_HEADER: 'Fastly-Key: abc' },
    ...['purge', '--all', '--method', 'POST', '--to', `${address}/service/one/purge`, `${address}/service/two/purge`],
  );
  expect([code, stdout]).toEqual([0, `Everything was dropped by ${address}/service/one/purge, ${address}/service/two/purge.\n`]);
  expect(asked.map(({ line, headers }) => `${line} ${headers['surrogate-key']} ${headers['fastly-key']}`).sort()).toEqual([
    'POST /service/one/purge all abc',
    'POST /service/two/purge all abc',
  ]);
});
