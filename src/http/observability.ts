// What the log says: one line for each request, with its id, operation, status and duration. Secrets are redacted, and
// lines are pretty only on a terminal.
import { randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import type { Config } from '../config.js';

/** Anything that could carry a secret; the log shows [redacted] instead. */
const SECRETS = [
  'req.headers.authorization',
  'req.headers.cookie',
  'headers.authorization',
  'authorization',
  'key',
  '*.key',
  '*.key_hash',
  '*.password',
  'err.config',
];

/** Where the log goes, and for whom. */
export interface LogTarget {
  /** Standard output where it is left out. */
  logTo?: Writable | undefined;
  /** Whether people read it on a terminal. */
  isTerminal?: boolean | undefined;
}

export function loggerOptions(config: Pick<Config, 'logLevel'>, { logTo, isTerminal }: LogTarget): FastifyServerOptions['logger'] {
  return {
    level: config.logLevel,
    redact: { paths: SECRETS, censor: '[redacted]' },
    ...(logTo && { stream: logTo }),
    ...(isTerminal && { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss' } } }),
  };
}

/** Ids of requests: those of a proxy in front are kept when they look like ids. */
export function requestId(request: { headers: Record<string, string | string[] | undefined> }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
}

export function registerObservability(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        operation: request.routeOptions.config.operation ?? null,
        method: request.method,
        // The path only: what is asked for in the query may be anybody's business.
        path: request.url.split('?')[0],
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime * 100) / 100,
        ...(request.principal !== null && { key_id: request.principal.id }),
      },
      'request',
    );
  });
}
