// How PostgreSQL counts what is asked of many events, and finds a moment among many changes: by an index alone.
import { beforeAll, describe, expect, test } from 'vitest';
import type { AsOf, Statement } from '../../src/database/statement.js';
import { createMoments } from '../../src/history/moments.js';
import { type BucketRow, histogramStatement } from '../../src/timeline/histogram.js';
import { type HistogramQuery, type TimelineQuery, timelineQuery } from '../../src/timeline/schema.js';
import { pageStatement } from '../../src/timeline/sql.js';
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
const DAYS = 'insert into event_days select start_date, type, 0, count(*) from event_cards group by 1, 2';
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
const scansOf = (nodes: Node[], table: string) => nodes.filter((node) => node['Relation Name'] === table);
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
    DAYS,
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

const countOf = (query: Record<string, string>, as_of: AsOf = null): Promise<Node[]> => {
  const filters = timelineQuery.parse(query) as TimelineQuery;
  const question = { filters, as_of, order: 'happened', isDescending: false, cursor: null, rows: 0 } as const;
  return planOf(pageStatement(question, { total: true }));
};

const totalOf = async (query: Record<string, string>, as_of: AsOf = null): Promise<number> => {
  const filters = timelineQuery.parse(query) as TimelineQuery;
  const question = { filters, as_of, order: 'happened', isDescending: false, cursor: null, rows: 1 } as const;
  const { rows } = await used.database.pool.query<{ total: number }>(pageStatement(question, { total: true }));
  return rows[0]!.total;
};

describe('a total is counted along lists, and no card is looked at', () => {
  test.each<[string, Record<string, string>, number]>([
    ['of two common topics', { topic: 'half,third' }, 13_333],
    ['of two actors', { actor: 'actor-3,actor-6' }, 20],
    ['of an actor on a topic', { actor: 'actor-3', topic: 'third' }, 4],
    ['of a common type on a topic', { type: 'statement', topic: 'third' }, 6500],
    ['of a topic without a type', { topic: 'third', exclude_type: 'export_control' }, 6500],
    ['of a country on a common topic, of a type', { topic: 'half', country: 'CN', type: 'statement' }, 6333],
    ['of a topic without another', { topic: 'half', exclude_topic: 'third' }, 6667],
    ['of a topic of some significance', { topic: 'third', min_significance: '5' }, 1333],
    ['of a topic in a window', { topic: 'third', from: '2010-01-01', to: '2010-12-31' }, 243],
    ['of a window', { from: '2010-01-01', to: '2010-12-31' }, 730],
  ])('%s', async (_, query, total) => {
    for (const as_of of [null, 20_000]) {
      expect(await totalOf(query, as_of)).toBe(total);
      const plan = await countOf(query, as_of);
      expect(typesOf(plan)).not.toContain('Seq Scan');
      expect(scansOf(plan, 'event_cards').filter((node) => node['Node Type'] !== 'Index Only Scan' && node['Actual Rows'] > 0)).toEqual([]);
    }
  });
});

describe('a histogram is counted along lists, and no card is looked at', () => {
  test.each<[string, HistogramQuery, number]>([
    ['of a common topic', { topic: ['third'] }, 6666],
    ['of either of two', { topic: ['half', 'third'] }, 13_333],
    ['of a topic in a window, of a type', { topic: ['third'], type: ['statement'], from: '2010-01-01', to: '2010-12-31' }, 237],
  ])('%s', async (_, query, total) => {
    for (const as_of of [null, 20_000]) {
      const statement = histogramStatement(query, as_of);
      const { rows } = await used.database.pool.query<BucketRow>(statement);
      expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(total);
      const plan = await planOf(statement);
      expect(scansOf(plan, 'event_cards').filter((node) => node['Actual Loops'] > 0 && node['Actual Rows'] > 0)).toEqual([]);
      expect(scansOf(plan, 'event_postings').map((node) => node['Node Type'])).not.toContain('Seq Scan');
    }
  });
});

describe('everything as of a change is what is kept, less what came since, where little changed', () => {
  const FACETS = { total: true, facets: ['type', 'topic'] } as const;
  const askedAsOf = (as_of: AsOf) => {
    const question = { filters: {}, as_of, order: 'happened', isDescending: false, cursor: null, rows: 1 } as const;
    return pageStatement(question, { ...FACETS, facets: [...FACETS.facets] });
  };
  test.each([
    ['nothing came since', 20_000, 400],
    ['a few came since', 19_950, 1200],
  ])('%s', async (_, as_of, most) => {
    const { rows } = await used.database.pool.query<{ total: number; facets: { topic: object[] } }>(askedAsOf(as_of));
    expect(rows[0]!.total).toBe(as_of);
    expect(rows[0]!.facets.topic).toMatchObject([
      { value: 'half', count: Math.floor(as_of / 2) },
      { value: 'third', count: Math.floor(as_of / 3) },
    ]);
    const plan = await planOf(askedAsOf(as_of));
    expect(scansOf(plan, 'event_cards').filter((node) => node['Node Type'] === 'Seq Scan' && node['Actual Loops'] > 0)).toEqual([]);
    expect(readBy(plan)).toBeLessThanOrEqual(most);
  });

  test.each<[string, AsOf, number, number]>([
    ['of now', null, 20_000, 600],
    ['to which nothing came since', 20_000, 20_000, 700],
    ['to which a few came since', 19_950, 19_950, 1500],
    ['to which much came since', 9000, 9000, 25_000],
  ])('the histogram %s', async (_, as_of, total, most) => {
    const statement = histogramStatement({ interval: 'month' }, as_of);
    const { rows } = await used.database.pool.query<BucketRow>(statement);
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(total);
    const plan = await planOf(statement);
    expect(readBy(plan)).toBeLessThanOrEqual(most);
    if (as_of === null) expect(scansOf(plan, 'event_cards')).toEqual([]);
  });

  test('where much came since, all that was there is counted', async () => {
    const { rows } = await used.database.pool.query<{ total: number; facets: { topic: object[] } }>(askedAsOf(9000));
    expect(rows[0]!.total).toBe(9000);
    expect(rows[0]!.facets.topic).toMatchObject([
      { value: 'half', count: 4500 },
      { value: 'third', count: 3000 },
    ]);
  });
});
