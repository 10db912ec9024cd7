// Databases too large to be written event by event: the product makes the cards, postings and counts of a base, and what
// else there is is copied from it, set by set, under other ids, slugs, titles and numbers, as generate.sql would number them.
//
// Guarantee: a copy is, byte for byte, what the product would have made of it: its own statement, run over a sample at the
// end, finds every card the same. A database has its name only once it is whole.
import pg from 'pg';
import { connectDatabase } from '../src/database/connect.js';
import { write } from '../src/database/write.js';
import { makeEventCards } from '../src/events/cards.js';

/** The copies that one statement makes. */
const AT_ONCE = 10;
const SAMPLE = 500;

const NUMBER = 'b.n + k * :base';
const ID = `md5('event-' || ${NUMBER})::uuid`;
const TITLE = `replace(x.title, 'part ' || b.n, 'part ' || ${NUMBER})`;
const told = (text: string): string =>
  `replace(replace(${text}, 'part ' || b.n, 'part ' || ${NUMBER}), 'number ' || b.n || ' of', 'number ' || ${NUMBER} || ' of')`;
const SLUG = (json: string, colon: string): string =>
  `replace(${json}, '"slug"${colon}"event-' || b.n || '"', '"slug"${colon}"event-' || ${NUMBER} || '"')`;

/** Which table's rows are of which event, and what a copy has besides what its original has; numbers of rows are given anew. */
const COPIED: Record<string, { of: string; differs: Record<string, string>; where?: string; without?: string }> = {
  events: { of: 'id', differs: { id: ID, slug: `'event-' || ${NUMBER}`, title: TITLE, summary: told('x.summary') } },
  event_topics: { of: 'event_id', differs: { event_id: ID } },
  event_actors: { of: 'event_id', differs: { event_id: ID } },
  event_citations: { of: 'event_id', differs: { event_id: ID } },
  event_action_items: { of: 'event_id', differs: { event_id: ID } },
  revisions: {
    of: 'entity_id',
    differs: { entity_id: ID, state: `${SLUG('x.state::text', ': ')}::jsonb` },
    where: `x.entity = 'event'`,
    without: 'seq',
  },
  event_cards: {
    of: 'event_id',
    differs: {
      event_id: ID,
      title: TITLE,
      wording: told('x.wording'),
      card: `replace(${SLUG(told('x.card'), ':')}, x.event_id::text, (${ID})::text)`,
      // Actors bear numbers up to 5000: there a word of the title may be one of a name.
      search: `case when b.n > 5000 then replace(x.search::text, '''' || b.n || '''', '''' || (${NUMBER}) || '''')::tsvector
        else search_document(${TITLE}, ${told("x.card::json ->> 'summary'")}, b.names) end`,
    },
  },
  event_postings: { of: 'event_id', differs: { event_id: ID } },
};

/** The events of the base by their numbers, with the names by which those are found whose numbers actors bear as well. */
const BASE = `
  create table bench_base as select e.id, substr(e.slug, 7)::int as n,
    case when substr(e.slug, 7)::int <= 5000 then (select string_agg(concat_ws(' | ', a.name, a.native_name, nullif(array_to_string(a.aliases, ' | '), '')), ' | ' order by l.position)
      from event_actors l join actors a on a.id = l.actor_id where l.event_id = e.id) end as names
  from events e; analyze bench_base`;

const SETTINGS = `set synchronous_commit = off; set maintenance_work_mem = '512MB'; set work_mem = '64MB'; set statement_timeout = 0; set jit = off`;

export interface Loading {
  /** Seconds: the rows, and the indexes made after them. */
  rows: number;
  indexes: number;
}

/**
 * @param base the address of a database of `size` events, which nobody uses meanwhile
 * @param name of the new database, of `count` events, which is a multiple of `size`
 */
