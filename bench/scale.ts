// npm run bench:scale: one and two processes, with and without a replica, in one run that takes turns: how much they
// answer, how long that takes, how much processor a request takes, and whether anybody is answered from before what they
// have seen. The load has no processor of its own here, so what two processes would answer on one each is told by the
// processor that a request takes at a pace that leaves room for all. Brings its own primary and standby; EVENTS, ROUNDS, SECONDS and CHECKS may be set.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPostgres } from '../tests/support/postgres.js';
import { prepareDatabase } from './database.js';
import { generator, load, median } from './load.js';
import { type Program, startProduct, stopAll } from './product.js';
import { checkStaleness } from './staleness.js';

const EVENTS = Number(process.env.EVENTS ?? 100_000);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const SECONDS = Number(process.env.SECONDS ?? 3);
/** Before what is measured, for each process: they share the requests, and each has all to compile. */
const WARM_UP_SECONDS = 8;
/** At a pace little is asked, and what is counted should be more than the clock's ticks. */
const PACED_SECONDS = 2 * SECONDS;
const CHECKS = Number(process.env.CHECKS ?? 10_000);
const KEY = `scale-${'k'.repeat(40)}`;
const SETTINGS = ['shared_buffers=512MB', 'max_wal_size=4GB', 'wal_keep_size=256MB'];

const CONFIGURATIONS = [
  { workers: 1, hasReplica: false },
  { workers: 2, hasReplica: false },
  { workers: 1, hasReplica: true },
  { workers: 2, hasReplica: true },
];
/** What is asked, of a process that keeps answers or of one that keeps none; and how long each connection rests at a pace. */
const QUESTIONS = [
  { name: 'cached', path: '/v1/timeline', cacheMb: 64, rest_ms: 6 },
  { name: 'not cached', path: '/v1/timeline', cacheMb: 0, rest_ms: 80 },
  { name: 'one event', path: `/v1/events/event-${Math.floor(EVENTS / 2)}`, cacheMb: 0, rest_ms: 30 },
];

interface Measured {
  rate: number;
  p99_ms: number;
  cpu_ms: number;
  /** At a pace. */
  paced: { rate: number; cpu_ms: number };
}

const whole = (number: number) => Math.round(number).toLocaleString('en');
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

const directory = mkdtempSync(join(tmpdir(), 'demarche-scale-'));

/** A script for wrk. */
function restOf(milliseconds: number): string {
  const file = join(directory, `rest-${milliseconds}.lua`);
  writeFileSync(file, `function delay() return ${milliseconds} end\n`);
  return file;
}

async function measure(program: Program, { path, rest_ms }: (typeof QUESTIONS)[number], workers: number): Promise<Measured> {
  const target = { name: path, url: `${program.address}${path}` };
  const once = async (seconds: number, script?: string) => {
    const before = program.cpu();
    const { rate, p99_ms, errors } = await load({ ...target, ...(script !== undefined && { script }) }, seconds);
    if (errors > 0) throw new Error(`${path} was not answered ${errors} times.`);
    return { rate, p99_ms, cpu_ms: (1000 * (program.cpu() - before)) / (rate * seconds) };
  };
  // Until each process has compiled what it runs, has its connections and knows its replicas.
  await load(target, WARM_UP_SECONDS * workers);
  return { ...(await once(SECONDS)), paced: await once(PACED_SECONDS, restOf(rest_ms)) };
}

const measured = new Map<string, Measured[]>();
const rows: string[] = [];
try {
  for (let round = 1; round <= ROUNDS; round++)
    for (const configuration of CONFIGURATIONS)
      for (const cacheMb of [64, 0]) {
        const program = await start(configuration, cacheMb);
        for (const question of QUESTIONS.filter((each) => each.cacheMb === cacheMb)) {
          say(`round ${round} of ${ROUNDS}: ${named(configuration)}, ${question.name}`);
          const key = `${question.name}, ${named(configuration)}`;
          measured.set(key, [...(measured.get(key) ?? []), await measure(program, question, configuration.workers)]);
        }
        await program.stop();
      }
  const of = (key: string, pick: (one: Measured) => number) => median(measured.get(key)!.map(pick));
  for (const { name } of QUESTIONS)
    for (const configuration of CONFIGURATIONS) {
      const key = `${name}, ${named(configuration)}`;
      const [rate, p99, cpu] = [of(key, (one) => one.rate), of(key, (one) => one.p99_ms), of(key, (one) => one.cpu_ms)];
      const paced = `${whole(of(key, (one) => one.paced.rate))} | ${of(key, (one) => one.paced.cpu_ms).toFixed(3)}`;
      rows.push(`| ${key} | ${whole(rate)} | ${p99.toFixed(2)} | ${cpu.toFixed(3)} | ${paced} |`);
    }
  console.log(
    `| what | requests a second | p99 ms | processor, ms a request | at a pace, a second | processor, ms a request |\n| --- | ---: | ---: | ---: | ---: | ---: |\n${rows.join('\n')}\n`,
  );
  for (const { name } of QUESTIONS) {
    const [one, two] = [`${name}, 1 process`, `${name}, 2 processes`];
    const rates = of(two, ({ rate }) => rate) / of(one, ({ rate }) => rate);
    // What they would answer on processors that nobody else uses.
    const share = (2 * of(one, ({ paced }) => paced.cpu_ms)) / of(two, ({ paced }) => paced.cpu_ms);
    console.log(
      `${name}: two processes answer ${rates.toFixed(2)} times one; by processor a request at a pace, ${share.toFixed(2)} times on a processor each`,
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
