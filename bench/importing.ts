// npm run bench:import: how fast a plain import is over HTTP, by the built product on a server database, what it costs Node
// and the database, and how much memory it adds; in rounds that take turns with the floor (bench/import-rounds.ts).
// BENCH_DATABASE_URL names the server; LINES and ROUNDS may be set.
import { copyDatabase, databaseUrl, dropDatabase } from '../tests/support/databases.js';
import { measureFloor, measureProduct, type Round } from './import-rounds.js';
import { prepareImport } from './imported.js';
import { median } from './load.js';
import { stopAll } from './product.js';

const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const LINES = Number(process.env.LINES ?? 100_000);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const BAR = 2000;

const nameOf = (part: string): string => `demarche_bench_import_${process.pid}_${part}`;

/** Each round finds the database as it was before the first one. */
async function onCopy(measure: (url: string) => Promise<Round>): Promise<Round> {
  await copyDatabase(SERVER, nameOf('empty'), nameOf('filled'));
  try {
    return await measure(databaseUrl(SERVER, nameOf('filled')));
  } finally {
    await dropDatabase(SERVER, nameOf('filled'));
  }
}

await copyDatabase(SERVER, 'template0', nameOf('empty'));
try {
  const { database, services } = await prepareImport(databaseUrl(SERVER, nameOf('empty')));
  const { key } = await services.keys.create({ name: 'bench', role: 'editor', expires_at: null });
  await database.close();
  const rounds: { product: Round; floor: Round }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const product = await onCopy((url) => measureProduct(url, key, LINES));
    rounds.push({ product, floor: await onCopy((url) => measureFloor(url, LINES)) });
  }
  const of = (figure: (round: (typeof rounds)[number]) => number): number => median(rounds.map(figure));
  const spent = ({ node, database }: Round): number => node + database;
  console.table(
    Object.fromEntries(
      (['product', 'floor'] as const).map((who) => [
        who,
        {
          'events a second': Math.round(of((round) => round[who].rate)),
          'Node, ms of processor for 1,000': Math.round(of((round) => round[who].node)),
          'database, ms of processor for 1,000': Math.round(of((round) => round[who].database)),
          'MB before': Math.round(of((round) => round[who].idle)),
          'MB at most': Math.round(of((round) => round[who].most)),
        },
      ]),
    ),
  );
  const rate = of(({ product }) => product.rate);
  console.log(`${LINES.toLocaleString('en')} lines, medians of ${ROUNDS} rounds.`);
  console.log(
    `${Math.round(rate).toLocaleString('en')} events a second over HTTP; at least ${BAR.toLocaleString('en')}: ${rate < BAR ? 'missed' : 'holds'}.`,
  );
  console.log(
    `Of the floor: ${of(({ product, floor }) => product.rate / floor.rate).toFixed(2)} of its rate, for ${of(({ product, floor }) => spent(product) / spent(floor)).toFixed(1)} times its time on processors.`,
  );
} finally {
  stopAll();
  await dropDatabase(SERVER, nameOf('empty'));
}
process.exit();
