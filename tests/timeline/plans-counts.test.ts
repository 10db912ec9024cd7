// How PostgreSQL counts what is asked of many events, and finds a moment among many changes: by an index alone.
import { beforeAll, expect, test } from 'vitest';
import type { AsOf, Statement } from '../../src/database/statement.js';
import { createMoments } from '../../src/history/moments.js';
import { useDatabase } from '../support/app.js';
import { fill } from '../support/fill.js';

const used = useDatabase('empty');

/** 20,000 events from 2000 to May 2027, each of one change, a second apart. */
const EVENTS = `
  insert into events (id, slug, type, title, date, start_date, end_date, date_precision, significance, certainty, state, details, notes, version, created_at, updated_at, published_at)
  select md5('event-' || n)::uuid, 'event-' || n, case when n % 40 = 0 then 'export_control' else 'statement' end, 'Event ' || n, day::text, day, day, 'day',
    1 + n % 5, 'confirmed', 'published', '{}', '[]', 1, now(), now(), now()
  from (select n, date '2000-01-01' + n / 2 as day from generate_series(1, 20000) n) g`;
const CARDS = `
  insert into event_cards (event_id, state, type, certainty, significance, start_date, end_date, precision_rank, keys, search, wording, version, title, created_at, updated_at, was_published, card, known_from)
  select id, state, type, certainty, significance, start_date, end_date, 0,
    array['type:' || type, 'actor:actor-' || (n % 2000)] || case when n % 2 = 0 then array['topic:half'] else '{}' end
      || case when n % 3 = 0 then array['topic:third'] else '{}' end || array(select 'country:' || (array['US','CN','DE','FR','GB','JP','KR','IN','BR'])[1 + (n + k) % 9] from generate_series(1, 6) k),
    '', title, 1, title, created_at, updated_at, true, repeat('x', 1000), n
  from (select e.*, substr(slug, 7)::int as n from events e) e`;
const POSTINGS = `
  insert into event_postings (key, start_date, precision_rank, event_id, type, certainty, significance, known_to, known_from)
  select k, start_date, precision_rank, event_id, type, certainty, significance, known_to, known_from from event_cards, unnest(keys) k`;
const COUNTS = 'insert into event_counts select key, count(*) from event_postings group by 1';
const REVISIONS = `
  insert into revisions (entity, entity_id, version, operation, author_name, recorded_at, state, changed_fields)
  select 'event', id, 1, 'created', 'test', timestamptz '2026-01-01 00:00Z' + row_number() over () * interval '1 second', '{}', '{}' from events`;

interface Node {
  'Node Type': string;
  'Index Name'?: string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Node[];
}
const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
const readBy = (nodes: Node[]) => nodes[0]!['Shared Hit Blocks'] + nodes[0]!['Shared Read Blocks'];
const typesOf = (nodes: Node[]) => [...new Set(nodes.map((node) => node['Node Type']))];

/** Run with the values themselves, or as it is kept, where it does not know them. */
async function planOf({ text, values }: Statement, isKept = false): Promise<Node[]> {
  const client = await used.database.pool.connect();
  try {
    const literals = values.map((value) => client.escapeLiteral(value instanceof Date ? value.toISOString() : String(value)));
    if (isKept) await client.query(`set plan_cache_mode = force_generic_plan; prepare kept as ${text}`);
    const { rows } = await (isKept
      ? client.query(`explain (analyze, buffers, format json) execute kept(${literals})`)
      : client.query(`explain (analyze, buffers, format json) ${text}`, values));
    return nodesOf(rows[0]['QUERY PLAN'][0].Plan);
  } finally {
    if (isKept) await client.query('deallocate kept; reset plan_cache_mode');
    client.release();
  }
}

beforeAll(() =>
  fill(used.database, [
    EVENTS,
    CARDS,
    POSTINGS,
    COUNTS,
    REVISIONS,
    'vacuum analyze event_cards',
    'vacuum analyze event_postings',
    'analyze',
  ]),
);

test.each([
  ['before all', '2025-12-31', 0, true],
  ['amid them', '2026-01-01T01:00:00Z', 3600, true],
  ['after all', '2026-02-01', 20_000, false],
])('the last change at a moment %s is found without reading changes', async (_, moment, as_of, isFinal) => {
  const asked: Statement[] = [];
  const { reads } = used.database;
  const watched = {
    ...reads,
    query: (statement: Statement) => {
      asked.push(statement);
      return reads.query(statement);
    },
  };
  const moments = createMoments({ reads: watched as typeof reads }, async () => 0);
  expect(await moments.at(moment, 'known_at')).toEqual({ as_of, isFinal });
  const plan = await planOf(asked[0]!, true);
  expect(typesOf(plan)).not.toContain('Seq Scan');
  expect(readBy(plan)).toBeLessThanOrEqual(12);
});
