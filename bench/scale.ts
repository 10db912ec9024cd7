// npm run bench:scale: one and two processes, with and without a replica, in one run that takes turns: how much they
// answer, how long that takes, how much processor a request takes, and whether anybody is answered from before what they
// have seen. Brings its own primary and standby; EVENTS, ROUNDS, SECONDS and CHECKS may be set.
import { installPostgres } from '../tests/support/postgres.js';
import { prepareDatabase } from './database.js';
import { generator, load, median } from './load.js';
import { type Program, startProduct, stopAll } from './product.js';
import { checkStaleness } from './staleness.js';

const EVENTS = Number(process.env.EVENTS ?? 100_000);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const SECONDS = Number(process.env.SECONDS ?? 3);
/** Before what is measured. */
const WARM_UP_SECONDS = 5;
const CHECKS = Number(process.env.CHECKS ?? 10_000);
const KEY = `scale-${'k'.repeat(40)}`;
const SETTINGS = ['shared_buffers=512MB', 'max_wal_size=4GB', 'wal_keep_size=256MB'];

const CONFIGURATIONS = [
  { workers: 1, hasReplica: false },
  { workers: 2, hasReplica: false },
  { workers: 1, hasReplica: true },
  { workers: 2, hasReplica: true },
];
/** What is asked, of a process that keeps answers or of one that keeps none. */
const QUESTIONS = [
  { name: 'cached', path: '/v1/timeline', cacheMb: 64 },
  { name: 'not cached', path: '/v1/timeline', cacheMb: 0 },
  { name: 'one event', path: `/v1/events/event-${Math.floor(EVENTS / 2)}`, cacheMb: 0 },
];

interface Measured {
  rate: number;
  p99_ms: number;
  cpu_ms: number;
}

const say = (text: string) => process.stderr.write(`${text}\n`);
const named = ({ workers, hasReplica }: (typeof CONFIGURATIONS)[number]) =>
  `${workers} process${workers === 1 ? '' : 'es'}${hasReplica ? ', replica' : ''}`;

say(`${await generator()}; ${EVENTS} events`);
const primary = await installPostgres({ settings: SETTINGS });
await primary.start();
const url = await prepareDatabase(primary.url, EVENTS);
const standby = await installPostgres({ settings: SETTINGS, primary });
await standby.start();
const replica = new URL(standby.url);
replica.pathname = new URL(url).pathname;

const start = ({ workers, hasReplica }: (typeof CONFIGURATIONS)[number], cacheMb: number): Promise<Program> =>
  startProduct(url, cacheMb, {
    WORKERS: String(workers),
    ADMIN_KEY: KEY,
    LOG_LEVEL: 'error',
    ...(hasReplica && { DATABASE_REPLICA_URLS: replica.href }),
  });

async function measure(program: Program, path: string): Promise<Measured> {
  const target = { name: path, url: `${program.address}${path}` };
  // Until each process has compiled what it runs, has its connections and knows its replicas.
  await load(target, WARM_UP_SECONDS);
  const before = program.cpu();
  const { rate, p99_ms, errors } = await load(target, SECONDS);
  if (errors > 0) throw new Error(`${path} was not answered ${errors} times.`);
  return { rate, p99_ms, cpu_ms: (1000 * (program.cpu() - before)) / (rate * SECONDS) };
}

const measured = new Map<string, Measured[]>();
const rows: string[] = [];
try {
  for (let round = 1; round <= ROUNDS; round++)
    for (const configuration of CONFIGURATIONS)
      for (const cacheMb of [64, 0]) {
        const program = await start(configuration, cacheMb);
        for (const { name, path } of QUESTIONS.filter((question) => question.cacheMb === cacheMb)) {
          say(`round ${round} of ${ROUNDS}: ${named(configuration)}, ${name}`);
          const key = `${name}, ${named(configuration)}`;
          measured.set(key, [...(measured.get(key) ?? []), await measure(program, path)]);
        }
        await program.stop();
      }
  const of = (key: string, pick: (one: Measured) => number) => median(measured.get(key)!.map(pick));
  for (const { name } of QUESTIONS)
    for (const configuration of CONFIGURATIONS) {
      const key = `${name}, ${named(configuration)}`;
      const [rate, p99, cpu] = [of(key, (one) => one.rate), of(key, (one) => one.p99_ms), of(key, (one) => one.cpu_ms)];
      rows.push(`| ${key} | ${Math.round(rate).toLocaleString('en')} | ${p99.toFixed(2)} | ${cpu.toFixed(3)} |`);
    }
  console.log(`| what | requests a second | p99 ms | processor, ms a request |\n| --- | ---: | ---: | ---: |\n${rows.join('\n')}\n`);
  for (const { name } of QUESTIONS) {
    const [one, two] = [`${name}, 1 process`, `${name}, 2 processes`];
    const rates = of(two, ({ rate }) => rate) / of(one, ({ rate }) => rate);
    // What they would answer on processors that nobody else uses.
    const share = (2 * of(one, ({ cpu_ms }) => cpu_ms)) / of(two, ({ cpu_ms }) => cpu_ms);
    console.log(
      `${name}: two processes answer ${rates.toFixed(2)} times one; by processor a request, ${share.toFixed(2)} times on a processor each`,
    );
  }
  for (const configuration of CONFIGURATIONS) {
    const program = await start(configuration, 64);
    const { checks, violations, without, older_without } = await checkStaleness(program.address, KEY, CHECKS);
    console.log(
      `${named(configuration)}: ${violations} violations in ${checks} checks; without the token ${older_without} of ${without} were from before`,
    );
    await program.stop();
  }
} finally {
  stopAll();
  await standby.stop();
  await primary.stop();
}
process.exit(0);
