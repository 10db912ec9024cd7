// npm run bench:size: what grows with the number of events: loading, tables and indexes, and how long the built product
// takes to answer, one question at a time. Writes bench/SIZE.md. BENCH_DATABASE_URL names the server; SIZES and ROUNDS may be set.
import { writeFileSync } from 'node:fs';
import { prepareDatabase } from './database.js';
import { median } from './load.js';
import { type Cost, openExplainer } from './plans.js';
import { startProduct, stopAll } from './product.js';
import { type Question, sizeQuestions } from './size-questions.js';
import { growthOf, isGrowing, reportSizes } from './size-report.js';
import { readServer, readStorage, type Storage } from './storage.js';

const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const SIZES = (process.env.SIZES ?? '100000,1000000').split(',').map(Number);
const ROUNDS = Number(process.env.ROUNDS ?? 11);
/** Before what is measured: until statements are kept, or for so long. */
const WARM_UPS = 6;
const WARM_UP_MS = 5000;
/** What takes longer is asked fewer times. */
const SLOW_MS = 2000;
const SLOW_ROUNDS = 3;

export interface Measured {
  /** Of the first request to a process that has just started, and what it was answered, where it was not 200. */
  first_ms: number;
  first_failed: number | null;
  /** Of later ones. */
  median_ms: number;
  most_ms: number;
  /** How many later requests there were. */
  times: number;
  /** What it was answered, where it was not 200. */
  failed: number | null;
}

export interface Sized {
  size: number;
  storage: Storage;
  started_ms: number;
  answers: Map<string, Measured>;
  /** Of those that grow; a text where one could not be explained. */
  costs: Map<string, Cost | string>;
}

const say = (text: string) => process.stderr.write(process.stderr.isTTY ? `\r${text.padEnd(90)}` : `${text}\n`);

interface Asked {
  ms: number;
  status: number;
}

async function ask(address: string, { path }: Question): Promise<Asked> {
  const began = performance.now();
  const answer = await fetch(address + path, { headers: { 'accept-encoding': 'identity' } });
  await answer.arrayBuffer();
  return { ms: performance.now() - began, status: answer.status };
}

async function measure(size: number, url: string, questions: Question[]): Promise<Pick<Sized, 'started_ms' | 'answers'>> {
  const starts: number[] = [];
  const firsts = new Map<string, Asked>();
  for (const question of questions) {
    say(`${size}: ${question.name}, after a start`);
    const fresh = await startProduct(url, 0);
    starts.push(fresh.started_ms);
    firsts.set(question.name, await ask(fresh.address, question));
    await fresh.stop();
  }
  const { address, stop } = await startProduct(url, 0);
  const later = new Map<string, Asked[]>(questions.map(({ name }) => [name, []]));
  const rounds = new Map<string, number>();
  for (const question of questions) {
    say(`${size}: ${question.name}, to warm up`);
    const began = performance.now();
    let last: Asked;
    let times = 0;
    do last = await ask(address, question);
    while (last.status === 200 && ++times < WARM_UPS && performance.now() - began < WARM_UP_MS);
    rounds.set(question.name, last.status !== 200 ? 1 : last.ms > SLOW_MS ? Math.min(ROUNDS, SLOW_ROUNDS) : ROUNDS);
  }
  for (let round = 1; round <= ROUNDS; round++)
    for (const question of questions.filter(({ name }) => round <= rounds.get(name)!)) {
      say(`${size}: round ${round} of ${ROUNDS}, ${question.name}`);
      later.get(question.name)!.push(await ask(address, question));
    }
  await stop();
  const answers = new Map<string, Measured>();
  for (const [name, all] of later) {
    const taken = all.map(({ ms }) => ms);
    const failedOf = (some: Asked[]) => some.find(({ status }) => status !== 200)?.status ?? null;
    const first = firsts.get(name)!;
    answers.set(name, {
      first_ms: first.ms,
      first_failed: failedOf([first]),
      median_ms: median(taken),
      most_ms: Math.max(...taken),
      times: taken.length,
      failed: failedOf(all),
    });
  }
  return { started_ms: median(starts), answers };
}

try {
  const asked = new Map<number, { url: string; questions: Question[] }>();
  for (const size of SIZES) {
    const url = await prepareDatabase(SERVER, size);
    asked.set(size, { url, questions: await sizeQuestions(url, size) });
  }
  const sized: Sized[] = [];
  for (const [size, { url, questions }] of asked)
    sized.push({ size, storage: await readStorage(url), ...(await measure(size, url, questions)), costs: new Map() });
  const names = asked.get(SIZES[0]!)!.questions.map(({ name }) => name);
  const growing = names.filter((name) => isGrowing(growthOf(sized, name)));
  for (const { size, costs } of sized) {
    const { url, questions } = asked.get(size)!;
    const explainer = await openExplainer(url);
    for (const { name, path } of questions.filter((question) => growing.includes(question.name))) {
      say(`${size}: how ${name} is answered`);
      costs.set(name, await explainer.costOf(path));
    }
    await explainer.close();
  }
  say('');
  const text = reportSizes({ sized, names, growing, rounds: ROUNDS, server: await readServer(asked.get(SIZES[0]!)!.url) });
  console.log(text);
  writeFileSync(new URL('SIZE.md', import.meta.url), text);
} finally {
  stopAll();
}
process.exit();
