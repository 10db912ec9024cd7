// What a cache that many share (a CDN, Varnish) may keep, and for how long: answers to whoever bore no key, where the
// settings say so. Each names what it follows from, as surrogate keys, so that a change can be purged (`demarche purge`).
//
// A token of consistency passes by what is kept: it is part of what an answer varies by. Readers' own caches ask each time.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ALL, OVERVIEW } from '../contract/surrogate-keys.js';
import { FOR_ALL } from './conditional.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its answers change without a change in the feed. */
    isUntold?: boolean;
  }
  interface FastifyRequest {
    /** Its answer shows one of those. */
    showsUntold: boolean;
    /** When it began, by the clock of performance.now(). */
    began_ms: number;
  }
  interface FastifyReply {
    /** The keys of all that the answer follows from, where that is not everything. */
    follows: (() => string[]) | null;
  }
}

/** For how long one that is too old is sent while a new one is fetched, in seconds. Browsers do so, too: it has to be short. */
const STALE_S = 5;
/**
 * What took longer than this is not to be kept, in milliseconds. A change is purged a second time two seconds after it; what was
 * begun before it, from a state up to a second old, has to have been sent by then.
 */
const SOON_MS = 900;
/** More characters of keys than this are not sent: caches bound a header. */
const MOST = 4000;

/** @param maxAge_s how long answers may be kept by shared caches, in seconds; 0 for not at all */
export function registerSharedCaches(app: FastifyInstance, maxAge_s: number): void {
  app.decorateRequest('showsUntold', false);
  app.decorateReply('follows', null);
  if (maxAge_s === 0) return;
  // A reply tells its time only where something looks at what was answered.
  app.decorateRequest('began_ms', 0);
  app.addHook('onRequest', (request, _reply, done) => {
    request.began_ms = performance.now();
    done();
  });
  const caching = `public, max-age=0, s-maxage=${maxAge_s}, stale-while-revalidate=${STALE_S}`;
  app.addHook('onSend', (request, reply, payload, done) => {
    if (mayBeKept(request, reply)) {
      const keys = keysOf(reply);
      reply
        .headers({ 'cache-control': caching, 'surrogate-key': keys.join(' '), 'cache-tag': keys.join(',') })
        .header('vary', `${reply.getHeader('vary')}, consistency-token`)
        // Of one reader, and of no other.
        .removeHeader('ratelimit')
        .removeHeader('ratelimit-policy');
    }
    done(null, payload);
  });
}

const mayBeKept = (request: FastifyRequest, reply: FastifyReply): boolean =>
  reply.getHeader('cache-control') === FOR_ALL['cache-control'] &&
  !request.showsUntold &&
  request.routeOptions.config.isUntold !== true &&
  performance.now() - request.began_ms < SOON_MS;

/** Where there are too many, it follows from everything. */
function keysOf(reply: FastifyReply): string[] {
  const keys = reply.follows === null ? [ALL, OVERVIEW] : [...new Set([ALL, ...reply.follows()])];
  return keys.join(' ').length <= MOST ? keys : [ALL, OVERVIEW];
}
