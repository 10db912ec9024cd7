// How pages ask: the API of this very server, by its addresses, in the name of whoever looks at the page. A page can
// therefore show nothing that the API would not answer to them, and what the API refuses the page refuses.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PROBLEMS, Problem, type ProblemCode } from '../errors.js';

/** The API answers that the resource is at another address now. */
export class Moved extends Error {
  constructor(
    readonly status: number,
    /** In the API: "/v1/events/other". */
    readonly location: string,
  ) {
    super(`Moved to ${location}`);
  }
}

/** @param address of the API: "/v1/timeline?limit=1". @throws Problem as the API answers it, Moved */
export type Ask = <Answer>(address: string) => Promise<Answer>;

export const createAsk =
  (app: FastifyInstance, request: FastifyRequest): Ask =>
  async <Answer>(address: string) => {
    const { authorization } = request.headers;
    const { statusCode, headers, body } = await app.inject({
      url: address,
      // Who asks pays for it, and the log tells what belongs together.
      remoteAddress: request.ip,
      headers: { host: request.host, 'x-request-id': request.id, ...(authorization !== undefined && { authorization }) },
    });
    if (!/\bs-maxage=/.test(String(headers['cache-control']))) request.showsUntold = true;
    if (statusCode >= 300 && statusCode < 400) throw new Moved(statusCode, String(headers.location));
    if (statusCode >= 400) throw problemIn(body, statusCode, headers as Record<string, string>);
    return JSON.parse(body) as Answer;
  };

function problemIn(body: string, status: number, headers: Record<string, string>): Problem {
  const { type = '', title: _, status: __, detail, instance: ___, errors, ...extra } = JSON.parse(body);
  const code = type.split('/').at(-1);
  const told = ['www-authenticate', 'retry-after'].flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]]));
  return new Problem(Object.hasOwn(PROBLEMS, code) ? (code as ProblemCode) : 'internal-error', detail, {
    status,
    errors,
    extra,
    headers: Object.fromEntries(told),
  });
}
