// How PostgreSQL answers the timeline on many events: it walks a list that has the order, or an index that has the values,
// and never reads a whole table.
import { beforeAll, describe, expect, test } from 'vitest';
import { type AsOf, FOREVER } from '../../src/database/statement.js';
import { type TimelineQuery, timelineQuery } from '../../src/timeline/schema.js';
import { pageStatement } from '../../src/timeline/sql.js';
import { useDatabase } from '../support/app.js';
import { fill } from '../support/fill.js';

const used = useDatabase('empty');

/** How often each card was made: the last one is in force. */
const VERSIONS = 5;

/** 20,000 events from 2000 to May 2027, one in ten known by its month; what they bear is from common to rare. */
const GENERATE = `
  insert into events (id, slug, type, title, date, start_date, end_date, date_precision, significance, certainty, state, details, notes, version, created_at, updated_at, published_at)
  select gen_random_uuid(), 'event-' || n, case when n % 40 = 0 then 'export_control' else 'statement' end,
    'Event ' || n || case when n % 2 = 0 then ' on governance' else '' end || case when n % 5000 = 0 then ' of quanta' else '' end,
    day::text, day, case when n % 10 = 0 then day + 30 else day end, case when n % 10 = 0 then 'month' else 'day' end,
    1 + n % 5, case when n % 5000 = 0 then 'disputed' else 'confirmed' end, 'published', '{}', '[]', 1, now(), now(), now()
  from (select n, date '2000-01-01' + n / 2 as day from generate_series(1, 20000) n) g`;
const CARDS = `
  insert into event_cards (event_id, state, type, certainty, significance, start_date, end_date, precision_rank, keys, search, wording, version, title, created_at, updated_at, was_published, card, known_from, known_to)
  select id, state, type, certainty, significance, start_date, end_date, 0,
    array['type:' || type, 'actor:actor-' || (n % 2000), 'country:' || case when n % 4000 = 0 then 'IS' else 'CN' end, 'topic:common', 'topic:topic-' || (n % 4000)]
      || case when n % 5000 = 0 then array['initiative:rare', 'plan:plan', 'item:plan/13'] else '{}' end,
    search_document(title, null, ''), title, v, title, created_at, updated_at, true, '{}', v, case when v = ${VERSIONS} then ${FOREVER} else v + 1 end
  from (select e.*, substr(slug, 7)::int as n from events e) e, generate_series(1, ${VERSIONS}) v`;
const POSTINGS = `
  insert into event_postings select k, start_date, precision_rank, event_id, type, certainty, significance, 1, known_to from event_cards, unnest(keys) k where known_to = ${FOREVER}`;
const ACTORS = `
  insert into resource_cards (entity, id, known_from, slug, version, title, created_at, updated_at, keys, card)
  select 'actor', gen_random_uuid(), 1, 'actor-' || n, 1, 'Actor ' || n, now(), now(), '{}', '{}' from generate_series(0, 1999) n`;
const COUNTS = 'insert into event_counts select key, count(*) from event_postings group by 1';

interface Node {
  'Node Type': string;
  'Index Name'?: string;
  'Relation Name'?: string;
  Alias?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  Plans?: Node[];
}
const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

const statementOf = (query: Record<string, string | string[]>, as_of: AsOf = null) => {
  const { order, ...filters } = timelineQuery.parse(query) as TimelineQuery;
  return pageStatement({ filters, as_of, order: 'happened', isDescending: order === 'desc', cursor: null, rows: 51 });
};

/** The whole plan but for the look at the last revision, run with the values themselves. */
const planOf = async (query: Record<string, string | string[]>, as_of: AsOf = null): Promise<Node[]> => {
  const { text, values } = statementOf(query, as_of);
  const { rows } = await used.database.pool.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(`explain (analyze, format json) ${text}`, values);
  return nodesOf(rows[0]!['QUERY PLAN'][0].Plan).filter((node) => node['Relation Name'] !== 'revisions');
};

/** As planOf, of a statement that is kept prepared and does not know its values. */
const keptPlanOf = async (query: Record<string, string>): Promise<Node[]> => {
  const { text, values } = statementOf(query);
  const client = await used.database.pool.connect();
  try {
    await client.query('set plan_cache_mode = force_generic_plan');
    await client.query(`prepare kept as ${text}`);
    const literals = values.map((value) => client.escapeLiteral(Array.isArray(value) ? `{${value.join(',')}}` : String(value)));
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(`explain (analyze, format json) execute kept(${literals})`);
    return nodesOf(rows[0]!['QUERY PLAN'][0].Plan).filter((node) => node['Relation Name'] !== 'revisions');
  } finally {
    await client.query('deallocate kept');
    await client.query('reset plan_cache_mode');
    client.release();
  }
};

