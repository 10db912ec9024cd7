// Reads a stream of changes as a client does, with a parser of server-sent events that is not ours.
import type { AddressInfo } from 'node:net';
import { createParser } from 'eventsource-parser';
import type { FastifyInstance } from 'fastify';
import type { ChangeEntry } from '../../src/changes/schema.js';

export interface Reader {
  entries: ChangeEntry[];
  /** Names and ids of the events, as they came. */
  events: { id: string | undefined; event: string | undefined }[];
  comments: string[];
  retry: number | undefined;
  response: Promise<Response>;
  /** Settles when the stream has ended, however it did. */
  ended: Promise<void>;
  leave(): void;
}

export interface Reading {
  since?: number;
  lastEventId?: string;
  key?: string;
  /** Further parameters: "&topic=x". */
  query?: string;
}

/** Lets the application listen on a free port. */
export async function listen({ app }: { app: FastifyInstance }) {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' });
  return { address: createAddress(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`) };
}

export function createAddress(url: string) {
  const readers: Reader[] = [];
  return {
    url,
    read(reading: Reading = {}): Reader {
      const reader = open(url, reading);
      readers.push(reader);
      return reader;
    },
    async close(): Promise<void> {
      for (const reader of readers) reader.leave();
      await Promise.all(readers.map(({ ended }) => ended));
    },
  };
}

function open(url: string, { since, lastEventId, key, query = '' }: Reading): Reader {
  const leaving = new AbortController();
  const headers = { ...(lastEventId !== undefined && { 'last-event-id': lastEventId }), ...(key && { authorization: `Bearer ${key}` }) };
  const parameters = `${since === undefined ? '' : `&since=${since}`}${query}`.replace(/^&/, '?');
  const response = fetch(`${url}/v1/changes/stream${parameters}`, { headers, signal: leaving.signal });
  const reader: Reader = {
    entries: [],
    events: [],
    comments: [],
    retry: undefined,
    response,
    ended: Promise.resolve(),
    leave: () => leaving.abort(),
  };
  const parser = createParser({
    onEvent({ id, event, data }) {
      reader.events.push({ id, event });
      reader.entries.push(JSON.parse(data));
    },
    onComment: (comment) => reader.comments.push(comment),
    onRetry: (retry) => {
      reader.retry = retry;
    },
  });
  reader.ended = response
    .then(async ({ body }) => {
      const decoder = new TextDecoder();
      for await (const bytes of body!) parser.feed(decoder.decode(bytes as Uint8Array, { stream: true }));
    })
    .catch(() => {});
  return reader;
}
