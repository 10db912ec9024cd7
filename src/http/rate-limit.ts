// How much one may ask in a minute: counted by API key once it is known to be good, else by address; also of what is not
// there, and of keys that are no good. Told in the headers of draft-ietf-httpapi-ratelimit-headers; too much is 429.
//
// No header that a client sets decides who pays. Where the counts cannot be reached nobody is refused.
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { Problem } from '../errors.js';

/** What was spent under a key in its window, and how long that still lasts, in milliseconds. */
export interface Spent {
  used: number;
  left_ms: number;
}

/** Counts what is spent; kept in this process, or where several share it. */
export interface Counter {
  spend(key: string, units: number, window_ms: number): Spent | Promise<Spent>;
}

export interface RateLimitOptions {
  /** Requests a minute. */
  limit: number;
  counter?: Counter | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Under which key it was counted. */
    payer: string | null;
    /** From which address it bears a key that is not looked at yet. */
    suspect: string | null;
    /** Counts one that does as much as so many others; never refused for it itself. Left out where there is no limit. */
    countAs?: (requests: number) => void;
  }
}

const WINDOW_MS = 60_000;
/** A request costs five units; one that is answered 304 gets four of them back. */
const COST = 5;
const GIVEN_BACK = 4;

/** For how many callers a process counts at most; those who have not asked for longest are forgotten. */
const MOST_CALLERS = 50_000;

/** Counts in this process. */
export function createCounter(): { spend(key: string, units: number, window_ms: number): Spent } {
  const windows = new LRUCache<string, { used: number; until: number }>({ max: MOST_CALLERS });
  return {
    spend(key, units, window_ms) {
      const now = performance.now();
      let window = windows.get(key);
      if (window === undefined || now >= window.until) {
        window = { used: 0, until: now + window_ms };
        windows.set(key, window);
      }
      window.used += units;
      return { used: window.used, left_ms: window.until - now };
    },
  };
}

/**
 * @returns counts who bears a key; to be called once keys are looked at, since hooks run in the order in which they are added
 */
export async function registerRateLimit(app: FastifyInstance, { limit, counter = createCounter() }: RateLimitOptions): Promise<() => void> {
  /** Of this process alone: how often each address has sent keys that are no good. */
  const failures = createCounter();
  const policy = `"default";q=${limit};w=${WINDOW_MS / 1000}`;
  await app.register(rateLimit, { global: false, store: storeOn(counter, app) });
  const count = app.createRateLimit({
    max: limit * COST,
    timeWindow: WINDOW_MS,
    skipOnError: true,
    keyGenerator: (request) => request.payer!,
  });
  app.decorateRequest('payer', null);
  app.decorateRequest('suspect', null);
  app.decorateRequest('countAs', function (this: FastifyRequest, requests: number) {
    if (this.payer !== null) spendMore(this.payer, (requests - 1) * COST);
  });

  async function pay(request: FastifyRequest, reply: FastifyReply, payer: string): Promise<void> {
    request.payer = payer;
    const paid = await count(request);
    if (paid.isAllowed) return;
    tell(reply, Math.floor(paid.remaining / COST), paid.ttlInSeconds);
    if (paid.isExceeded) throw tooMany(paid.ttlInSeconds);
  }

  function tell(reply: FastifyReply, remaining: number, seconds: number): void {
    reply.header('ratelimit-policy', policy);
    reply.header('ratelimit', `"default";r=${remaining};t=${seconds}`);
  }

  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.rateLimit === false) return done();
    const payer = addressOf(request.ip);
    if (request.headers.authorization === undefined) return void pay(request, reply, payer).then(() => done(), done);
    request.suspect = payer;
    const { used, left_ms } = failures.spend(payer, 0, WINDOW_MS);
    if (used < limit) return done();
    tell(reply, 0, Math.ceil(left_ms / 1000));
    done(tooMany(Math.ceil(left_ms / 1000)));
  });
  app.addHook('onResponse', (request, reply, done) => {
    if (reply.statusCode === 304 && request.payer !== null) spendMore(request.payer, -GIVEN_BACK);
    if (reply.statusCode === 401 && request.suspect !== null) failures.spend(request.suspect, 1, WINDOW_MS);
    done();
  });

  function spendMore(payer: string, units: number): void {
    const spent = counter.spend(payer, units, WINDOW_MS);
    if (spent instanceof Promise) spent.catch(() => {});
  }

  return () =>
    app.addHook('onRequest', (request, reply, done) => {
      if (request.payer !== null || request.routeOptions.config.rateLimit === false) return done();
      const payer = request.principal === null ? addressOf(request.ip) : `key ${request.principal.id}`;
      pay(request, reply, payer).then(() => done(), done);
    });
}

const tooMany = (seconds: number): Problem =>
  new Problem('too-many-requests', 'You asked more than this server answers in a minute; wait as long as Retry-After says.', {
    headers: { 'retry-after': String(Math.max(1, seconds)) },
  });

/** The counts in the form that the plug-in asks. */
function storeOn(counter: Counter, app: FastifyInstance) {
  let warnedAt = Number.NEGATIVE_INFINITY;
  const warn = (error: unknown): void => {
    const now = performance.now();
    if (now - warnedAt < WINDOW_MS) return;
    warnedAt = now;
    app.log.warn({ err: error }, 'the counts of the rate limit cannot be reached; nobody is refused meanwhile');
  };
  return class {
    incr(key: string, told: (error: Error | null, result?: { current: number; ttl: number }) => void): void {
      const tell = ({ used, left_ms }: Spent): void => told(null, { current: used, ttl: left_ms });
      const fail = (error: Error): void => {
        warn(error);
        told(error);
      };
      const spent = counter.spend(key, COST, WINDOW_MS);
      if (spent instanceof Promise) spent.then(tell, fail);
      else tell(spent);
    }

    child(): this {
      return this;
    }
  };
}

/** An address as it is counted: those of one IPv6 network (/64) are as good as one, since its owner has them all. */
export const addressOf = (ip: string | undefined): string => (ip === undefined ? 'unknown' : normalizeIP(ip, 64));
