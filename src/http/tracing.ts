// A trace of each request, where somebody wants traces: what is told of it, by the names of OpenTelemetry's conventions.
// Never told: what was asked for in the query, headers, bodies, addresses of readers, and who they are.
import type { FastifyInstance, FastifyRequest } from 'fastify';

export type Attributes = Record<string, string | number>;

/** A request that is traced. */
export interface RequestTrace {
  /** Of the whole trace, which may have begun elsewhere: 32 hexadecimal digits. */
  readonly id: string;
  /** What `work` does, now and later, belongs to the request. */
  run(work: () => void): void;
  end(attributes: Attributes, isFailed: boolean): void;
}

export interface RequestTracing {
  /** @param headers in which the trace may be named that the request belongs to (`traceparent`) */
  begin(name: string, attributes: Attributes, headers: FastifyRequest['headers']): RequestTrace;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where nobody wants traces. */
    trace: RequestTrace | null;
  }
}

/** Other methods are as many as somebody cares to invent. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Call it before what is to be traced is registered. */
export function registerTracing(app: FastifyInstance, tracing: RequestTracing): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const method = METHODS.has(request.method) ? request.method : '_OTHER';
    const { url: route, config } = request.is404 ? { url: undefined, config: {} } : request.routeOptions;
    const attributes = {
      'http.request.method': method,
      'url.scheme': request.protocol,
      'network.protocol.version': request.raw.httpVersion,
      ...(route !== undefined && { 'http.route': route.replace(/:(\w+)/g, '{$1}') }),
    };
    request.trace = tracing.begin((config as { operation?: string }).operation ?? method, attributes, request.headers);
    request.trace.run(done);
  });
  // A body arrives by events of its connection, which belongs to no request.
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.trace === null) done();
    else request.trace.run(done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const isFailed = reply.statusCode >= 500;
    const attributes = { 'http.response.status_code': reply.statusCode, ...(isFailed && { 'error.type': String(reply.statusCode) }) };
    request.trace?.end(attributes, isFailed);
    done();
  });
}
