// npm run bench: measures the product against the floors in one run, in rounds that take turns, and writes
// bench/RESULTS.md. BENCH_DATABASE_URL names the server; EVENTS (one or two numbers), ROUNDS and SECONDS may be set.
import { writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import pg from 'pg';
import { prepareDatabase } from './database.js';
import { generator, type Load, load, median, type Target } from './load.js';
import { measureMemory } from './memory.js';
import { startFloor, startProduct, stopAll } from './product.js';
import { databaseTimes, momentQuestions, questions } from './questions.js';
import { measureWriting } from './writing.js';

const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const SIZES = (process.env.EVENTS ?? '100000,1000000').split(',').map(Number);
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SECONDS = Number(process.env.SECONDS ?? 3);

const named = (count: number): string => (count >= 1e6 ? `${count / 1e6} M` : `${count / 1000} k`);
const say = (text: string) => process.stderr.write(process.stderr.isTTY ? `\r${text.padEnd(70)}` : `${text}\n`);
const databases = new Map<number, string>();
for (const size of SIZES) databases.set(size, await prepareDatabase(SERVER, size));
const [small, large] = [SIZES[0]!, SIZES.at(-1)!];

// Floors: those of memory once, those that read for each size.
const targets: Target[] = [];
for (const floor of ['F1', 'F2', 'F304']) targets.push({ name: floor, url: (await startFloor(floor, databases.get(small)!)).address });
for (const floor of ['built', 'rows']) targets.push({ name: floor, url: (await startFloor(floor, databases.get(small)!)).address });
for (const size of SIZES) targets.push({ name: `F3, ${named(size)}`, url: (await startFloor('F3', databases.get(size)!)).address });

const kept = await startProduct(databases.get(large)!, 64);
for (const size of SIZES) {
  const { address } = await startProduct(databases.get(size)!, 0);
  for (const target of await questions(address, databases.get(size)!, size))
    targets.push({ ...target, name: `${target.name}, ${named(size)}` });
}
const VERSIONS = 5;
const aged = await prepareDatabase(SERVER, small, VERSIONS);
targets.push(...momentQuestions((await startProduct(aged, 0)).address));
const page = `${kept.address}/v1/timeline`;
const etag = (await fetch(page, { headers: { 'accept-encoding': 'identity' } })).headers.get('etag')!;
targets.push({ name: 'cached', url: page }, { name: '304', url: page, headers: { 'If-None-Match': etag } });
targets.push({ name: 'cached, gzip', url: page, headers: { 'Accept-Encoding': 'gzip' } });

const results = new Map<string, Load[]>(targets.map(({ name }) => [name, []]));
for (let round = 1; round <= ROUNDS; round++) {
  for (const target of targets) {
    say(`round ${round} of ${ROUNDS}: ${target.name}`);
    results.get(target.name)!.push(await load(target, SECONDS));
  }
}
const rateOf = (name: string) => median(results.get(name)!.map(({ rate }) => rate));
const p50Of = (name: string) => median(results.get(name)!.map(({ p50_ms }) => p50_ms));
const p99Of = (name: string) => median(results.get(name)!.map(({ p99_ms }) => p99_ms));

say('writing');
const writing = await measureWriting(databases.get(small)!, ROUNDS, SECONDS);
say('memory');
// A process of its own: one that has answered millions of requests is not idle any more.
const fresh = await startProduct(databases.get(large)!, 64);
const memory = await measureMemory(
  fresh,
  targets
    .filter(({ name }) => name.endsWith(named(large)) && !name.startsWith('F3'))
    .map(({ url }) => fresh.address + url.slice(url.indexOf('/v1'))),
  SECONDS,
);
const times = await databaseTimes(databases.get(large)!);
const starts = [];
for (let time = 0; time < 5; time++) starts.push((await startProduct(databases.get(large)!, 64)).started_ms);
stopAll();
say('');

interface Bar {
  what: string;
  measured: number;
  bar: string;
  holds: boolean;
}
const atLeast = (what: string, measured: number, least: number): Bar => ({
  what,
  measured,
  bar: `at least ${least}`,
  holds: measured >= least,
});
const atMost = (what: string, measured: number, most: number): Bar => ({ what, measured, bar: `at most ${most}`, holds: measured <= most });
const first = (size: number) => `first page, ${named(size)}`;
const filtered = ['type + range + topic', 'rare actor', 'country', 'plan item'].map((name) => `${name}, ${named(large)}`);
const bars: Bar[] = [
  ...SIZES.map((size) =>
    atLeast(`first page of ${named(size)}, not cached, of F3`, rateOf(first(size)) / rateOf(`F3, ${named(size)}`), 0.85),
  ),
  atLeast('cached, of F2', rateOf('cached') / rateOf('F2'), 0.9),
  atLeast('304, of F304', rateOf('304') / rateOf('F304'), 0.8),
  atLeast(`a page in the middle of ${named(large)}, of the first`, rateOf(`in the middle, ${named(large)}`) / rateOf(first(large)), 0.9),
  ...filtered.map((name) => atMost(`${name}: p99, by the p50 of the first page`, p99Of(name) / p50Of(first(large)), 5)),
  atLeast(
    `type + range + topic of ${named(small)}, of the first page`,
    rateOf(`type + range + topic, ${named(small)}`) / rateOf(first(small)),
    0.6,
  ),
  atLeast(`a common word in ${named(small)}, of the first page`, rateOf(`q, common word, ${named(small)}`) / rateOf(first(small)), 0.35),
  atLeast(
    `first page as of a moment, ${named(small)} of ${VERSIONS} versions, of the present`,
    rateOf('first page, 5 versions, known_at') / rateOf('first page, 5 versions, now'),
    0.7,
  ),
  ...times.map(({ what, milliseconds, bar }) => atMost(`${what} in ${named(large)}: ms of the database`, milliseconds, bar)),
  atLeast(`first page of ${named(large)}, of that of ${named(small)}`, rateOf(first(large)) / rateOf(first(small)), 0.9),
  atLeast('writing an event, of the same rows by hand', writing.byService / writing.byHand, 0.5),
  atMost('memory idle, MB', memory.idle, 120),
  atMost('memory under load, MB', memory.underLoad, 250),
  atMost(`memory that a CSV of ${memory.csvRows.toLocaleString('en')} rows adds, MB`, memory.csvAdds, 50),
  atMost('start to first answer, ms', median(starts), 1000),
];

const client = new pg.Client({ connectionString: databases.get(large)! });
await client.connect();
const { version } = (await client.query<{ version: string }>('select version()')).rows[0]!;
await client.end();
const number = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2));
const text = `# Results

Written by \`npm run bench\`; what is asked, the floors and the other ways are in the code beside this file. A bar that is missed says so.

${new Date().toISOString().slice(0, 10)}; ${cpus().length} × ${cpus()[0]!.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}; Node ${process.version}; ${version.replace(/,.*/, '')};
${await generator()}; medians of ${ROUNDS} interleaved rounds of ${SECONDS} s, each after 200 requests to warm up. ${SIZES.map(named).join(' and ')} events. All that is not called cached is asked of a process that keeps no answers.

| bar | measured | holds |
| --- | ---: | --- |
${bars.map(({ what, measured, bar, holds }) => `| ${what}: ${bar} | ${number(measured)} | ${holds ? 'yes' : '**no**'} |`).join('\n')}

Writing: ${number(writing.byService)} events a second, by hand ${number(writing.byHand)}. CSV of everything: ${number(memory.csvSeconds)} s.

| what | requests a second | p50 ms | p99 ms | errors |
| --- | ---: | ---: | ---: | ---: |
${targets
  .map(({ name }) => {
    const errors = results.get(name)!.reduce((sum, one) => sum + one.errors, 0);
    return `| ${name} | ${Math.round(rateOf(name)).toLocaleString('en')} | ${p50Of(name).toFixed(2)} | ${p99Of(name).toFixed(2)} | ${errors} |`;
  })
  .join('\n')}
`;
console.log(text);
writeFileSync(new URL('RESULTS.md', import.meta.url), text);
process.exit();
