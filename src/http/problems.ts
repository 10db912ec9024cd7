// The one place where failures become answers: application/problem+json (RFC 9457). Register it before any route.
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, FastifySchemaCompiler, FastifyServerOptions } from 'fastify';
import type { z } from 'zod';
import { check } from '../contract/check.js';
import type { Place } from '../contract/faults.js';
import { invalidBody, invalidParameters, PROBLEMS, Problem, type ProblemCode, RejectedRows } from '../errors.js';

/** Fastify's own errors, by code. */
const FASTIFY_CODES: Record<string, [ProblemCode, string]> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported-media-type', 'The body has a Content-Type that is not taken here; send application/json.'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['content-too-large', 'The body is larger than the 1 MiB that a request may have.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['malformed-json', 'The body is empty; send a JSON object.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['malformed-json', 'The body is not valid JSON; check quotes, commas and brackets.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad-request', 'Content-Length does not agree with the body that arrived.'],
  FST_ERR_BAD_URL: ['bad-request', 'The address has a percent sign that is not followed by two hexadecimal digits of valid UTF-8.'],
  FST_ERR_HANDLER_TIMEOUT: ['unavailable', 'The answer took longer than the server gives it; ask for less, or try again in a moment.'],
  FST_ERR_MAX_PARAM_LENGTH: ['uri-too-long', 'A part of the path is longer than 200 characters.'],
};

interface ProblemsOptions {
  /** Names a failure of the database, if it is one that may pass or a conflict. */
  problemOfDatabase: (error: unknown) => Problem | undefined;
  /** Shows a problem to people; false where it is to be told as data. */
  show?: (request: FastifyRequest, reply: FastifyReply, problem: Problem) => boolean;
}

export const checking: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (input: unknown) => {
    const { value, faults } = check(schema, input === undefined ? {} : input, httpPart as Place);
    if (faults === undefined) return { value };
    return { error: httpPart === 'body' ? invalidBody(faults) : invalidParameters(faults) };
  };

/**
 * What comes in is checked by zod; answers are finished text, or small plain objects. Fastify is given these when it is
 * made, so that it does not load the two compilers that it brings along (its types know no others).
 */
export const compilersFactory = {
  buildValidator: () => checking,
  buildSerializer: () => () => JSON.stringify,
} as unknown as NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>;

declare module 'fastify' {
  interface FastifyRequest {
    /** What went wrong after the answer had begun, as its end tells it; logged where it is ours. */
    problemOf(error: unknown): ReturnType<typeof bodyOf>;
  }
}

export function registerProblems(app: FastifyInstance, { problemOfDatabase, show }: ProblemsOptions): void {
  const toldProblem = (request: FastifyRequest, error: unknown): Problem => {
    const problem = toProblem(error, problemOfDatabase);
    if (problem.status >= 500) request.log.error({ err: problem.cause ?? error }, problem.detail);
    return problem;
  };
  app.setErrorHandler((error, request, reply) => {
    const problem = toldProblem(request, error);
    return show?.(request, reply, problem) ? reply : sendProblem(request, reply, problem);
  });
  app.decorateRequest('problemOf', function (this: FastifyRequest, error: unknown) {
    return bodyOf(this, toldProblem(this, error));
  });
  const routes: { method: string; pattern: RegExp }[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    const pattern = new RegExp(
      `^${url.replace(/[.*+?^${}()|[\]\\]/g, (sign) => (sign === '*' ? '.*' : `\\${sign}`)).replace(/:\w+/g, '[^/]+')}$`,
    );
    for (const name of [method].flat()) routes.push({ method: name, pattern });
  });
  app.setNotFoundHandler((request) => {
    throw notFound(request, (path) => routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method));
  });
}

const bodyOf = (request: FastifyRequest, problem: Problem) => ({
  type: `/problems/${problem.code}`,
  title: PROBLEMS[problem.code].title,
  status: problem.status,
  detail: problem.detail,
  instance: `urn:request:${request.id}`,
  ...(problem.errors.length > 0 && { errors: problem.errors.slice(0, 100) }),
  ...problem.extra,
});

export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const body = bodyOf(request, problem);
  const { location } = problem.headers;
  return reply
    .code(problem.status)
    .headers({
      'cache-control': 'no-store',
      ...problem.headers,
      ...(location !== undefined && { location: movedTo(request.url, location) }),
    })
    .type('application/problem+json')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(body);
}

/** The same question to another resource: what is asked below it, and how, goes along. */
function movedTo(url: string, location: string): string {
  const [path, query] = url.split('?', 2);
  const below = path!.split('/').slice(location.split('/').length);
  return `${[location, ...below].join('/')}${query === undefined ? '' : `?${query}`}`;
}

/** Any failure, as one that can be told. */
export function toProblem(error: unknown, problemOfDatabase: ProblemsOptions['problemOfDatabase']): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof RejectedRows) return invalidBody(error.faults.map(({ fault }) => fault));
  const { code, statusCode } = error as Partial<FastifyError>;
  const known = FASTIFY_CODES[code ?? ''];
  if (known !== undefined) return new Problem(known[0], known[1], known[0] === 'unavailable' ? { headers: { 'retry-after': '1' } } : {});
  if (error instanceof SyntaxError && statusCode === 400)
    return new Problem('malformed-json', `The body is not valid JSON: ${error.message.slice(0, 200)}.`);
  if (code === 'FST_ERR_HANDLER_TIMEOUT')
    return new Problem('unavailable', 'The answer took too long; try again in a moment.', {
      headers: { 'retry-after': '1' },
      cause: error,
    });
  // Not one of the database, though it is named like one.
  if (code === 'ECONNRESET' && statusCode === 400) return new Problem('bad-request', 'The body broke off before its end.');
  const database = problemOfDatabase(error);
  if (database !== undefined) return database;
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new Problem('bad-request', 'The request is not well-formed.', { status: statusCode });
  return new Problem('internal-error', 'Something went wrong on the server; the fault has been logged.', { cause: error });
}

/** 404, or 405 with Allow where the address exists for other methods. */
function notFound(request: FastifyRequest, methodsOf: (path: string) => string[]): Problem {
  const path = request.url.split('?')[0]!;
  const methods = [...new Set(methodsOf(path))];
  if (methods.length > 0) {
    const allow = methods.join(', ');
    return new Problem('method-not-allowed', `${request.method} is not taken here; ${allow} ${methods.length === 1 ? 'is' : 'are'}.`, {
      headers: { allow },
    });
  }
  return new Problem('not-found', `There is no route ${request.method} ${path.slice(0, 200)}; /openapi.json lists them all.`);
}

/** Addresses that cannot be decoded, before any route is known and any hook has run. */
export const answerUnreadableAddress = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
  const [code, detail] = FASTIFY_CODES[error.code] ?? (['bad-request', 'The request is not well-formed.'] as const);
  reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' });
  sendProblem(request, reply, new Problem(code, detail));
  request.log.info({ operation: null, method: request.method, path: request.url.split('?')[0], status: reply.statusCode }, 'request');
};

/** Bytes that are no HTTP, headers that are too large, requests that never end: answered on the bare socket. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, reason, detail] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'Request Header Fields Too Large', 'The headers of the request are too large.']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'Request Timeout', 'The request took too long to arrive.']
        : [400, 'Bad Request', 'The request is not well-formed HTTP.'];
  const body = JSON.stringify({
    type: '/problems/bad-request',
    title: PROBLEMS['bad-request'].title,
    status,
    detail,
    instance: `urn:request:${randomUUID()}`,
  });
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
