// Traces by OpenTelemetry, sent as OTLP over HTTP. Loaded only where the settings ask for it; the library reads the standard
// variables by itself: where traces go, which are sampled, how they are sent in batches, what the service is called.
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, DiagLogLevel, defaultTextMapGetter, diag, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { OnStatement } from './database/statements.js';
import type { RequestTracing } from './http/tracing.js';

export interface Tracing {
  requests: RequestTracing;
  statements: OnStatement;
  /** Told of what could not be sent. */
  onFailure(tell: (message: string) => void): void;
  /** Sends what was not sent yet, and ends; within two seconds, whether somebody takes it or not. */
  stop(): Promise<void>;
}

/** How long is waited for the last traces to be taken, in milliseconds. */
const GOODBYE = 2_000;

export function startTracing(): Tracing {
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'demarche' }))
    .merge(detectResources({ detectors: [envDetector] }));
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] });
  const tracer = provider.getTracer('demarche');
  const propagator = new W3CTraceContextPropagator();
  const running = new AsyncLocalStorage<Context>();

  return {
    requests: {
      begin(name, attributes, headers) {
        const span = tracer.startSpan(
          name,
          { kind: SpanKind.SERVER, attributes },
          propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter),
        );
        const context = trace.setSpan(ROOT_CONTEXT, span);
        return {
          id: span.spanContext().traceId,
          run: (work) => running.run(context, work),
          end(more, isFailed) {
            span.setAttributes(more);
            if (isFailed) span.setStatus({ code: SpanStatusCode.ERROR });
            span.end();
          },
        };
      },
    },
    statements(summary) {
      const context = running.getStore();
      if (context === undefined) return undefined;
      const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': summary };
      const span = tracer.startSpan(summary, { kind: SpanKind.CLIENT, attributes }, context);
      return (error) => {
        if (error !== undefined) {
          // The message may hold a value; the code says what it was.
          const { code, name } = error as { code?: unknown; name?: unknown };
          span.setAttribute('error.type', String(code ?? name ?? 'error'));
          span.setStatus({ code: SpanStatusCode.ERROR });
        }
        span.end();
      };
    },
    onFailure(tell) {
      const quiet = () => {};
      diag.setLogger(
        { error: (message) => tell(message), warn: (message) => tell(message), info: quiet, debug: quiet, verbose: quiet },
        { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
      );
    },
    async stop() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, GOODBYE);
      });
      await Promise.race([provider.shutdown().catch(() => {}), late]);
      clearTimeout(timer);
      diag.disable();
    },
  };
}