const indexesOf = (nodes: Node[]) => [...new Set(nodes.flatMap((node) => node['Index Name'] ?? []))].sort();
const typesOf = (nodes: Node[]) => nodes.map((node) => node['Node Type']);
/** The scans of what the statement calls `alias`; the planner numbers those that bear the same name. */
const scansOf = (nodes: Node[], alias: string) =>
  nodes.filter((node) => node['Relation Name'] !== undefined && node.Alias?.replace(/_\d+$/, '') === alias);
/** How many rows were read from an index or a table. */
const readFrom = (nodes: Node[], alias: string) =>
  scansOf(nodes, alias).reduce(
    (sum, node) => sum + (node['Actual Rows']! + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']!,
    0,
  );

beforeAll(() =>
  fill(used.database, [
    GENERATE,
    CARDS,
    POSTINGS,
    ACTORS,
    COUNTS,
    'vacuum analyze event_cards',
    'vacuum analyze event_postings',
    'analyze',
  ]),
);

describe('without keys, the timeline is walked until the page is full', () => {
  test.each<[string, Record<string, string>]>([
    ['without filters', {}],
    ['backwards', { order: 'desc' }],
    ['up to a day', { to: '2010' }],
    ['without a rare type', { exclude_type: 'export_control' }],
    ['of a common significance', { min_significance: '2' }],
    ['with a common word', { q: 'governance' }],
  ])('%s', async (_, query) => {
    const plan = await planOf(query);
    expect(indexesOf(scansOf(plan, 'c'))).toEqual(['event_cards_timeline_idx']);
    expect(typesOf(plan)).not.toContain('Seq Scan');
    expect(readFrom(plan, 'c')).toBeLessThanOrEqual(103);
  });
});

describe('a key is answered by walking its list, alike for common, rare and absent values, also by a plan that is kept', () => {
  test.each<[string, Record<string, string>, number]>([
    ['a common topic', { topic: 'common' }, 51],
    ['a common topic, backwards', { topic: 'common', order: 'desc' }, 51],
    ['a topic', { topic: 'topic-7' }, 5],
    ['a topic that nobody has', { topic: 'nothing' }, 0],
    ['a common country', { country: 'CN' }, 51],
    ['a rare country', { country: 'IS' }, 5],
    ['an actor', { actor: 'actor-7' }, 10],
    ['an initiative', { initiative: 'rare' }, 4],
    ['an action plan', { plan: 'plan' }, 4],
    ['an action item', { plan: 'plan', item: '13' }, 4],
    ['a rare type', { type: 'export_control' }, 51],
    ['a topic in a window of years', { topic: 'common', from: '2005', to: '2020' }, 51],
  ])('%s', async (_, query, walked) => {
    for (const plan of [await planOf(query), await keptPlanOf(query)]) {
      expect(typesOf(plan)).not.toContain('Seq Scan');
      expect(indexesOf(scansOf(plan, 'p'))).toEqual(['event_postings_pkey']);
      expect(typesOf(scansOf(plan, 'p'))).toEqual(['Index Only Scan']);
      expect(readFrom(plan, 'p')).toBe(walked);
    }
  });
});

test('the type is tested on the way, without a look at a card or another list', async () => {
  const query = { type: 'export_control', topic: 'common', to: '2020' };
  for (const plan of [await planOf(query), await keptPlanOf(query)]) {
    expect(typesOf(scansOf(plan, 'p'))).toEqual(['Index Only Scan']);
    expect(scansOf(plan, 'o')).toEqual([]);
    // One in forty is of the type, and another may stand before it on its day. Newer servers test it within the index and
    // tell only of those that are.
    expect(readFrom(plan, 'p')).toBeLessThanOrEqual(51 * 40 + 1);
  }
});

describe('of several keys the rarest is walked, whatever stands first', () => {
  test.each<[string, Record<string, string>, number]>([
    ['an actor on a common topic', { actor: 'actor-7', topic: 'common' }, 10],
    ['a common country and a topic', { country: 'CN', topic: 'topic-7' }, 5],
    ['two rare ones that never meet', { actor: 'actor-7', topic: 'topic-8' }, 5],
    ['one that nobody has', { country: 'CN', topic: 'nothing', actor: 'actor-7' }, 0],
    ['several values', { country: 'CN,IS', topic: 'topic-7,topic-8' }, 10],
    ['without a topic', { actor: 'actor-7', exclude_topic: 'common' }, 10],
  ])('%s', async (_, query, walked) => {
    const plan = await planOf(query);
    expect(indexesOf(plan).filter((name) => /postings|cards/.test(name))).toEqual(expect.arrayContaining(['event_postings_pkey']));
    expect(typesOf(plan.filter((node) => node['Relation Name'] === 'event_cards'))).not.toContain('Seq Scan');
    expect(readFrom(plan, 'p')).toBe(walked);
  });
});

describe('what began before a window and reaches into it is found by itself', () => {
  test.each<[string, Record<string, string>, number]>([
    ['a window of years', { from: '2005-03-10', to: '2020' }, 51 + 6 * VERSIONS],
    ['the last days', { from: '2027-05-10' }, 19 + 6 * VERSIONS],
  ])('%s', async (_, query, read) => {
    const plan = await planOf(query);
    expect(typesOf(plan)).not.toContain('Seq Scan');
    expect(indexesOf(plan)).toEqual(expect.arrayContaining(['event_cards_spans_idx', 'event_cards_timeline_idx']));
    const found = plan.filter((node) => ['event_cards_spans_idx', 'event_cards_timeline_idx'].includes(node['Index Name'] ?? ''));
    expect(found.reduce((sum, node) => sum + node['Actual Rows']! * node['Actual Loops']!, 0)).toBe(read);
  });
});

describe('what is rare and on no list is found by its own index', () => {
  test.each<[string, Record<string, string>, string]>([
    ['a rare word', { q: 'quanta' }, 'event_cards_search_idx'],
    ['a word that is nowhere', { q: 'nothing' }, 'event_cards_search_idx'],
    ['a rare certainty', { certainty: 'disputed' }, 'event_cards_certainty_idx'],
    ['a common word on a rare topic', { q: 'governance', topic: 'topic-8' }, 'event_cards_keys_idx'],
  ])('%s', async (_, query, index) => {
    const plan = await planOf(query);
    expect(indexesOf(plan)).toContain(index);
    expect(typesOf(plan)).not.toContain('Seq Scan');
  });
});

describe('as of a change the same is walked, and no card is looked at but those of then', () => {
  test.each<[string, Record<string, string>]>([
    ['without filters', {}],
    ['backwards', { order: 'desc' }],
    ['up to a day', { to: '2010' }],
  ])('%s', async (_, query) => {
    for (const as_of of [1, 3, VERSIONS]) {
      const plan = await planOf(query, as_of);
      expect(indexesOf(scansOf(plan, 'c'))).toEqual(['event_cards_past_idx']);
      expect(typesOf(plan)).not.toContain('Seq Scan');
      expect(readFrom(plan, 'c')).toBe(51);
    }
  });

  test.each<[string, Record<string, string>, number]>([
    ['a common topic', { topic: 'common' }, 51],
    ['a rare country', { country: 'IS' }, 5],
    ['a topic that nobody has', { topic: 'nothing' }, 0],
    ['an actor on a common topic', { actor: 'actor-7', topic: 'common' }, 10],
  ])('%s', async (_, query, walked) => {
    const plan = await planOf(query, 3);
    expect(typesOf(plan)).not.toContain('Seq Scan');
    expect(indexesOf(scansOf(plan, 'p'))).toEqual(['event_postings_pkey']);
    expect(readFrom(plan, 'p')).toBe(walked);
    expect(readFrom(plan, 'k')).toBe(walked);
  });

  test('before anything was recorded there is nothing', async () => {
    expect(readFrom(await planOf({}, 0), 'c')).toBe(0);
  });
});

test('the names that facets have are found by their slugs, however many there are', async () => {
  const filters = timelineQuery.parse({}) as TimelineQuery;
  const question = { filters, as_of: null, order: 'happened', isDescending: false, cursor: null, rows: 1 } as const;
  const { text, values } = pageStatement(question, { facets: ['actor'] });
  const { rows } = await used.database.pool.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(`explain (analyze, format json) ${text}`, values);
  const plan = nodesOf(rows[0]!['QUERY PLAN'][0].Plan);
  expect(scansOf(plan, 't').map((node) => node['Index Name'])).toEqual(['resource_cards_entity_slug_known_to_known_from_idx']);
  // 200 values of the facet, each with a name.
  expect(readFrom(plan, 't')).toBe(200);
});
