// What browsers are told with every answer. Pages that people look at get what Helmet sets; all else is data, which no
// browser should frame, run or take for anything but what it says it is. A 304 of data repeats nothing (RFC 9110,
// section 15.4.5).
import helmet from '@fastify/helmet';
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

export function registerSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (reply.statusCode !== 304 && reply.raw.getHeader(POLICY) === undefined) reply.headers(FOR_DATA);
    done(null, payload);
  });
}

/**
 * Registers pages that people look at. Helmet is told of them alone: it hooks into every request that it is told of, also
 * where it sets nothing, and puts its headers together anew for each answer.
 */
export async function registerPages(app: FastifyInstance, pages: FastifyPluginAsync): Promise<void> {
  await app.register(async (scope) => {
    await scope.register(helmet, { hsts: false, contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });
    await scope.register(pages);
  });
}
