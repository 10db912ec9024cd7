// The table of contents: the frame in order, then one line for each feature.
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify';
import { actionPlanRoutes } from './action-plans/routes.js';
import { actorRoutes } from './actors/routes.js';
import { changeRoutes } from './changes/routes.js';
import type { Config } from './config.js';
import { coverageRoutes } from './coverage/routes.js';
import type { Database } from './database/connect.js';
import { problemOf } from './database/failures.js';
import { batchRoutes } from './events/batch-routes.js';
import { eventRoutes } from './events/routes.js';
import { ASSETS } from './files.js';
import { registerAccess } from './http/access.js';
import { createAnswerCache } from './http/answer-cache.js';
import { ARRIVES_MS, registerArrival } from './http/arrival.js';
import { registerBodies } from './http/bodies.js';
import { digest } from './http/conditional.js';
import { registerConsistency } from './http/consistency.js';
import { registerCrossOrigin } from './http/cross-origin.js';
import { registerHeaders } from './http/headers.js';
import { healthRoutes } from './http/health.js';
import { registerIdempotency } from './http/idempotency.js';
import { type Figures, metricsRoutes, type Peers } from './http/metrics.js';
import { originOf } from './http/negotiation.js';
import { type LogTarget, loggerOptions, registerObservability, requestId } from './http/observability.js';
import { registerOpenapi } from './http/openapi.js';
import { problemPages } from './http/problem-pages.js';
import { answerBrokenRequest, answerUnreadableAddress, compilersFactory, registerProblems, toProblem } from './http/problems.js';
import { type Counter, createCounter, registerRateLimit } from './http/rate-limit.js';
import { registerReading } from './http/reading.js';
import { createRequestMeter, registerRequestMeter } from './http/request-meter.js';
import { registerSecurityHeaders } from './http/security-headers.js';
import { registerSharedCaches } from './http/shared-caches.js';
import { registerShedding } from './http/shedding.js';
import { registerStopping } from './http/stopping.js';
import { limitStrangers } from './http/strangers.js';
import { takeTokens } from './http/tokens.js';
import { type RequestTracing, registerTracing } from './http/tracing.js';
import { initiativeRoutes } from './initiatives/routes.js';
import { keyRoutes } from './keys/routes.js';
import { networkRoutes } from './network/routes.js';
import { positionRoutes } from './positions/routes.js';
import { proposalRoutes } from './proposals/routes.js';
import { qualityRoutes } from './quality/routes.js';
import { releaseRoutes } from './releases/routes.js';
import type { Services } from './services.js';
import { sourceRoutes } from './sources/routes.js';
import { statsRoutes } from './stats/routes.js';
import { timelineRoutes } from './timeline/routes.js';
import { topicRoutes } from './topics/routes.js';
import { readAssets } from './web/assets.js';
import { PAGES } from './web/pages.js';
import { createSite } from './web/site.js';
import { webhookRoutes } from './webhooks/routes.js';

export interface AppOptions extends LogTarget {
  config: Pick<Config, 'logLevel'> &
    Partial<
      Pick<
        Config,
        | 'publicUrl'
        | 'cacheMb'
        | 'cdnMaxAge'
        | 'changesKeptDays'
        | 'streamsMax'
        | 'requireKeyForReads'
        | 'corsOrigins'
        | 'signIn'
        | 'metricsPublic'
        | 'rateLimit'
        | 'trustProxy'
        | 'publicProposals'
      >
    >;
  database: Pick<Database, 'pool' | 'state' | 'onChange' | 'reads' | 'replicas'>;
  services: Services;
  /** The finished OpenAPI document; null to make one from the routes. */
  openapi: string | null;
  isStopping?: () => boolean;
  /** Where requests are counted; in this process where it is left out. */
  counter?: Counter | undefined;
  /** How late the event loop may come round before load is shed, in milliseconds; as late as it likes where it is left out. */
  loopDelay_ms?: number;
  /** The other processes that answer on the same port. */
  peers?: Peers | undefined;
  /** Traces of requests; none where it is left out. */
  tracing?: RequestTracing | undefined;
  /** Told of each route as it is registered. */
  onRoute?: (route: RouteOptions) => void;
}

/** The largest body, in bytes. */
const BODY_LIMIT = 1024 * 1024;

/** What is taken from whoever bears no key, where proposals are taken from everybody. */
const STRANGERS = { name: 'proposals', most: 20, window_ms: 3_600_000, longest: 32 * 1024 };

