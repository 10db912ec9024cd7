// A receiver of webhooks: a real server on this machine that verifies each message with the library of Standard
// Webhooks and answers as it is told.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface Received {
  id: string;
  headers: Record<string, string>;
  /** Whether the library takes it for ours; null where no secret is known yet. */
  verified: boolean | null;
  body: string;
  type: string;
  /** Of the change; null for a test. */
  seq: number | null;
  at: number;
}

type Answer = (response: ServerResponse, received: Received) => void;

export interface Receiver {
  url: string;
  received: Received[];
  /** The changes that it has taken, in the order in which it took them. */
  taken(): number[];
  secret: string | null;
  answer: Answer;
  /** How many requests are under way, and the most that were at once. */
  open: number;
  most: number;
  close(): Promise<void>;
}

/** @param answer what it does with a message that is read whole; a 204 where it is left out */
export async function startReceiver(answer: Answer = (response) => response.writeHead(204).end()): Promise<Receiver> {
  const took: number[] = [];
  const server = createServer(async (request, response) => {
    receiver.open++;
    receiver.most = Math.max(receiver.most, receiver.open);
    response.on('close', () => receiver.open--);
    const received = read(request, await textOf(request), receiver.secret);
    receiver.received.push(received);
    receiver.answer(response, received);
    if (response.statusCode < 300 && response.writableEnded && received.seq !== null) took.push(received.seq);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received: [],
    taken: () => took,
    secret: null,
    answer,
    open: 0,
    most: 0,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

function read({ headers }: IncomingMessage, body: string, secret: string | null): Received {
  const message = JSON.parse(body) as { type: string; data: { seq?: number } };
  const own = headers as Record<string, string>;
  return {
    id: own['webhook-id']!,
    headers: own,
    verified: secret === null ? null : verify(secret, body, own),
    body,
    type: message.type,
    seq: message.data.seq ?? null,
    at: Date.now(),
  };
}

export function verify(secret: string, body: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}
