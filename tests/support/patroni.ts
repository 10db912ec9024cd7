// PostgreSQL under Patroni and etcd, as they come from Debian, on loopback: each node runs deploy/patroni/patroni.yml as it
// is, with what is of one machine in its environment. PostgreSQL refuses to be root, so
// under root they run as the user postgres that Debian makes for it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { killAtOnce } from './machine.js';
import { account, ROOT } from './postgres.js';

export interface Node {
  name: string;
  /** "127.0.0.1:49152", of PostgreSQL. */
  host: string;
  /** Of a superuser. */
  url: string;
  start(): void;
  /** Kills Patroni and PostgreSQL with all their processes. */
  fail(): Promise<void>;
  /** What Patroni says that it is: "primary", "sync_standby"; null while it does not say. */
  role(): Promise<string | null>;
  /** What Patroni and PostgreSQL have said. */
  log(): string;
}

export interface Cluster {
  nodes: Node[];
  stop(): Promise<void>;
}

/** Debian's directory of the newest PostgreSQL that there is, which has what Patroni needs. */
export function binaries(): string | undefined {
  const under = '/usr/lib/postgresql';
  const versions = existsSync(under) ? readdirSync(under).sort((one, other) => Number(other) - Number(one)) : [];
  return versions.map((version) => join(under, version, 'bin')).find((bin) => existsSync(join(bin, 'pg_rewind')));
}

export const hasPatroni = (): boolean =>
  binaries() !== undefined && ['patroni', 'etcd'].every((program) => spawnSync(program, ['--version']).status === 0);

const PASSWORD = 'of-the-tests-alone';
const CONFIG = join(ROOT, 'deploy/patroni/patroni.yml');

export async function startCluster(count: number): Promise<Cluster> {
  const user = process.getuid?.() === 0 ? account('postgres') : {};
  const directory = mkdtempSync(join(tmpdir(), 'demarche-patroni-'));
  chmodSync(directory, 0o711);
  const own = (name: string): string => {
    const path = join(directory, name);
    mkdirSync(path, { mode: 0o700 });
    if (user.uid !== undefined) chownSync(path, user.uid, user.gid!);
    return path;
  };
  const [client, peer] = [await freePort(), await freePort()];
  const peers = `http://127.0.0.1:${peer}`;
  const clients = `http://127.0.0.1:${client}`;
  const etcd = spawn(
    'etcd',
    [
      ['--name', 'tests', '--data-dir', join(own('etcd'), 'data')],
      ['--listen-client-urls', clients, '--advertise-client-urls', clients],
      ['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers, '--initial-cluster', `tests=${peers}`],
    ].flat(),
    { ...user, cwd: '/', stdio: 'ignore' },
  );
  const nodes: Node[] = [];
  for (let number = 1; number <= count; number++) {
    const name = `node-${number}`;
    nodes.push(await makeNode({ name, directory: own(name), etcd: `127.0.0.1:${client}`, user }));
  }
  for (const node of nodes) node.start();
  return {
    nodes,
    async stop() {
      await Promise.all(nodes.map((node) => node.fail()));
      if (etcd.exitCode === null && etcd.signalCode === null) {
        etcd.kill('SIGKILL');
        await once(etcd, 'exit');
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

interface Making {
  name: string;
  directory: string;
  etcd: string;
  user: { uid?: number; gid?: number };
}

async function makeNode({ name, directory, etcd, user }: Making): Promise<Node> {
  const [port, rest] = [await freePort(), await freePort()];
  const [host, api] = [`127.0.0.1:${port}`, `127.0.0.1:${rest}`];
  const data = join(directory, 'data');
  const log = join(directory, 'log');
  const { PATH = '' } = process.env;
  const env = {
    PATH,
    HOME: directory,
    LC_ALL: 'C.UTF-8',
    PATRONI_NAME: name,
    PATRONI_ETCD3_HOSTS: etcd,
    PATRONI_RESTAPI_LISTEN: api,
    PATRONI_RESTAPI_CONNECT_ADDRESS: api,
    PATRONI_POSTGRESQL_LISTEN: host,
    PATRONI_POSTGRESQL_CONNECT_ADDRESS: host,
    PATRONI_POSTGRESQL_DATA_DIR: data,
    PATRONI_POSTGRESQL_BIN_DIR: binaries()!,
    PATRONI_POSTGRESQL_PGPASS: join(directory, 'pgpass'),
    PATRONI_SUPERUSER_PASSWORD: PASSWORD,
    PATRONI_REPLICATION_PASSWORD: PASSWORD,
  };
  let patroni: ChildProcess | undefined;
  return {
    name,
    host,
    url: `postgresql://postgres:${PASSWORD}@${host}/postgres`,
    start() {
      const into = openSync(log, 'a');
      patroni = spawn('patroni', [CONFIG], { ...user, cwd: directory, env, stdio: ['ignore', into, into] });
    },
    async fail() {
      if (patroni === undefined || patroni.exitCode !== null || patroni.signalCode !== null) return;
      const ended = once(patroni, 'exit');
      const file = join(data, 'postmaster.pid');
      const postmaster = existsSync(file) ? [Number(readFileSync(file, 'utf8').split('\n')[0])] : [];
      killAtOnce(patroni.pid!, ...postmaster);
      await ended;
    },
    role: () =>
      fetch(`http://${api}/patroni`, { signal: AbortSignal.timeout(2000) }).then(
        async (answer) => {
          const { role, sync_standby, state } = (await answer.json()) as { role: string; sync_standby?: boolean; state: string };
          if (state !== 'running') return null;
          return sync_standby ? 'sync_standby' : role === 'master' ? 'primary' : role;
        },
        () => null,
      ),
    log: () => readFileSync(log, 'utf8'),
  };
}
