// How PostgreSQL answers the timeline on many events: it walks an index that has the order, or one that has the values,
// and never reads the whole table.
import { beforeAll, describe, expect, test } from 'vitest';
import { type TimelineQuery, timelineQuery } from '../../src/timeline/schema.js';
import { pageStatement } from '../../src/timeline/sql.js';
import { useDatabase } from '../support/app.js';

const used = useDatabase('empty');

/** 20,000 events: topics and actors from common to rare, one that has a topic of its own. */
const GENERATE = `
  insert into events (id, slug, type, title, date, start_date, end_date, date_precision, significance, certainty, state, details, notes, version, created_at, updated_at, published_at)
  select gen_random_uuid(), 'event-' || n, case when n % 40 = 0 then 'export_control' else 'statement' end, 'Event ' || n, day::text, day, day, 'day',
    1 + n % 5, 'confirmed', 'published', '{}', '[]', 1, now(), now(), now()
  from (select n, date '2000-01-01' + n / 2 as day from generate_series(1, 20000) n) g`;
const CARDS = `
  insert into event_cards (event_id, state, type, certainty, significance, start_date, end_date, precision_rank, actors, countries, topics, initiatives, action_plans, action_items, card)
  select id, state, type, certainty, significance, start_date, end_date, 0, array['actor-' || (n % 2000)], array['C' || n % 3], array['common', 'topic-' || (n % 4000)],
    '{}', '{}', case when n % 5000 = 0 then array['plan/13'] else '{}' end, '{}'
  from (select e.*, substr(slug, 7)::int as n from events e) e`;

const planOf = async (query: Record<string, string>): Promise<string> => {
  const asked = timelineQuery.parse(query) as TimelineQuery;
  const { text, values } = pageStatement(asked, { from: asked.from ?? null, to: asked.to ?? null }, null, 51);
  const { rows } = await used.database.pool.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
};

beforeAll(async () => {
  for (const statement of [GENERATE, CARDS, 'analyze event_cards', 'analyze events']) await used.database.pool.query(statement);
});

describe('the order comes from the index, page by page', () => {
  test.each([
    ['without filters', {}, 'event_cards_timeline_idx'],
    ['backwards', { order: 'desc' }, 'event_cards_timeline_idx'],
    ['of a rare type', { type: 'export_control' }, 'event_cards_type_timeline_idx'],
    ['up to a day', { to: '2010-01-01' }, 'event_cards_timeline_idx'],
    ['on a common topic', { topic: 'common' }, 'event_cards_timeline_idx'],
  ])('%s', async (_, query, index) => {
    const plan = await planOf(query);
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/Seq Scan on event_cards/);
    expect(plan).not.toMatch(/Sort[\s\S]*Seq Scan on event_cards/);
  });
});

describe('what is rare is found by its own index', () => {
  test.each([
    ['a topic', { topic: 'topic-7' }, 'event_cards_topics_idx'],
    ['an actor', { actor: 'actor-7' }, 'event_cards_actors_idx'],
    ['an action item', { plan: 'plan', item: '13' }, 'event_cards_action_items_idx'],
    ['a topic that nobody has', { topic: 'nothing' }, 'event_cards_topics_idx'],
  ])('%s', async (_, query, index) => {
    expect(await planOf(query)).toContain(index);
  });
});