export async function multiply(
  server: string,
  base: { name: string; size: number },
  name: string,
  count: number,
  say: (text: string) => void,
): Promise<Loading> {
  const making = `${name}_making`;
  const administrator = await connected(server);
  await administrator.query(`drop database if exists ${making}`);
  await administrator.query(`create database ${making} template ${base.name}`);
  const url = new URL(server);
  url.pathname = `/${making}`;
  // Two, since there are indexes that are made by one processor alone.
  const clients = [await connected(url.href), await connected(url.href)] as const;
  for (const client of clients) await client.query(SETTINGS);
  const [client] = clients;
  let began = performance.now();
  const lap = (): number => {
    const taken = (performance.now() - began) / 1000;
    began = performance.now();
    return taken;
  };
  const { constraints, indexes } = await strip(client);
  await client.query(BASE);
  const last = count / base.size - 1;
  await inTurns(clients, Object.keys(COPIED), async (one, table) => {
    for (let first = 1; first <= last; first += AT_ONCE) {
      say(`${table}: ${first * base.size}`);
      const copy = (await copySql(one, table)).replaceAll(':base', String(base.size));
      await one.query(copy, [first, Math.min(first + AT_ONCE - 1, last)]);
    }
  });
  await client.query(
    `update event_counts set count = count * ${last + 1}; update event_days set count = count * ${last + 1}; drop table bench_base`,
  );
  const rows = lap();
  await inTurns(clients, indexes, async (one, index) => {
    say(index.slice(0, 60));
    await one.query(index);
  });
  for (const constraint of constraints) await client.query(constraint);
  const made = lap();
  say('vacuum analyze');
  await client.query('vacuum analyze');
  for (const one of clients) await one.end();
  await prove(url.href, base.size, count);
  await administrator.query(`comment on database ${making} is '${JSON.stringify({ rows, indexes: made })}'`);
  await administrator.query(`alter database ${making} rename to ${name}`);
  await administrator.end();
  return { rows, indexes: made };
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

async function inTurns<Task>(
  clients: readonly pg.Client[],
  tasks: Task[],
  work: (client: pg.Client, task: Task) => Promise<void>,
): Promise<void> {
  const left = [...tasks];
  await Promise.all(
    clients.map(async (client) => {
      for (let task = left.shift(); task !== undefined; task = left.shift()) await work(client, task);
    }),
  );
}

async function copySql(client: pg.Client, table: string): Promise<string> {
  const { of, differs, where = 'true', without } = COPIED[table]!;
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  const columns = rows.map(({ name }) => name).filter((column) => column !== without);
  // Copies of copies would be more than are asked for: only those of the base have their ids there.
  return `insert into ${table} (${columns.join(', ')}) select ${columns.map((column) => differs[column] ?? `x.${column}`).join(', ')}
    from ${table} x join bench_base b on b.id = x.${of} cross join generate_series($1::bigint, $2::bigint) k where ${where}`;
}

/** Takes away what would be kept in order row by row. @returns the statements that make it again */
async function strip(client: pg.Client): Promise<Record<'constraints' | 'indexes', string[]>> {
  const { rows: keys } = await client.query<{ table: string; name: string; type: string; definition: string; index: string }>(
    `select conrelid::regclass::text as table, conname as name, contype as type, pg_get_constraintdef(oid) as definition, conindid::regclass::text as index
     from pg_constraint where conrelid = any($1::regclass[]) and contype in ('p', 'u', 'f')
       or confrelid = any($1::regclass[]) and contype = 'f' order by contype = 'f' desc`,
    [Object.keys(COPIED)],
  );
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index where indrelid = any($1::regclass[])
     order by pg_relation_size(indexrelid) desc`,
    [Object.keys(COPIED)],
  );
  for (const { table, name } of keys) await client.query(`alter table ${table} drop constraint "${name}"`);
  for (const { name } of indexes) await client.query(`drop index if exists "${name}"`);
  // References are true of copies where they were of the originals.
  const constraints = keys
    .reverse()
    .map(({ table, name, type, definition }) =>
      type === 'f'
        ? `alter table ${table} add constraint "${name}" ${definition} not valid`
        : `alter table ${table} add constraint "${name}" ${type === 'p' ? 'primary key' : 'unique'} using index "${name}"`,
    );
  return { constraints, indexes: indexes.map(({ definition }) => definition) };
}

/** Runs the product's statement over copies. @throws where it would have made one of them otherwise */
async function prove(url: string, base: number, count: number): Promise<void> {
  const database = await connectDatabase({ databaseUrl: url, dataDir: '', databasePool: 2 });
  const sample = Array.from({ length: SAMPLE }, (_, index) => base + 1 + Math.floor((index / SAMPLE) * (count - base)));
  await write(database, { author_id: null, author_name: 'bench', statement_timeout_ms: 0 }, async ({ tx }) => {
    const { rows } = await tx.query<{ id: string }>('select id from events where slug = any($1::text[])', [
      sample.map((n) => `event-${n}`),
    ]);
    await makeEventCards(
      { tx, since: 1 },
      rows.map(({ id }) => id),
    );
    const { rows: made } = await tx.query<{ event_id: string }>('select event_id from event_cards where known_from = 1');
    if (rows.length !== SAMPLE || made.length > 0)
      throw new Error(
        `${rows.length} of ${SAMPLE} copies are there, ${made.length} differ from what the product makes; mend bench/multiplied.ts.`,
      );
  });
  await database.close();
}
