// How PostgreSQL answers the timeline on many events: it walks an index that has the order, or one that has the values,
// and never reads the whole table.
import { beforeAll, describe, expect, test } from 'vitest';
import { type TimelineQuery, timelineQuery } from '../../src/timeline/schema.js';
import { pageStatement } from '../../src/timeline/sql.js';
import { useDatabase } from '../support/app.js';

const used = useDatabase('empty');

/** 20,000 events from 2000 to May 2027; their topics, actors and links from common to rare. */
const GENERATE = `
  insert into events (id, slug, type, title, date, start_date, end_date, date_precision, significance, certainty, state, details, notes, version, created_at, updated_at, published_at)
  select gen_random_uuid(), 'event-' || n, case when n % 40 = 0 then 'export_control' else 'statement' end, 'Event ' || n, day::text, day, day, 'day',
    1 + n % 5, 'confirmed', 'published', '{}', '[]', 1, now(), now(), now()
  from (select n, date '2000-01-01' + n / 2 as day from generate_series(1, 20000) n) g`;
const CARDS = `
  insert into event_cards (event_id, state, type, certainty, significance, start_date, end_date, precision_rank, actors, countries, topics, initiatives, action_plans, action_items, search, updated_at, was_published, card)
  select id, state, type, certainty, significance, start_date, end_date, 0, array['actor-' || (n % 2000)], array[case when n % 4000 = 0 then 'IS' else 'CN' end], array['common', 'topic-' || (n % 4000)],
    case when n % 5000 = 0 then array['rare'] else '{}' end, case when n % 5000 = 0 then array['plan'] else '{}' end,
    case when n % 5000 = 0 then array['plan/13'] else '{}' end, search_document(title, null, ''), updated_at, true, '{}'
  from (select e.*, substr(slug, 7)::int as n from events e) e`;

interface Node {
  'Node Type': string;
  'Index Name'?: string;
  'Relation Name'?: string;
  Plans?: Node[];
}
const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** The part of the plan that finds the cards of a page: all that is under its limit. */
const planOf = async (query: Record<string, string | string[]>): Promise<Node[]> => {
  const asked = timelineQuery.parse(query) as TimelineQuery;
  const { order, ...filters } = asked;
  const { text, values } = pageStatement({ filters, order: 'happened', isDescending: order === 'desc', cursor: null, rows: 51 });
  const { rows } = await used.database.pool.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(`explain (format json) ${text}`, values);
  const limits = nodesOf(rows[0]!['QUERY PLAN'][0].Plan).filter((node) => node['Node Type'] === 'Limit');
  const cards = limits.map(nodesOf).filter((nodes) => nodes.some((node) => node['Relation Name'] === 'event_cards'));
  expect(cards).toHaveLength(1);
  return cards[0]!;
};
const indexesOf = (nodes: Node[]) => nodes.flatMap((node) => node['Index Name'] ?? []);
const typesOf = (nodes: Node[]) => nodes.map((node) => node['Node Type']);

beforeAll(async () => {
  for (const statement of [GENERATE, CARDS, 'analyze event_cards', 'analyze events']) await used.database.pool.query(statement);
});

describe('the order comes from the index, page by page: nothing is sorted and the table is not read whole', () => {
  test.each<[string, Record<string, string>, string]>([
    ['without filters', {}, 'event_cards_timeline_idx'],
    ['backwards', { order: 'desc' }, 'event_cards_timeline_idx'],
    ['of a rare type', { type: 'export_control' }, 'event_cards_type_timeline_idx'],
    ['up to a day', { to: '2010' }, 'event_cards_timeline_idx'],
    ['a window of years', { from: '2005', to: '2020' }, 'event_cards_timeline_idx'],
    ['on a common topic', { topic: 'common' }, 'event_cards_timeline_idx'],
    ['of a common significance', { min_significance: '2' }, 'event_cards_timeline_idx'],
  ])('%s', async (_, query, index) => {
    const plan = await planOf(query);
    expect(indexesOf(plan)).toEqual([index]);
    expect(typesOf(plan)).toEqual(['Limit', expect.stringMatching(/^Index (Only )?Scan$/)]);
  });
});

describe('what is rare is found by its own index', () => {
  test.each<[string, Record<string, string>, string]>([
    ['a topic', { topic: 'topic-7' }, 'event_cards_topics_idx'],
    ['an actor', { actor: 'actor-7' }, 'event_cards_actors_idx'],
    ['a country', { country: 'IS' }, 'event_cards_countries_idx'],
    ['an initiative', { initiative: 'rare' }, 'event_cards_initiatives_idx'],
    ['an action plan', { plan: 'plan' }, 'event_cards_action_plans_idx'],
    ['an action item', { plan: 'plan', item: '13' }, 'event_cards_action_items_idx'],
    ['a topic that nobody has', { topic: 'nothing' }, 'event_cards_topics_idx'],
    ['the last days', { from: '2027-05-10' }, 'event_cards_end_date_idx'],
  ])('%s', async (_, query, index) => {
    const plan = await planOf(query);
    expect(indexesOf(plan)).toEqual([index]);
    expect(typesOf(plan)).not.toContain('Seq Scan');
  });
});
