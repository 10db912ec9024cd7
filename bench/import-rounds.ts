// One round of an import, by the product over HTTP and by the floor, each into a database that has actors, topics and sources.
//
// The floor: the same events with their actors, topics and citations, whose ids are known beforehand, put into the four normal
// tables by one prepared statement of unnested arrays for every 500, each a transaction. It checks nothing, and makes no
// revision, no card, no posting and no answer.
import { readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import pg from 'pg';
import { newId } from '../src/contract/ids.js';
import { lineOf } from './imported.js';
import { cpuOf, startProduct } from './product.js';

export interface Round {
  /** Events a second. */
  rate: number;
  /** Milliseconds of processor for 1,000 events: of the program that speaks to the database, and of the database's processes for it. */
  node: number;
  database: number;
  /** Resident memory of the program in MB: before it, and the most that was seen. */
  idle: number;
  most: number;
}

/** What the processes behind the connections of this database have used, in seconds; NaN where the server is elsewhere. */
async function backendsCpu(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
  );
  const here = new Set(readdirSync('/proc'));
  return rows.reduce((sum, { pid }) => sum + (here.has(String(pid)) ? cpuOf(pid) : Number.NaN), 0);
}

async function measure(
  url: string,
  count: number,
  program: { cpu(): number; memory(): number },
  work: () => Promise<void>,
): Promise<Round> {
  const watcher = new pg.Client({ connectionString: url });
  await watcher.connect();
  const idle = program.memory();
  let most = idle;
  const timer = setInterval(() => {
    most = Math.max(most, program.memory());
  }, 100);
  try {
    const before = { cpu: program.cpu(), database: await backendsCpu(watcher), at: performance.now() };
    await work();
    const seconds = (performance.now() - before.at) / 1000;
    const per = 1_000_000 / count;
    const database = ((await backendsCpu(watcher)) - before.database) * per;
    return { rate: count / seconds, node: (program.cpu() - before.cpu) * per, database, idle, most };
  } finally {
    clearInterval(timer);
    await watcher.end();
  }
}

export async function measureProduct(url: string, key: string, count: number): Promise<Round> {
  const program = await startProduct(url, 64);
  try {
    return await measure(url, count, program, async () => {
      const answer = await fetch(`${program.address}/v1/events/batch`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
        body: Readable.toWeb(Readable.from(lines(count))) as ReadableStream,
        duplex: 'half',
      } as RequestInit);
      let end = '';
      for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) end = (end + chunk).slice(-500);
      const { summary } = JSON.parse(end.trimEnd().split('\n').at(-1)!);
      if (summary?.created !== count) throw new Error(`Not all was imported: ${end}`);
    });
  } finally {
    await program.stop();
  }
}

const BLOCK = 500;

async function* lines(count: number): AsyncGenerator<Buffer> {
  for (let first = 0; first < count; first += BLOCK)
    yield Buffer.from(Array.from({ length: Math.min(BLOCK, count - first) }, (_, n) => `${lineOf(first + n)}\n`).join(''));
}

const BY_HAND = `
  with event as (
    insert into events (id, slug, type, title, summary, date, start_date, end_date, date_precision, significance, certainty, state, details, notes,
      version, created_at, updated_at, published_at)
    select id, slug, type, title, summary, date::text, date, date, 'day', significance, 'confirmed', 'published', '{}', '[]', 1, now(), now(), now()
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::smallint[]) x(id, slug, type, title, summary, date, significance)
  ), actor as (
    insert into event_actors (event_id, position, actor_id, role) select * from unnest($8::uuid[], $9::smallint[], $10::uuid[], $11::text[])
  ), topic as (
    insert into event_topics (event_id, position, topic_id) select * from unnest($12::uuid[], $13::smallint[], $14::uuid[])
  )
  insert into event_citations (event_id, position, source_id, stance) select x.*, 'supports' from unnest($15::uuid[], $16::smallint[], $17::uuid[]) x`;

export async function measureFloor(url: string, count: number): Promise<Round> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const ids = new Map<string, string>();
    for (const text of ['select slug as key, id from actors', 'select slug as key, id from topics', 'select url as key, id from sources'])
      for (const { key, id } of (await client.query(text)).rows) ids.set(key, id);
    const blocks = Array.from({ length: Math.ceil(count / BLOCK) }, (_, n) =>
      columnsOf(n * BLOCK, Math.min(BLOCK, count - n * BLOCK), ids),
    );
    const itself = { cpu: () => cpuOf(process.pid, false), memory: () => process.memoryUsage.rss() / 1024 / 1024 };
    return await measure(url, count, itself, async () => {
      for (const values of blocks) await client.query({ name: 'by hand', text: BY_HAND, values });
    });
  } finally {
    await client.end();
  }
}

/** The events from `first` on as columns, in the order of the parameters. */
function columnsOf(first: number, count: number, ids: Map<string, string>): unknown[][] {
  const events = Array.from({ length: count }, (_, n) => ({ id: newId(), ...JSON.parse(lineOf(first + n)) }));
  const links = (list: (event: (typeof events)[number]) => { key: string; role?: string }[]) => {
    const rows = events.flatMap((event) =>
      list(event).map(({ key, role }, position) => ({ id: event.id, position, other: ids.get(key)!, role })),
    );
    return [rows.map(({ id }) => id), rows.map(({ position }) => position), rows.map(({ other }) => other), rows.map(({ role }) => role)];
  };
  return [
    ...['id', 'slug', 'type', 'title', 'summary', 'date', 'significance'].map((name) => events.map((event) => event[name])),
    ...links(({ actors }) => actors.map(({ actor, role }: { actor: string; role: string }) => ({ key: actor, role }))),
    ...links(({ topics }) => topics.map((key: string) => ({ key }))).slice(0, 3),
    ...links(({ sources }) => sources.map(({ source }: { source: string }) => ({ key: source }))).slice(0, 3),
  ];
}
