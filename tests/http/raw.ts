// HTTP by hand: bytes are sent to the application as they are, and what comes back is read until it closes.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';

export interface Answered {
  status: number;
  headers: string;
  body: string;
}

/** @returns the port that the application listens on, from now on */
export async function listenFor(app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as { port: number }).port;
}

/**
 * @param bytes what is sent
 * @param ends whether the sender says that nothing more comes
 * @returns the answers, in order, once the server has closed the connection
 */
export async function exchange(port: number, bytes: string | Buffer, ends = false): Promise<Answered[]> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let received = '';
  socket.on('data', (data) => (received += data.toString('latin1')));
  // A server that refuses may close before all is sent.
  socket.on('error', () => {});
  if (ends) socket.end(bytes);
  else socket.write(bytes);
  const timer = setTimeout(() => socket.destroy(new Error('no end')), 10_000);
  await once(socket, 'close');
  clearTimeout(timer);
  return answersIn(received);
}

/** Each answer of the server says how long it is. */
function answersIn(received: string): Answered[] {
  if (received === '') return [];
  const end = received.indexOf('\r\n\r\n');
  const headers = received.slice(0, end);
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(headers)![1]);
  const rest = received.slice(end + 4);
  // What Node refuses by itself comes in chunks, of which there are none.
  if (/^transfer-encoding: chunked/im.test(headers)) return [{ status, headers, body: '' }, ...answersIn(rest.replace(/^0\r\n\r\n/, ''))];
  const length = Number(/^content-length: (\d+)/im.exec(headers)?.[1] ?? 0);
  return [{ status, headers, body: rest.slice(0, length) }, ...answersIn(rest.slice(length))];
}

/** A request as text; the connection is to end with its answer. */
export const requestOf = (line: string, headers: string[] = [], body = '', connection = 'close'): string =>
  `${[`${line} HTTP/1.1`, 'Host: demarche.test', `Connection: ${connection}`, ...headers].join('\r\n')}\r\n\r\n${body}`;
