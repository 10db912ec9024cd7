// How long a request may take to arrive. The server itself allows as long as the slowest route does, since it knows no
// routes; whoever takes longer than the own route allows is cut off here.
import type { FastifyInstance } from 'fastify';
import { answerBrokenRequest } from './problems.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** In milliseconds. */
    arrives_ms?: number;
  }
}

/** In milliseconds: a route that does not say, and the longest that one may say. */
export const ARRIVES_MS = { usual: 30_000, most: 600_000 };

export function registerArrival(app: FastifyInstance, usual = ARRIVES_MS.usual): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { headers, raw } = request;
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return done();
    const cutOff = () => answerBrokenRequest(Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), raw.socket);
    const timer = setTimeout(cutOff, request.routeOptions.config.arrives_ms ?? usual).unref();
    const arrived = () => clearTimeout(timer);
    raw.once('end', arrived).once('close', arrived);
    reply.raw.once('close', arrived);
    done();
  });
}
