// npm run bench: measures the product against the floors in one run, in rounds that take turns, and writes
// bench/RESULTS.md. BENCH_DATABASE_URL names the server; EVENTS, ROUNDS and SECONDS may be set.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { arch, cpus, platform, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { prepareDatabase } from './database.js';
import { generator, type Load, load, median, type Target } from './load.js';

const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const EVENTS = Number(process.env.EVENTS ?? 100_000);
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SECONDS = Number(process.env.SECONDS ?? 4);
const FLOORS = ['F1', 'F2', 'F3', 'F304'];

const processes: ChildProcess[] = [];

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

async function start(file: string, input: string[], environment: Record<string, string>, ready: string): Promise<void> {
  const child = spawn(
    process.execPath,
    [...(file.endsWith('.ts') ? ['--import', 'tsx'] : []), fileURLToPath(new URL(file, import.meta.url)), ...input],
    {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  processes.push(child);
  for (;;) {
    const answer = await fetch(ready).catch(() => null);
    if (answer !== null && answer.status < 500) return;
    if (child.exitCode !== null) throw new Error(`${file} ${input.join(' ')} ended with ${child.exitCode}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What is asked of the product. */
async function questions(address: string, databaseUrl: string): Promise<Target[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ day: string }>(
    `select start_date::text as day from event_cards order by start_date offset ${Math.floor(EVENTS / 2)} limit 1`,
  );
  await client.end();
  const first = await fetch(`${address}/v1/timeline`);
  const deep = ((await (await fetch(`${address}/v1/timeline?from=${rows[0]!.day}&limit=50`)).json()) as { page: { next: string } }).page
    .next;
  const ask = (name: string, query: string): Target => ({ name, url: `${address}/v1/timeline${query}` });
  return [
    ask('first page', ''),
    { name: '304', url: `${address}/v1/timeline`, headers: { 'If-None-Match': first.headers.get('etag')! } },
    { name: 'from the middle', url: `${address}${deep}` },
    ask('type + range + topic', '?type=meeting&from=2000&to=2020&topic=topic-3'),
    ask('rare actor', '?actor=actor-4321'),
    ask('common actor', '?actor=actor-1'),
    ask('country', '?country=QA'),
    ask('plan item', '?plan=plan&item=13'),
    ask('absent topic', '?topic=nothing'),
    ask('q, common word', '?q=governance'),
    ask('q, rare word', '?q=quantum'),
    { name: 'one event', url: `${address}/v1/events/event-77` },
    // The last: what wrk gave up waiting for still runs for a while.
    ask('facets of all', '?facets=type,topic,actor,country,initiative,year&limit=1'),
  ];
}

const databaseUrl = await prepareDatabase(SERVER, EVENTS);
const targets: Target[] = [];
for (const floor of FLOORS) {
  const port = await freePort();
  await start('floors.ts', [floor, String(port)], { DATABASE_URL: databaseUrl }, `http://127.0.0.1:${port}/`);
  targets.push({ name: floor, url: `http://127.0.0.1:${port}/` });
}
const port = await freePort();
const address = `http://127.0.0.1:${port}`;
await start('../dist/main.js', [], { DATABASE_URL: databaseUrl, PORT: String(port), SEED: 'false' }, `${address}/health/ready`);
targets.push(...(await questions(address, databaseUrl)));

const results = new Map<string, Load[]>(targets.map(({ name }) => [name, []]));
for (let round = 1; round <= ROUNDS; round++) {
  for (const target of targets) {
    process.stderr.write(`\rround ${round} of ${ROUNDS}: ${target.name.padEnd(30)}`);
    results.get(target.name)!.push(await load(target, SECONDS));
  }
}
process.stderr.write('\r'.padEnd(60));
for (const child of processes) child.kill();

const rateOf = (name: string) => median(results.get(name)!.map(({ rate }) => rate));
const version = (await query('select version()')).replace(/,.*/, '');
const table = targets.map(({ name }) => {
  const runs = results.get(name)!;
  const errors = runs.reduce((sum, one) => sum + one.errors, 0);
  const ratio = (rateOf(name) / rateOf(name === '304' ? 'F304' : FLOORS.includes(name) ? name : 'F3')).toFixed(2);
  return `| ${name} | ${Math.round(rateOf(name))} | ${median(runs.map(({ p50_ms }) => p50_ms)).toFixed(2)} | ${median(runs.map(({ p99_ms }) => p99_ms)).toFixed(2)} | ${ratio} | ${errors} |`;
});
const text = `## ${EVENTS.toLocaleString('en')} events

${new Date().toISOString().slice(0, 10)}; ${cpus().length} × ${cpus()[0]!.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}; Node ${process.version}; ${version};
${await generator()}; medians of ${ROUNDS} interleaved rounds of ${SECONDS} s. The ratio is to F3, that of 304 to F304, within the run.

| what | requests a second | p50 ms | p99 ms | ratio | errors |
| --- | ---: | ---: | ---: | ---: | ---: |
${table.join('\n')}
`;
console.log(text);
const file = new URL('RESULTS.md', import.meta.url);
const others = existsSync(file)
  ? readFileSync(file, 'utf8')
      .split(/^(?=## )/m)
      .slice(1)
  : [];
const sections = [...others.filter((section) => !section.startsWith(text.split('\n')[0]!)), text].map((section) => section.trim());
writeFileSync(
  file,
  `# Results\n\nWritten by \`npm run bench\`. What is asked, and the floors, are in the code beside this file.\n\n${sections.join('\n\n')}\n`,
);
process.exit();

async function query(text: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<[unknown]>({ text, rowMode: 'array' });
  await client.end();
  return String(rows[0]?.[0]);
}
