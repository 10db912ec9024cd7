// Takes the changes of a server as its webhooks deliver them (Standard Webhooks), where the server can reach who purges and
// not the other way round. A delivery is answered once the caches took its purge, so what is not taken is delivered again.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { ALL, keysOf } from '../../contract/surrogate-keys.js';
import { StartupError } from '../../errors.js';

interface Options {
  /** Whether a signature is of this secret: "whsec_…". */
  secret: string;
  /** Has the caches drop what bears one of those keys; done once they took it. */
  drop: (keys: string[]) => Promise<void>;
  signal: AbortSignal;
  say: (line: string) => void;
}

/** How old a message may be, or how far ahead its clock, in seconds: as Standard Webhooks advises. */
const TOLERANCE_S = 300;
const MOST_BYTES = 4 * 2 ** 20;

const told = z.object({ entity: z.string(), id: z.string(), slug: z.string().nullable(), operation: z.string(), version: z.number() });
/** What a test delivery bears is no change. */
const message = z.object({ type: z.string(), data: z.unknown() });

/**
 * Until it is interrupted.
 * @param where to listen: "127.0.0.1:8080"
 * @throws StartupError where nobody can listen there
 */
export async function receiveChanges(where: string, { secret, drop, signal, say }: Options): Promise<void> {
  const { hostname, port } = new URL(`http://${where}`);
  const server = createServer(async (request, response) => {
    const status = await take(request, secret, drop).catch((error: Error) => {
      if (!signal.aborted) say(`A delivery was not taken: ${error.message}.`);
      return 500;
    });
    response.writeHead(status).end();
  });
  server.requestTimeout = 30_000;
  server.listen(Number(port || 80), hostname.replace(/^\[|\]$/g, ''));
  await once(server, 'listening').catch((error: Error) => {
    throw new StartupError(`--listen ${where} cannot be listened on: ${error.message}. Choose another address or port.`);
  });
  // What was delivered to the one before it, and not purged, is delivered again; what the caches kept meanwhile is not known.
  const dropped = drop([ALL]).catch(() => {});
  say(`Taking deliveries at http://${hostname}:${(server.address() as AddressInfo).port}.`);
  if (!signal.aborted) await once(signal, 'abort');
  server.close();
  server.closeAllConnections();
  await dropped;
}

/** @returns the status to answer */
async function take(request: IncomingMessage, secret: string, drop: Options['drop']): Promise<number> {
  if (request.method !== 'POST') return 405;
  const body = await bodyOf(request);
  if (body === null) return 413;
  if (!isSigned(request.headers, body, secret)) return 401;
  const sent = message.safeParse(jsonOf(body));
  if (!sent.success) return 400;
  const change = told.safeParse(sent.data.data);
  if (change.success) await drop(keysOf(change.data));
  return 204;
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += (piece as Buffer).length;
    if (bytes > MOST_BYTES) return null;
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** One of several signatures is enough: during a rotation there are two. */
function isSigned(headers: IncomingHttpHeaders, body: string, secret: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return false;
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= TOLERANCE_S)) return false;
  const right = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
    .update(`${id}.${timestamp}.${body}`)
    .digest();
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return given.length === right.length && timingSafeEqual(given, right);
  });
}