export async function buildApp({
  config,
  database,
  services,
  openapi,
  isTerminal,
  logTo,
  isStopping = () => false,
  counter,
  loopDelay_ms,
  peers,
  tracing,
  onRoute,
}: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    logger: loggerOptions(config, { isTerminal, logTo }),
    genReqId: requestId,
    logController: new Fastify.LogController({ disableRequestLogging: true }),
    schemaController: { compilersFactory },
    bodyLimit: BODY_LIMIT,
    requestTimeout: ARRIVES_MS.most,
    http: { headersTimeout: 30_000 },
    connectionTimeout: 60_000,
    forceCloseConnections: 'idle',
    // What still arrives on a connection that is open is answered, and is the last on it.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    trustProxy: config.trustProxy ?? false,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: answerUnreadableAddress,
  });
  if (onRoute !== undefined) app.addHook('onRoute', onRoute);
  const assets = readAssets(ASSETS);
  const site = createSite({
    assets,
    originOf: (request) => originOf(request, config.publicUrl),
    problemOf: (error) => toProblem(error, problemOf),
    pages: PAGES,
  });
  registerProblems(app, { problemOfDatabase: problemOf, show: site.showProblem });
  registerArrival(app);
  registerBodies(app);
  registerObservability(app);
  if (tracing !== undefined) registerTracing(app, tracing);
  const meter = createRequestMeter();
  registerRequestMeter(app, meter);
  registerHeaders(app);
  registerStopping(app, isStopping);
  registerCrossOrigin(app, config.corsOrigins ?? []);
  if (loopDelay_ms !== undefined) await registerShedding(app, { loopDelay_ms });
  const countBearers = config.rateLimit ? await registerRateLimit(app, { limit: config.rateLimit, counter }) : undefined;
  const { authenticate } = services.keys;
  const isAdmitted = registerAccess(app, config.signIn === undefined ? authenticate : takeTokens(config.signIn, authenticate), {
    needsKeyForReads: config.requireKeyForReads,
  });
  countBearers?.();
  registerConsistency(app, database.state.position);
  if (database.reads.within !== undefined) registerReading(app, database.reads.within);
  registerIdempotency(app, services.answers);
  registerSharedCaches(app, config.cdnMaxAge ?? 0);
  registerSecurityHeaders(app);
  await registerOpenapi(app, openapi, { css: assets.text('docs.css'), js: assets.text('docs.js'), icon: assets.text('icon.svg') });
  const answers = createAnswerCache({
    currentSeq: database.state.current,
    bytes: (config.cacheMb ?? 0) * 1024 * 1024,
    // What answers look like changes with the document that describes them.
    edition: digest(openapi ?? ''),
  });

  await app.register(timelineRoutes(services.timeline, answers, (request) => originOf(request, config.publicUrl)));
  await app.register(eventRoutes(services));
  await app.register(batchRoutes(services.batch));
  await app.register(initiativeRoutes(services.initiatives));
  await app.register(positionRoutes(services.positions, services.initiatives.get, answers));
  await app.register(actionPlanRoutes(services));
  await app.register(coverageRoutes(services.coverage, services.plans.get, answers));
  await app.register(actorRoutes(services.actors));
  await app.register(networkRoutes(services.network, services.actors.get, answers));
  await app.register(sourceRoutes(services.sources, services.citations));
  await app.register(topicRoutes(services.topics));
  await app.register(qualityRoutes(services.quality));
  await app.register(statsRoutes(services.stats, answers));
  const strangers = config.publicProposals ? limitStrangers(counter ?? createCounter(), STRANGERS) : null;
  await app.register(proposalRoutes({ proposals: services.proposals, strangers }));
  let streams: Figures['streams'] = async () => ({ open: 0, lag: 0 });
  await app.register(
    changeRoutes({
      store: services.changes,
      onChange: database.onChange,
      keptDays: config.changesKeptDays ?? 0,
      streams: { most: config.streamsMax ?? 2000, isAdmitted },
      watch: (figures) => {
        streams = figures;
      },
    }),
  );
  await app.register(releaseRoutes(services.releases, (request) => originOf(request, config.publicUrl)));
  await app.register(webhookRoutes(services.webhooks));
  await app.register(keyRoutes(services.keys));
  await app.register(healthRoutes({ ping: async () => void (await database.pool.query('select 1')), isStopping }));
  await app.register(
    metricsRoutes({
      meter,
      isPublic: config.metricsPublic ?? false,
      peers,
      figures: {
        pool: () => ({ total: database.pool.totalCount, idle: database.pool.idleCount, waiting: database.pool.waitingCount }),
        replicas: database.replicas,
        answers: answers.figures,
        streams: () => streams(),
        deliveries: services.deliveries.outcomes,
      },
    }),
  );
  await app.register(problemPages(site.explain));
  await app.register(site.routes);
  return app;
}
