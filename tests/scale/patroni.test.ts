// The machine of the primary fails under load, with Patroni and PostgreSQL on it; Patroni on another one takes over with the
// synchronous standby, and the old one comes back as a standby. The program knows the addresses of both. Most of a round is
// the 20 seconds after which Patroni takes a primary for gone, so it runs on demand: FAULT_ROUNDS=10 for ten failovers, there
// and back again.
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { layGround } from '../faults/load.js';
import { ROUNDS } from '../faults/rounds.js';
import { type Program, startProgram } from '../process/program.js';
import { databaseUrl } from '../support/databases.js';
import { type Cluster, hasPatroni, type Node, startCluster } from '../support/patroni.js';
import { failOverUnderLoad } from './failing-over.js';

const isThere = process.platform === 'linux' && hasPatroni();
const isWanted = ROUNDS > 0;
if (!isThere)
  console.log('Patroni, etcd or PostgreSQL is not installed (Debian: apt-get install patroni etcd-server); failover by it is not tested.');
else if (!isWanted)
  console.log('Failover by Patroni takes a minute and is tested on demand: FAULT_ROUNDS=1 npx vitest run tests/scale/patroni.test.ts');
const runs = isThere && isWanted;

const KEY = 'a-secret-of-at-least-thirty-two-characters';
let cluster: Cluster;
let program: Program;

const roles = async () => (await Promise.all(cluster.nodes.map((node) => node.role()))).sort();
/** Both run, and what is acknowledged is on both. */
const areWell = () =>
  vi.waitFor(async () => expect(await roles()).toEqual(['primary', 'sync_standby']), { interval: 200, timeout: 90_000 });
async function primary(): Promise<Node> {
  for (const node of cluster.nodes) if ((await node.role()) === 'primary') return node;
  throw new Error(cluster.nodes.map((node) => node.log()).join('\n'));
}

async function on(node: Node, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: node.url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

beforeAll(async () => {
  if (!runs) return;
  cluster = await startCluster(2);
  await areWell();
  await on(await primary(), `create role demarche login password 'of-the-tests'`, 'create database demarche owner demarche');
  program = await startProgram({
    DATABASE_URL: `postgresql://demarche:of-the-tests@${cluster.nodes.map(({ host }) => host).join(',')}/demarche?target_session_attrs=read-write`,
    ADMIN_KEY: KEY,
    SEED: 'false',
    LOG_LEVEL: 'fatal',
  });
  // A small machine is still busy with two new servers.
  await vi.waitFor(() => layGround(program.address, KEY), { interval: 200, timeout: 30_000 });
}, 180_000);
afterAll(async () => {
  program?.process.kill('SIGKILL');
  await program?.ended();
  await cluster?.stop();
});

test.runIf(runs)(
  'Patroni replaces a primary whose machine failed: no acknowledged write is lost, and the old one comes back',
  { timeout: 900_000 },
  async () => {
    let gone = await primary();
    await failOverUnderLoad({
      program,
      key: KEY,
      what: 'failovers by Patroni',
      databaseUrl: async () => databaseUrl((await primary()).url, 'demarche'),
      async failOver() {
        gone = await primary();
        await gone.fail();
        return performance.now();
      },
      async recover() {
        gone.start();
        await areWell();
        expect((await primary()).name).not.toBe(gone.name);
      },
    });
  },
);
