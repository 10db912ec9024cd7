// The process: settings, database, first data, listen, and stop on a signal. Nothing else touches the process.
import { existsSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { buildApp } from './app.js';
import { type Config, readConfig } from './config.js';
import type { Database } from './database/connect.js';
import { adviceOnLetters } from './database/letters.js';
import { readMigrations } from './database/migrate.js';
import { isEmpty, openDatabase } from './database/open.js';
import { watchStatements } from './database/statements.js';
import { StartupError } from './errors.js';
import { MIGRATIONS, OPENAPI, SEED } from './files.js';
import { ensureCards } from './rebuild.js';
import type { Tally } from './seed/load.js';
import { createServices, type Services } from './services.js';
import type { Tracing } from './tracing.js';

const isTerminal = process.stdout.isTTY === true;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * Later than this the event loop comes round only where there is far more to do than can be done. The embedded database
 * works in the same thread, so that there it says nothing.
 */
const LOOP_DELAY_MS = 1000;

async function start(config: Config): Promise<void> {
  const { database, applied } = await openDatabase(config, readMigrations(MIGRATIONS));
  let isStopping = false;
  const services = createServices(database, config);
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
    tracing: tracing?.requests,
    ...(config.databaseUrl !== undefined && { loopDelay_ms: LOOP_DELAY_MS }),
  });

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
    await app.close();
    counter?.close();
    await services.deliveries.stop();
    await tracing?.stop();
    await database.close();
    app.log.info('stopped');
    process.exit(0);
  };

  try {
    if (config.seed && existsSync(SEED) && (await isEmpty(database))) {
      if (isTerminal) say('Loading the first data set …');
      const tallies = await loadFirst(database, services);
      if (tallies.length > 0)
        app.log.info({ loaded: Object.fromEntries(tallies.map(({ name, created }) => [name, created])) }, 'first data set loaded');
    } else {
      const revisions = await ensureCards(database, isTerminal ? showRebuilding : undefined);
      if (revisions !== null) app.log.info({ revisions }, 'tables and cards made again from the revisions');
    }
    const adminKey = await services.keys.ensureAdmin(config.adminKey);
    await listen(app, config);
    services.deliveries.start(app.log);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, (name) => void stop(name));
    if (applied.length > 0) app.log.info({ applied }, 'migrations applied');
    const advice = await adviceOnLetters(database);
    if (advice !== null) app.log.warn(advice);
    welcome((app.server.address() as AddressInfo).port, adminKey?.key);
  } catch (error) {
    await app.close();
    counter?.close();
    await services.deliveries.stop();
    await tracing?.stop();
    await database.close();
    throw error;
  }

  function welcome(port: number, key: string | undefined): void {
    const host = ['0.0.0.0', '::'].includes(config.host) ? 'localhost' : config.host.includes(':') ? `[${config.host}]` : config.host;
    const address = `http://${host}:${port}`;
    say(`\nDemarche is running on ${database.description}.\n`);
    say(`  Pages      ${address}/`);
    say(`  API        ${address}/v1/events`);
    say(`  Timeline   ${address}/v1/timeline?from=2025-07&to=2025-08`);
    say(`  Swagger UI ${address}/docs\n`);
    if (key !== undefined && config.adminKey === undefined) say(`  Admin key  ${key}\n             It is shown this once; keep it.\n`);
  }
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
  await start(readConfig(process.env));
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  console.error(error.message);
  process.exit(1);
}
