// Whether pages of other origins may read what is answered (CORS; WHATWG Fetch, section 3.3). Off, unless origins are
// listed: they are compared whole, none is ever taken from the request, and no page may send the cookies or the sign-in of
// its visitor. A key that a page sends itself is checked as any other.
import type { FastifyInstance } from 'fastify';

/** What pages may send beyond what needs no asking. */
const ALLOWED: Record<string, string> = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers':
    'accept, authorization, consistency-token, content-type, idempotency-key, if-match, if-none-match, last-event-id, x-request-id',
  // In seconds; browsers keep it no longer than two hours.
  'access-control-max-age': '7200',
};
/** What pages may read beyond what needs no asking. */
const EXPOSED =
  'Consistency-Token, ETag, Link, Location, RateLimit, RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id';

export function registerCrossOrigin(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const listed = new Set(origins);

  // Before access is looked at: what a browser asks beforehand bears no key, and a refusal is to be read, too.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('vary', 'origin');
    const { origin } = request.headers;
    if (origin === undefined || !listed.has(origin)) return done();
    reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED });
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return done();
    reply.code(204).headers(ALLOWED).header('cache-control', 'no-store').send();
  });

  // What an answer says that it varies by is said anew by what makes it.
  app.addHook('onSend', (_request, reply, payload, done) => {
    const vary = String(reply.getHeader('vary') ?? '');
    if (!/\borigin\b/.test(vary)) reply.header('vary', vary === '' ? 'origin' : `${vary}, origin`);
    done(null, payload);
  });
}
