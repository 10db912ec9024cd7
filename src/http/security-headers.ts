// What browsers are told with every answer. Pages that people look at load what this server serves and nothing else; all
// else is data, which no browser should frame, run or take for anything but what it says it is. A 304 of data repeats
// nothing (RFC 9110, section 15.4.5).
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';

const POLICY = 'content-security-policy';

/** Also for answers that are not sent by way of the hook below. */
export const FOR_DATA: Record<string, string> = {
  [POLICY]: "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Of pages: nothing is run or styled inline (CSP level 3), also where Swagger UI is shown. */
export const FOR_PAGES: Record<string, string> = {
  ...FOR_DATA,
  [POLICY]: [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

export function registerSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (reply.statusCode !== 304 && reply.getHeader(POLICY) === undefined) reply.headers(FOR_DATA);
    done(null, payload);
  });
}

/** Registers pages that people look at. */
export async function registerPages(app: FastifyInstance, pages: FastifyPluginAsync): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook('onRequest', (_request, reply, done) => {
      reply.headers(FOR_PAGES);
      done();
    });
    await scope.register(pages);
  });
}
