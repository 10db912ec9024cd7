// Figures for whoever watches the server, in the text form of Prometheus. They are read when somebody asks; what writes
// them as text, and what watches the event loop, is loaded with the first question.
import type { FastifyInstance } from 'fastify';
import type { Metric, Registry } from 'prom-client';
import { z } from 'zod';
import { operation } from './operation.js';
import type { RequestMeter } from './request-meter.js';

/** What the parts of the program tell of themselves. */
export interface Figures {
  /** Connections to the database, and how many wait for one. */
  pool: () => { total: number; idle: number; waiting: number };
  /** Replicas of the database that are read, and that are left out for now. */
  replicas: () => { used: number; left_out: number };
  answers: () => { hits: number; misses: number; bytes: number };
  /** Readers who follow the changes, and how many changes they have not been handed yet. */
  streams: () => Promise<{ open: number; lag: number }>;
  /** Attempts to deliver a change to a webhook since the process began. */
  deliveries: () => { succeeded: number; failed: number };
}

/** Other processes that answer on the same port: whoever asks one of them is told the sums of all. */
export interface Peers {
  offer(own: () => Promise<object[]>): void;
  all(): Promise<object[][]>;
}

interface MetricsOptions {
  meter: RequestMeter;
  /** Left out where there is one process. */
  peers?: Peers | undefined;
  figures: Figures;
  /** Whether everybody may read them; else it takes the key of an admin. */
  isPublic: boolean;
}

const TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const DURATION = 'demarche_request_duration_seconds';

const EXAMPLE = `# HELP demarche_database_connections Connections to the database, by state.
# TYPE demarche_database_connections gauge
demarche_database_connections{state="total"} 4
demarche_database_connections{state="idle"} 3
`;

export function metricsRoutes({ meter, figures, isPublic, peers }: MetricsOptions) {
  let made: Promise<Registry> | undefined;
  const registry = () => {
    made ??= createRegistry(meter, figures);
    return made;
  };
  peers?.offer(async () => (await registry()).getMetricsAsJSON());
  return async (app: FastifyInstance): Promise<void> => {
    app.get(
      '/metrics',
      {
        logLevel: 'silent',
        ...operation({
          id: 'getMetrics',
          access: isPublic ? 'public' : 'admin',
          tag: 'Service',
          summary: 'Read figures for monitoring',
          description:
            'Requests and how long they took, by operation; the database pool; the cache of answers; streams; webhooks; the process. Where several processes answer (`WORKERS`), their sums. In the text form of Prometheus. With `METRICS_PUBLIC=true` no key is needed.',
          answers: { 200: z.string().meta({ description: 'Figures, one a line.' }) },
          problems: [401, 403],
          media: ['text/plain'],
          example: { url: '/metrics', answer: EXAMPLE },
        }),
        handlerTimeout: 10_000,
      },
      async (_request, reply) => {
        const all = peers === undefined ? await registry() : await sumOf(peers);
        const text = await all.metrics();
        return reply.headers({ 'cache-control': 'no-store', 'content-type': TYPE }).send(text);
      },
    );
  };
}

async function sumOf(peers: Peers): Promise<Registry> {
  const { AggregatorRegistry } = await import('prom-client');
  return AggregatorRegistry.aggregate((await peers.all()) as never) as Registry;
}

async function createRegistry(meter: RequestMeter, figures: Figures): Promise<Registry> {
  const { collectDefaultMetrics, Counter, Gauge, Registry } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  registry.registerMetric(histogramOf(meter));
  const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(await read());
      },
    });
  /** One value for each member of what is read. */
  const byMember = <Name extends string>(
    kind: typeof Gauge | typeof Counter,
    label: string,
    name: string,
    help: string,
    read: () => Record<Name, number>,
  ) =>
    new kind({
      name,
      help,
      registers,
      labelNames: [label],
      collect() {
        this.reset();
        for (const [member, value] of Object.entries<number>(read())) this.inc({ [label]: member }, value);
      },
    });
  gauge('demarche_processes', 'Processes that answer here, whose figures these are.', () => 1);
  byMember(Gauge, 'state', 'demarche_database_connections', 'Connections to the database, by state; who waits for one.', figures.pool);
  byMember(Gauge, 'state', 'demarche_database_replicas', 'Replicas that are read, and that are left out for now.', figures.replicas);
  byMember(Counter, 'outcome', 'demarche_answer_cache_total', 'Questions to the cache of answers, by outcome.', () => {
    const { hits, misses } = figures.answers();
    return { hit: hits, miss: misses };
  });
  gauge('demarche_answer_cache_bytes', 'What the cache of answers holds.', () => figures.answers().bytes);
  gauge('demarche_streams', 'Readers who follow the changes by a stream.', async () => (await figures.streams()).open);
  gauge('demarche_feed_lag_changes', 'Changes that those readers have not been handed yet.', async () => (await figures.streams()).lag);
  byMember(Counter, 'outcome', 'demarche_webhook_deliveries_total', 'Attempts to deliver to webhooks, by outcome.', figures.deliveries);
  return registry;
}

/** The registry asks each metric for its values; that of requests keeps them itself. */
function histogramOf(meter: RequestMeter): Metric {
  const about = { name: DURATION, help: 'How long requests took, by operation, method and class of status.', type: 'histogram' };
  const get = async () => ({ ...about, aggregator: 'sum', values: meter.samples(DURATION) });
  return { ...about, get } as unknown as Metric;
}
