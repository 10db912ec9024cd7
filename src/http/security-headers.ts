// What browsers are told with every answer. Pages that people look at get what Helmet sets; all else is data, which no
// browser should frame, run or take for anything but what it says it is. A 304 repeats nothing (RFC 9110, section 15.4.5).
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** Also for answers that are not sent by way of the hook below. */
export const FOR_DATA: Record<string, string> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** @param pages the addresses under which there are pages for people */
export async function registerSecurityHeaders(app: FastifyInstance, pages: string): Promise<void> {
  const options = { hsts: false, contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } };
  // Helmet puts its headers together for each answer, which takes longer than all else about an answer that is kept.
  await app.register(helmet, { ...options, global: false });
  app.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode !== 304) {
      if (!request.url.startsWith(pages)) reply.headers(FOR_DATA);
      else reply.helmet(options);
    }
    done(null, payload);
  });
}
