// Clients of all kinds at once: readers, writers, followers of streams, clients that break off or send nonsense, and now
// and then somebody who ends a connection of the database. They go on until they are told to stop.
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

export interface MixedLoad {
  /** How many answers there were of each status; 0 for none. */
  statuses: Map<number, number>;
  /** How many connections of the database were ended. */
  ended(): number;
  /** Lets all clients finish what they are at. */
  stop(): Promise<void>;
}

interface Where {
  address: string;
  key: string;
  databaseUrl: string;
}

const READERS = 6;
const WRITERS = 2;
const FOLLOWERS = 20;
const QUESTIONS = [
  '/v1/timeline',
  '/v1/timeline?q=export+control&facets=topic&total=true',
  '/v1/timeline?type=speech,forum&order=desc&limit=200',
  '/v1/timeline.csv',
  '/v1/timeline.ics?limit=20',
  '/v1/timeline/histogram?interval=month',
  '/v1/events?limit=20&sort=-updated_at',
  '/v1/events/li-qiang-waic-2025-keynote',
  '/v1/events/li-qiang-waic-2025-keynote/provenance',
  '/v1/actors?total=true',
  '/v1/changes?since=0&limit=100',
  '/v1/nothing',
  '/v1/timeline?nonsense=1',
];

const any = <Item>(items: Item[]): Item => items[Math.floor(Math.random() * items.length)]!;

export function startMixedLoad({ address, key, databaseUrl }: Where): MixedLoad {
  const statuses = new Map<number, number>();
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  let isOver = false;
  let ended = 0;
  let made = 0;

  async function ask(url: string, init: RequestInit = {}): Promise<{ etag: string | null; location: string | null }> {
    const answer = await fetch(`${address}${url}`, init).catch(() => null);
    await answer?.arrayBuffer().catch(() => {});
    statuses.set(answer?.status ?? 0, (statuses.get(answer?.status ?? 0) ?? 0) + 1);
    return { etag: answer?.headers.get('etag') ?? null, location: answer?.headers.get('location') ?? null };
  }

  async function read(): Promise<void> {
    const url = any(QUESTIONS);
    const { etag } = await ask(url);
    if (etag !== null) await ask(url, { headers: { 'if-none-match': etag } });
    await pause(5);
  }

  async function write(): Promise<void> {
    const name = `Soak ${process.pid} ${++made}`;
    const body = JSON.stringify({ type: 'statement', title: name, date: '2025-07-26', topics: ['export-controls'] });
    const { location, etag } = await ask('/v1/events', { method: 'POST', headers, body });
    if (location === null) return void (await pause(50));
    const change = (significance: number) => ({
      method: 'PATCH',
      headers: { ...headers, 'if-match': etag! },
      body: JSON.stringify({ significance }),
    });
    await ask(location, change(4));
    // From a version that is no more: 412.
    await ask(location, change(5));
    await ask(location, { method: 'DELETE', headers });
    await pause(20);
  }

  async function follow(): Promise<void> {
    const stop = new AbortController();
    const answer = await fetch(`${address}/v1/changes/stream${any(['', '', '?since=0&entity=topic'])}`, { signal: stop.signal }).catch(
      () => null,
    );
    const reading = answer?.body?.pipeTo(new WritableStream(), { signal: stop.signal }).catch(() => {});
    await pause(500 + 4000 * Math.random());
    stop.abort();
    await reading;
  }

  /** Breaks off within the request, or within the answer, or sends what is none. */
  async function fail(): Promise<void> {
    const socket = connect(Number(new URL(address).port), '127.0.0.1').on('error', () => {});
    socket.write(
      any([
        'GET /v1/timeline.csv HTTP/1.1\r\nHost: a\r\n\r\n',
        `POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"title":`,
        'GET /v1/time',
        '\u0016\u0003\u0001 nonsense\r\n\r\n',
      ]),
    );
    await pause(20 + 100 * Math.random());
    socket.destroy();
  }

  async function disturb(): Promise<void> {
    await pause(8000);
    if (isOver) return;
    const client = new pg.Client({ connectionString: databaseUrl, application_name: 'soak' });
    await client.connect();
    const { rowCount } = await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name <> 'soak' order by random() limit 2",
    );
    ended += rowCount ?? 0;
    await client.end();
  }

  const repeat = async (work: () => Promise<void>): Promise<void> => {
    while (!isOver) await work();
  };
  const times = (count: number, work: () => Promise<void>) => Array.from({ length: count }, () => repeat(work));
  const clients = [...times(READERS, read), ...times(WRITERS, write), ...times(FOLLOWERS, follow), ...times(2, fail), ...times(1, disturb)];
  return {
    statuses,
    ended: () => ended,
    async stop() {
      isOver = true;
      await Promise.all(clients);
    },
  };
}
