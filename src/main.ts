// The process: settings, database, first data, listen, and stop on a signal. Nothing else touches the process.
import cluster from 'node:cluster';
import { existsSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type LoggerOptions, pino } from 'pino';
import { buildApp } from './app.js';
import { type Config, readConfig } from './config.js';
import { connectDatabase, type Database } from './database/connect.js';
import { adviceOnLetters } from './database/letters.js';
import { readMigrations } from './database/migrate.js';
import { isEmpty, openDatabase } from './database/open.js';
import { watchStatements } from './database/statements.js';
import { StartupError } from './errors.js';
import { MIGRATIONS, OPENAPI, SEED } from './files.js';
import { loggerOptions } from './http/observability.js';
import { ensureCards } from './rebuild.js';
import type { Tally } from './seed/load.js';
import { createServices, type Services } from './services.js';
import type { Tracing } from './tracing.js';
import { peersOf, supervise } from './workers.js';

const isTerminal = process.stdout.isTTY === true;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * Later than this the event loop comes round only where there is far more to do than can be done. The embedded database
 * works in the same thread, so that there it says nothing.
 */
const LOOP_DELAY_MS = 1000;

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** What a worker that gives up may take to do so, in milliseconds. */
const STOPPED_WITHIN_MS = 2000;

/** What is to be logged as soon as somebody logs. */
type Told = [level: 'info' | 'warn', facts: object, message: string][];

/** Opens the database, brings it up to date and loads the first data. @returns what was done, and the admin's key where it is new */
async function prepare(config: Config) {
  const { database, applied } = await openDatabase(config, readMigrations(MIGRATIONS));
  const services = createServices(database, config);
  try {
    const told: Told = applied.length > 0 ? [['info', { applied }, 'migrations applied']] : [];
    const advice = await adviceOnLetters(database);
    if (advice !== null) told.push(['warn', {}, advice]);
    if (config.seed && existsSync(SEED) && (await isEmpty(database))) {
      if (isTerminal) say('Loading the first data set …');
      const loaded = (await loadFirst(database, services)).map(({ name, created }) => [name, created]);
      if (loaded.length > 0) told.push(['info', { loaded: Object.fromEntries(loaded) }, 'first data set loaded']);
    } else {
      const revisions = await ensureCards(database, isTerminal ? showRebuilding : undefined);
      if (revisions !== null) told.push(['info', { revisions }, 'tables and cards made again from the revisions']);
    }
    const adminKey = await services.keys.ensureAdmin(config.adminKey);
    return { database, services, told, key: config.adminKey === undefined ? adminKey?.key : undefined };
  } catch (error) {
    await services.deliveries.stop();
    await database.close();
    throw error;
  }
}

/** Answers until it is told to stop. @returns the port */
async function serve(config: Config, database: Database, services: Services, told: Told): Promise<number> {
  let isStopping = false;
  const counter = config.redisUrl === undefined ? undefined : (await import('./database/redis.js')).openRedisCounter(config.redisUrl);
  const tracing = config.tracing ? await startTracing(database) : undefined;
  const app = await buildApp({
    config,
    database,
    services,
    openapi: readFileSync(OPENAPI, 'utf8'),
    isTerminal,
    isStopping: () => isStopping,
    counter,
    peers: cluster.worker === undefined ? undefined : peersOf(cluster.worker),
    tracing: tracing?.requests,
    ...(config.databaseUrl !== undefined && { loopDelay_ms: LOOP_DELAY_MS }),
  });
  const close = async (): Promise<void> => {
    await app.close();
    counter?.close();
    await services.deliveries.stop();
    await tracing?.stop();
    await database.close();
  };

  tracing?.onFailure((message) => app.log.warn({ reason: message }, 'traces could not be sent'));

  /**
   * Is no longer ready, for as long as a proxy takes to notice; then refuses new work, finishes what runs, closes the
   * database, and gives up when the deadline has passed.
   */
  const stop = async (signal: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    app.log.info({ signal }, 'stopping');
    await wait(config.shutdownDelayMs);
    setTimeout(() => {
      app.log.error(`not stopped after ${config.shutdownTimeoutMs} ms; giving up`);
      process.exit(1);
    }, config.shutdownTimeoutMs).unref();
    await close();
    app.log.info('stopped');
    process.exit(0);
  };

  try {
    for (const [level, facts, message] of told) app.log[level](facts, message);
    await listen(app, config);
    services.deliveries.start(app.log);
    for (const signal of SIGNALS) process.on(signal, (name) => void stop(name));
    return (app.server.address() as AddressInfo).port;
  } catch (error) {
    await close();
    throw error;
  }
}

