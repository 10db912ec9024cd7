// npm run fuzz -- --runs 20000: the fuzzer for long, on a server and a database of its own. Prints the seed; --seed makes
// up the same requests again, --only takes one operation. TEST_DATABASE_URL names a server to make the database on.
import { parseArgs } from 'node:util';
import { buildApp } from '../../src/app.js';
import { readMigrations } from '../../src/database/migrate.js';
import { openDatabase } from '../../src/database/open.js';
import { MIGRATIONS, SEED } from '../../src/files.js';
import { readDataSet } from '../../src/seed/files.js';
import { loadDataSet } from '../../src/seed/load.js';
import { createServices } from '../../src/services.js';
import { copyDatabase, databaseUrl, dropDatabase } from '../support/databases.js';
import { type Server, startPostgres } from '../support/postgres.js';
import { fuzz } from './fuzz.js';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '20000' }, seed: { type: 'string' }, only: { type: 'string', default: '' } },
});
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);

async function serve<Result>(work: (address: string, key: string) => Promise<Result>): Promise<Result> {
  const given = process.env.TEST_DATABASE_URL;
  const server: Server = given === undefined ? await startPostgres() : { url: given, stop: async () => {} };
  const name = `demarche_fuzz_${process.pid}`;
  await copyDatabase(server.url, 'template0', name);
  const settings = { databaseUrl: databaseUrl(server.url, name), dataDir: '', databasePool: 4 };
  const { database } = await openDatabase(settings, readMigrations(MIGRATIONS));
  const services = createServices(database);
  const app = await buildApp({ config: { logLevel: 'silent', cacheMb: 16 }, database, services, openapi: '{"openapi":"3.1.0"}' });
  try {
    await loadDataSet(readDataSet(SEED), { database, services });
    const { key } = await services.keys.create({ name: 'fuzz', role: 'admin', expires_at: null });
    return await work(await app.listen({ host: '127.0.0.1', port: 0 }), key);
  } finally {
    await app.close();
    await database.close();
    await dropDatabase(server.url, name);
    await server.stop();
  }
}

console.log(`seed ${seed}`);
const began = performance.now();
const { requests, statuses, lived, failures } = await serve((address, key) =>
  fuzz({ address, key, seed, runs: Number(values.runs), only: values.only }),
);
const seconds = (performance.now() - began) / 1000;
const counts = [...statuses].sort(([one], [other]) => one - other).map(([status, count]) => `${status}: ${count}`);
console.log(`${requests} requests in ${seconds.toFixed(0)} s; ${counts.join(', ')}`);
console.log(`lived from end to end: ${[...lived].map(([name, count]) => `${name} ${count}`).join(', ')}`);
for (const { id, complaint, example } of failures) console.log(`\n${id}: ${complaint}\n${JSON.stringify(example, null, 2).slice(0, 3000)}`);
console.log(
  failures.length === 0 ? 'Nothing went wrong.' : `\n${failures.length} went wrong; npm run fuzz -- --seed ${seed} shows them again.`,
);
process.exit(failures.length === 0 ? 0 : 1);
