// How PostgreSQL counts and lists what many events lack: by what is among the keys of their cards, without reading a table.
import { beforeAll, expect, test } from 'vitest';
import { type AsOf, FOREVER } from '../../src/database/statement.js';
import { EVENT_CHECKS, type EventCheck } from '../../src/quality/schema.js';
import { createQualityStore } from '../../src/quality/store.js';
import { useDatabase } from '../support/app.js';
import { fill } from '../support/fill.js';

const used = useDatabase('empty');

/** 20,000 events, of which one in a thousand lacks sources and all belong to one of 200 initiatives. */
const GENERATE = [
  `insert into events (id, slug, type, title, date, start_date, end_date, date_precision, significance, certainty, state, details, notes, version, created_at, updated_at, published_at)
   select gen_random_uuid(), 'event-' || n, 'statement', 'Event ' || n, day::text, day, day, 'day', 3, 'confirmed', 'published', '{}', '[]', 1, now() + n * interval '1 s', now(), now()
   from (select n, date '2000-01-01' + n / 2 as day from generate_series(1, 20000) n) g`,
  `insert into event_cards (event_id, state, type, certainty, significance, start_date, end_date, precision_rank, keys, search, wording, version, title, created_at, updated_at, was_published, card, known_from, known_to)
   select id, state, type, certainty, significance, start_date, end_date, 0, array['type:' || type, 'initiative:i-' || (n % 200)] || case when n % 1000 = 0 then array['check:without-sources'] else '{}' end,
     search_document(title, null, ''), title, 1, title, created_at, updated_at, true, '{}', 1, ${FOREVER} from (select e.*, substr(slug, 7)::int as n from events e) e`,
  `insert into event_postings (key, start_date, precision_rank, event_id, type, certainty, significance, known_to, known_from) select k, start_date, precision_rank, event_id, type, certainty, significance, known_to, 1 from event_cards, unnest(keys) k`,
  'insert into event_counts select key, count(*) from event_postings group by 1',
  `insert into resource_cards (entity, id, slug, version, title, created_at, updated_at, keys, card, known_from)
   select 'initiative', gen_random_uuid(), 'i-' || n, 1, 'I ' || n, now(), now(), '{}', '{"slug":"i","name":"I","kind":"law","status":null}', 1 from generate_series(0, 199) n`,
  `insert into sources (id, url, url_key, title, kind, version, created_at, updated_at)
   select gen_random_uuid(), 'https://example.org/' || n, 'https://example.org/' || n, 'Source ' || n, 'media', 1, now(), now() from generate_series(1, 20000) n`,
];

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  Plans?: Node[];
}
const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

type Asked = { text: string; values?: unknown[] };

/** What the store asks, and the tables of which it reads every row. */
async function readWhole(ask: (store: ReturnType<typeof createQualityStore>) => Promise<unknown>, as_of: AsOf = null): Promise<string[]> {
  const asked: Asked[] = [];
  const { pool } = used.database;
  const spy = {
    query(statement: Asked) {
      asked.push(statement);
      return pool.query(statement as never);
    },
  };
  await ask(createQualityStore({ reads: spy as never }, { resolve: async () => ({ as_of, isFinal: as_of !== null }) }));
  const whole: string[] = [];
  for (const { text, values = [] } of asked) {
    const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(`explain (analyze, format json) ${text}`, values);
    for (const node of nodesOf(rows[0]!['QUERY PLAN'][0].Plan))
      if (node['Node Type'] === 'Seq Scan' && node['Relation Name'] !== undefined) whole.push(node['Relation Name']);
  }
  expect(asked.length).toBeGreaterThan(0);
  return whole;
}

beforeAll(async () => {
  await fill(used.database, [...GENERATE, 'vacuum analyze']);
});

test('the overview', async () => {
  // Of few initiatives all are looked at, by whatever way; and of sources, which are counted by their kind.
  expect(
    (await readWhole((store) => store.overview({}))).filter((table) => !['resource_cards', 'event_counts', 'sources'].includes(table)),
  ).toEqual([]);
});

test.each(Object.keys(EVENT_CHECKS) as EventCheck[])('%s', async (check) => {
  expect(await readWhole((store) => store.events(check, { total: true }))).toEqual([]);
});

test.each(Object.keys(EVENT_CHECKS) as EventCheck[])('%s, as of a change', async (check) => {
  expect(await readWhole((store) => store.events(check, { known_at: '2025-01-01', total: true }), 1)).toEqual([]);
});

test('the overview, as of a change, which counts sources by their cards', async () => {
  const whole = await readWhole((store) => store.overview({ known_at: '2025-01-01' }), 1);
  expect(whole.filter((table) => table !== 'resource_cards')).toEqual([]);
});

test('stale initiatives', async () => {
  expect((await readWhole((store) => store.stale({ months: 1 }))).filter((table) => table !== 'resource_cards')).toEqual([]);
});
