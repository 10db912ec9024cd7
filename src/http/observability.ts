// What the log says: one line for each request, with its id, operation, status and duration. It is told what
// to say, member by member: no headers, no bodies, and of errors only what is named here. Lines are pretty only on a
// terminal.
import { randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import type { Config } from '../config.js';

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
    serializers: { err: (error: unknown) => errorOf(error) },
    ...(logTo && { stream: logTo }),
    ...(isTerminal && { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss' } } }),
  };
}

interface LoggedError {
  type: string;
  message: string;
  stack: string;
  [member: string]: unknown;
}

/** Errors carry whatever their makers hung on them: requests with their headers, rows with their values. */
function errorOf(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: '', stack: '' };
  const { name, message, stack = '', code, cause } = error as NodeJS.ErrnoException;
  return {
    type: name,
    message,
    stack,
    ...(code !== undefined && { code }),
    ...(cause != null && depth < 5 && { cause: errorOf(cause, depth + 1) }),
  };
}

/** Ids of requests: those of a proxy in front are kept when they look like ids. */
export function requestId(request: { headers: Record<string, string | string[] | undefined> }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
}

export function registerObservability(app: FastifyInstance): void {
  app.decorateRequest('trace', null);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    logRequest(request, reply);
    done();
  });
}

/** One line at the end of a request. */
export function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  request.log.info(
    {
      operation: request.routeOptions.config.operation ?? null,
      method: request.method,
      // The path only: what is asked for in the query may be anybody's business.
      path: request.url.split('?')[0],
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 100) / 100,
      ...(request.principal !== null && { key_id: request.principal.id }),
      ...(request.trace != null && { trace_id: request.trace.id }),
    },
    'request',
  );
}
