// A server that ends a connection in the very moment in which it is made, as one that is shut down does.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostsOf } from '../../src/database/hosts.js';
import { WatchedPool } from '../../src/database/watched-pool.js';

/** A message of the protocol (PostgreSQL, section 55.7). */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5, type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
const LET_IN = message('R', Buffer.from([0, 0, 0, 0]));
const READY = message('Z', Buffer.from('I'));
const ENDED = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'));

const server = createServer((socket: Socket) => {
  socket.on('error', () => {});
  // All in one piece: the end is read before anybody was told of the beginning.
  socket.once('data', () => socket.end(Buffer.concat([LET_IN, READY, ENDED])));
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

test('is told to whoever asked, and ends nothing else', async () => {
  const { port } = server.address() as AddressInfo;
  const pool = new WatchedPool({ hosts: hostsOf(`postgresql://nobody@127.0.0.1:${port}/nothing`), isPooled: false }, { max: 1 });
  // An error that nobody listens for would end the run.
  await expect(pool.query('select 1')).rejects.toThrow();
  await pool.end();
});
