// npm run bench:import: how fast a plain import is over HTTP, by the built product on a server database, and how much memory
// it adds.
// BENCH_DATABASE_URL names the server; LINES may be set.
import { Readable } from 'node:stream';
import { copyDatabase, databaseUrl, dropDatabase } from '../tests/support/databases.js';
import { lineOf, prepareImport } from './imported.js';
import { startProduct, stopAll } from './product.js';

const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const LINES = Number(process.env.LINES ?? 100_000);
const NAME = `demarche_bench_import_${process.pid}`;
const url = databaseUrl(SERVER, NAME);

await copyDatabase(SERVER, 'template0', NAME);
try {
  const { database, services } = await prepareImport(url);
  const { key } = await services.keys.create({ name: 'bench', role: 'editor', expires_at: null });
  await database.close();
  const program = await startProduct(url, 64);
  const idle = program.memory();
  let peak = idle;
  const timer = setInterval(() => {
    peak = Math.max(peak, program.memory());
  }, 100);
  const began = performance.now();
  const answer = await fetch(`${program.address}/v1/events/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
    body: Readable.toWeb(Readable.from(lines())) as ReadableStream,
    duplex: 'half',
  } as RequestInit);
  let end = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) end = (end + chunk).slice(-500);
  const seconds = (performance.now() - began) / 1000;
  clearInterval(timer);
  const { summary } = JSON.parse(end.trimEnd().split('\n').at(-1)!);
  console.log(JSON.stringify(summary));
  console.log(`${Math.round(summary.created / seconds).toLocaleString('en')} events a second (bar: 2,000), ${seconds.toFixed(1)} s`);
  console.log(`memory: ${Math.round(idle)} MB idle, ${Math.round(peak)} MB at most`);
} finally {
  stopAll();
  await dropDatabase(SERVER, NAME);
}
process.exit();

async function* lines(): AsyncGenerator<Buffer> {
  for (let first = 0; first < LINES; first += 500)
    yield Buffer.from(Array.from({ length: Math.min(500, LINES - first) }, (_, n) => `${lineOf(first + n)}\n`).join(''));
}