async function serveAlone(config: Config): Promise<void> {
  const { database, services, told, key } = await prepare(config);
  welcome(config, database, await serve(config, database, services, told), key);
}

/** Prepares once for all, and lets so many processes answer. */
async function serveByWorkers(config: Config): Promise<void> {
  const { database, services, told, key } = await prepare(config);
  await services.deliveries.stop();
  await database.close();
  const log = pino(loggerOptions(config, { isTerminal }) as LoggerOptions);
  for (const [level, facts, message] of told) log[level](facts, message);
  if (config.rateLimit > 0 && config.redisUrl === undefined)
    log.info({ workers: config.workers }, 'each worker counts requests by itself; set REDIS_URL to count them together');
  const patience_ms = config.shutdownDelayMs + config.shutdownTimeoutMs + STOPPED_WITHIN_MS;
  const supervisor = supervise({ count: config.workers, log, patience_ms });
  const stop = async (signal: NodeJS.Signals): Promise<never> => process.exit((await supervisor.stop(signal)) ? 0 : 1);
  for (const signal of SIGNALS) process.once(signal, (name) => void stop(name));
  const { port } = await supervisor.listening.catch(async () => {
    // The worker has said why.
    await supervisor.stop('SIGTERM');
    return process.exit(1);
  });
  welcome(config, database, port, key);
}

async function serveAsWorker(config: Config): Promise<void> {
  const database = await connectDatabase(config);
  await database.enter('one of many');
  await serve(config, database, createServices(database, config), []);
}

/** @param key of the admin, where it was made just now */
function welcome({ host: at }: Config, database: Database, port: number, key: string | undefined): void {
  const host = ['0.0.0.0', '::'].includes(at) ? 'localhost' : at.includes(':') ? `[${at}]` : at;
  const address = `http://${host}:${port}`;
  say(`\nDemarche is running on ${database.description}.\n`);
  say(`  Pages      ${address}/`);
  say(`  API        ${address}/v1/events`);
  say(`  Timeline   ${address}/v1/timeline?from=2025-07&to=2025-08`);
  say(`  Swagger UI ${address}/docs\n`);
  if (key !== undefined) say(`  Admin key  ${key}\n             It is shown this once; keep it.\n`);
}

/** Loaded only where it is asked for: else it costs nothing. */
async function startTracing({ pool }: Database): Promise<Tracing> {
  const tracing = (await import('./tracing.js')).startTracing();
  watchStatements(pool, tracing.statements);
  return tracing;
}

/** Told of each group of revisions; a line for each tenth is enough. */
function showRebuilding(done: number, all: number): void {
  if (done === all || Math.floor((10 * done) / all) > Math.floor((10 * (done - 1)) / all))
    say(`Making the tables and cards again: ${done} of ${all} revisions`);
}

/** What reads the files is loaded with them: most processes never need it. */
async function loadFirst(database: Database, services: Services): Promise<Tally[]> {
  const [{ readDataSet }, { loadDataSet }] = await Promise.all([import('./seed/files.js'), import('./seed/load.js')]);
  return loadDataSet(readDataSet(SEED), { database, services, progress: isTerminal ? showProgress : undefined, only_if_empty: true });
}

async function listen(app: Awaited<ReturnType<typeof buildApp>>, { host, port }: Config): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new StartupError(`The port ${port} on ${host} is in use; stop what uses it, or set PORT to another one.`);
    if (code === 'EACCES') throw new StartupError(`The port ${port} may not be used by this user; set PORT to one above 1023.`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new StartupError(`HOST (${host}) is not an address of this machine; set it to one that is, such as 127.0.0.1.`);
    throw error;
  }
}

function showProgress({ name, created }: Tally): void {
  say(`  ${String(created).padStart(5)} ${name}`);
}

// An error that nobody expected is a fault of ours: say it loudly, and let the supervisor start again from what is kept.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}

try {
  const config = readConfig(process.env);
  if (cluster.isWorker) await serveAsWorker(config);
  else await (config.workers === 1 ? serveAlone(config) : serveByWorkers(config));
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  console.error(error.message);
  process.exit(1);
}
