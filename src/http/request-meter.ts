// How many requests there were and how long they took, by operation, method and class of status. Counted by hand, since
// it is done for every request: two lookups and an addition, and no text is made before somebody asks.
import type { FastifyInstance } from 'fastify';

/** In seconds. */
export const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const BOUNDS_MS = BUCKETS.map((seconds) => seconds * 1000);

/** What was counted of one operation, method and class of status. */
interface Tally {
  operation: string;
  method: string;
  /** "2xx" */
  status: string;
  count: number;
  /** In seconds. */
  sum: number;
  /** How many fell into each bucket, and into none before it. */
  buckets: number[];
}

/** A value as the text form of Prometheus has it. */
export interface Sample {
  metricName: string;
  labels: Record<string, string | number>;
  value: number;
}

export type RequestMeter = ReturnType<typeof createRequestMeter>;

export function createRequestMeter() {
  /** By operation, then by method, then by the first digit of the status. */
  const tallies = new Map<string, Map<string, Tally[]>>();

  function tallyOf(operation: string, method: string, status: number): Tally {
    const byMethod = tallies.get(operation) ?? new Map<string, Tally[]>();
    if (byMethod.size === 0) tallies.set(operation, byMethod);
    const byStatus = byMethod.get(method) ?? [];
    if (byStatus.length === 0) byMethod.set(method, byStatus);
    const digit = Math.floor(status / 100);
    byStatus[digit] ??= { operation, method, status: `${digit}xx`, count: 0, sum: 0, buckets: BUCKETS.map(() => 0) };
    return byStatus[digit];
  }

  return {
    count(operation: string, method: string, status: number, ms: number): void {
      const tally = tallyOf(operation, method, status);
      tally.count++;
      tally.sum += ms / 1000;
      let bucket = 0;
      while (bucket < BOUNDS_MS.length && ms > BOUNDS_MS[bucket]!) bucket++;
      if (bucket < BOUNDS_MS.length) tally.buckets[bucket]!++;
    },

    /** @param name of the histogram */
    samples(name: string): Sample[] {
      return [...tallies.values()].flatMap((byMethod) =>
        [...byMethod.values()].flatMap((byStatus) => byStatus.flatMap((tally) => samplesOf(name, tally))),
      );
    },
  };
}

/** Each bucket counts what fell into those before it, too. */
function samplesOf(name: string, { operation, method, status, count, sum, buckets }: Tally): Sample[] {
  const labels = { operation, method, status };
  let upTo = 0;
  return [
    ...BUCKETS.map((le, index) => {
      upTo += buckets[index]!;
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: upTo };
    }),
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}

/** Methods are named as they are, where they are one of ours; there are as many others as somebody cares to invent. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Counts every answer; what has no operation (no route, pages) counts as "none". */
export function registerRequestMeter(app: FastifyInstance, meter: RequestMeter): void {
  app.addHook('onResponse', (request, reply, done) => {
    const method = METHODS.has(request.method) ? request.method : 'other';
    meter.count(request.routeOptions.config.operation ?? 'none', method, reply.statusCode, reply.elapsedTime);
    done();
  });
}
