// A narrower limit for routes that take something from whoever bears no key: so many requests an hour from one address,
// however they end, and small bodies. It is held whatever the limit of all requests is.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../errors.js';
import { addressOf, type Counter } from './rate-limit.js';

export interface StrangersOptions {
  /** What the limit is called in the headers. */
  name: string;
  /** Requests from one address. */
  most: number;
  window_ms: number;
  /** Of a body, in bytes. */
  longest: number;
}

/** @returns the hooks of such a route */
export function limitStrangers(counter: Counter, { name, most, window_ms, longest }: StrangersOptions) {
  const policy = `"${name}";q=${most};w=${window_ms / 1000}`;

  const tooLarge = () =>
    new Problem('content-too-large', `Without an API key a body may have ${longest} bytes; send less, or send it with a key.`);

  return {
    async onRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      if (request.principal !== null) return;
      if (Number(request.headers['content-length'] ?? 0) > longest) throw tooLarge();
      const spent = await spend(`${name} ${addressOf(request.ip)}`);
      if (spent === null) return;
      const seconds = Math.max(1, Math.ceil(spent.left_ms / 1000));
      add(reply, 'ratelimit-policy', policy);
      add(reply, 'ratelimit', `"${name}";r=${Math.max(0, most - spent.used)};t=${seconds}`);
      if (spent.used <= most) return;
      const detail = `Without an API key ${most} such requests are taken from one address in ${window_ms / 60_000} minutes; wait as long as Retry-After says, or send a key.`;
      throw new Problem('too-many-requests', detail, { headers: { 'retry-after': String(seconds) } });
    },

    /** Of a body that did not say how long it is. */
    async preValidation({ principal, body }: FastifyRequest): Promise<void> {
      if (principal === null && Buffer.byteLength(JSON.stringify(body) ?? '') > longest) throw tooLarge();
    },
  };

  /** Where the counts cannot be reached nobody is refused. */
  async function spend(key: string) {
    try {
      return await counter.spend(key, 1, window_ms);
    } catch {
      return null;
    }
  }
}

function add(reply: FastifyReply, name: string, value: string): void {
  const other = reply.getHeader(name);
  reply.header(name, other === undefined ? value : `${other}, ${value}`);
}
