// How PostgreSQL looks for what is alike among many events: by index, whatever is asked, and by a plan that is kept.
import { beforeAll, expect, test } from 'vitest';
import { FOREVER } from '../../src/database/statement.js';
import { type Described, similarStatement } from '../../src/events/similar.js';
import { useDatabase } from '../support/app.js';
import { fill } from '../support/fill.js';

const used = useDatabase('empty');

/** 20,000 events from 2000 to May 2027, two a day, every tenth a month long, every hundredth a draft; each made twice. */
const GENERATE = [
  `insert into actors (id, slug, kind, name, aliases, version, created_at, updated_at)
   select gen_random_uuid(), 'actor-' || n, 'country', 'Actor ' || n, '{}', 1, now(), now() from generate_series(0, 1999) n`,
  `insert into sources (id, url, url_key, title, kind, version, created_at, updated_at)
   select gen_random_uuid(), 'https://example.org/' || n, 'https://example.org/' || n, 'Source ' || n, 'media', 1, now(), now() from generate_series(0, 9999) n`,
  `insert into events (id, slug, type, title, date, start_date, end_date, date_precision, significance, certainty, state, details, notes, version, created_at, updated_at, published_at)
   select gen_random_uuid(), 'event-' || n, 'statement', 'The council of ' || md5(n::text) || ' speaks on ' || md5((n / 3)::text), day::text, day,
     case when n % 10 = 0 then day + 30 else day end, 'day', 3, 'confirmed', case when n % 100 = 0 then 'draft' else 'published' end, '{}', '[]', 1, now(), now(), now()
   from (select n, date '2000-01-01' + n / 2 as day from generate_series(1, 20000) n) g`,
  `insert into event_actors (event_id, position, actor_id, role)
   select e.id, 0, a.id, 'speaker' from events e join actors a on a.slug = 'actor-' || (substr(e.slug, 7)::int % 2000)`,
  `insert into event_citations (event_id, position, source_id, stance)
   select e.id, 0, s.id, 'supports' from events e join sources s on s.url_key = 'https://example.org/' || (substr(e.slug, 7)::int % 10000)`,
  `insert into event_cards (event_id, state, type, certainty, significance, start_date, end_date, precision_rank, keys, search, wording, version, title, created_at, updated_at, was_published, card, known_from, known_to)
   select id, state, type, certainty, significance, start_date, end_date, 0, array['type:' || type, 'actor:actor-' || (substr(slug, 7)::int % 2000)],
     search_document(title, null, ''), title, v, title, created_at, updated_at, true, '{}', v, case when v = 2 then ${FOREVER} else 2 end
   from events, generate_series(1, 2) v`,
];

interface Node {
  'Node Type': string;
  'Index Name'?: string;
  'Relation Name'?: string;
  Plans?: Node[];
}
const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** The plan that a connection keeps, as within writes. */
async function planOf(described: Described, seesHidden: boolean): Promise<Node[]> {
  const { text, values } = similarStatement(described, seesHidden)!;
  const client = await used.database.pool.connect();
  try {
    await client.query('set plan_cache_mode = force_generic_plan');
    await client.query(`prepare kept as ${text}`);
    const literals = values.map((value) =>
      value === null ? 'null' : client.escapeLiteral(Array.isArray(value) ? `{${value.join(',')}}` : String(value)),
    );
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(`explain (analyze, format json) execute kept(${literals})`);
    return nodesOf(rows[0]!['QUERY PLAN'][0].Plan);
  } finally {
    await client.query('deallocate kept');
    await client.query('reset plan_cache_mode');
    client.release();
  }
}

beforeAll(async () => {
  await fill(used.database, [...GENERATE, 'vacuum analyze']);
});

const title = 'The council speaks on something';

test.each<[string, Described, string[]]>([
  ['a title about a day', { title, date: '2015-03-10' }, ['event_cards_timeline_idx', 'event_cards_spans_idx']],
  ['a title of any time', { title }, ['event_cards_like_idx']],
  ['a title of a year', { title, date: '2015' }, ['event_cards_like_idx']],
  ['a source', { sources: ['https://example.org/7'] }, ['event_citations_source_id_idx']],
  ['who takes part about a day', { actors: ['actor-7'], date: '2015-03-10' }, ['event_cards_timeline_idx']],
  [
    'all of it, as a write asks it',
    { title, date: '2015-03-10', type: 'statement', actors: ['actor-7'], sources: ['https://example.org/7'] },
    ['event_cards_timeline_idx', 'event_citations_source_id_idx'],
  ],
])('%s', async (_, described, indexes) => {
  for (const seesHidden of [false, true]) {
    const plan = await planOf(described, seesHidden);
    expect(plan.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([]);
    const used = plan.flatMap((node) => node['Index Name'] ?? []);
    expect(used).toEqual(
      expect.arrayContaining(
        seesHidden && described.date === '2015-03-10' && described.title ? [...indexes, 'event_cards_hidden_idx'] : indexes,
      ),
    );
  }
});
