// The database keeps its own rules, whoever writes to it.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const query = (text: string) => api.database.pool.query(text);

beforeAll(async () => {
  await api.post('/v1/events', {
    slug: 'an-event',
    type: 'invitation',
    title: 'An event',
    date: '2025-07-26',
    place: { country_code: 'CN' },
    actors: [{ actor: { slug: 'an-actor', kind: 'country', name: 'A country', country_code: 'DE' }, role: 'host' }],
    topics: [{ slug: 'a-topic', name: 'A topic' }],
    sources: [{ source: { slug: 'a-source', url: 'https://example.org/a', title: 'A source' } }],
  });
  await api.post('/v1/events', {
    slug: 'another',
    type: 'other',
    title: 'Another',
    date: '2025',
    related: [{ event: 'an-event', relation: 'amends' }],
  });
  await api.post('/v1/sources', { slug: 'b-source', url: 'https://example.org/b', title: 'B' });
  await api.post('/v1/action-plans', { slug: 'a-plan', title: 'A plan' });
  await api.post('/v1/action-plans/a-plan/items', { number: 1, title: 'One' });
  await api.patch('/v1/events/another', { action_items: [{ plan: 'a-plan', item: 1, effect: 'advances' }] });
});

describe('a rule is kept', () => {
  test.each([
    ['a date ends after it begins', `update events set end_date = start_date - 1`, 'events_dates_check'],
    ['significance is 1 to 5', 'update events set significance = 6', 'events_significance_check'],
    ['a slug is one', `update events set slug = 'Not A Slug' where slug = 'an-event'`, 'events_slug_check'],
    ['a topic has a slug', `update topics set slug = 'no--slug'`, 'topics_slug_check'],
    ['an actor has a slug', `update actors set slug = 'é'`, 'actors_slug_check'],
    ['a slug is taken once', `update events set slug = 'another' where slug = 'an-event'`, 'events_slug_key'],
    ['a state is one', `update events set state = 'secret'`, 'events_state_check'],
    ['a certainty is one', `update events set certainty = 'maybe'`, 'events_certainty_check'],
    ['details are an object', `update events set details = '[]'`, 'events_details_check'],
    ['a country has two capitals', `update actors set country_code = 'de'`, 'actors_country_code_check'],
    ['an actor belongs to another one', 'update actors set affiliation_id = id', 'actors_affiliation_check'],
    ['a topic stands under another one', 'update topics set broader_id = id', 'topics_broader_check'],
    [
      'one article is one source',
      `update sources set url_key = (select url_key from sources where slug = 'a-source') where slug = 'b-source'`,
      'sources_url_key_key',
    ],
    ['a url has its normal form', `update sources set url_key = null where slug = 'a-source'`, 'sources_address_check'],
    ['only an invitee has a response', `update event_actors set response = 'accepted'`, 'event_actors_response_check'],
    ['a stance is one', `update event_citations set stance = 'doubts'`, 'event_citations_stance_check'],
    ['an effect is one', `update event_action_items set effect = 'helps'`, 'event_action_items_effect_check'],
    ['an event is related to another one', 'update event_relations set related_event_id = event_id', 'event_relations_self_check'],
    ['an item has a number', 'update action_items set number = 0', 'action_items_number_check'],
    ['what is referred to stays', `delete from actors where slug = 'an-actor'`, 'event_actors_actor_id_fkey'],
    ['a cited source stays', `delete from sources where slug = 'a-source'`, 'event_citations_source_id_fkey'],
    ['a related event stays', `delete from events where slug = 'an-event'`, 'event_relations_related_event_id_fkey'],
    ['a link leads somewhere', 'update event_topics set topic_id = gen_random_uuid()', 'event_topics_topic_id_fkey'],
    [
      'a version is recorded once',
      `insert into revisions (entity, entity_id, version, operation, author_name, recorded_at, superseded_at, state)
      select entity, entity_id, version, operation, author_name, recorded_at, recorded_at, state from revisions limit 1`,
      'revisions_entity_id_version_key',
    ],
    [
      'one version is in force',
      `insert into revisions (entity, entity_id, version, operation, author_name, recorded_at, state)
      select entity, entity_id, version + 7, operation, author_name, recorded_at, state from revisions where superseded_at is null limit 1`,
      'revisions_in_force_key',
    ],
    [
      'a version is replaced after it was recorded',
      `update revisions set superseded_at = recorded_at - interval '1 second'`,
      'revisions_times_check',
    ],
  ])('%s', async (_, statement, constraint) => {
    await expect(query(statement)).rejects.toMatchObject({ constraint });
  });
});

test('every filter of the timeline has an index', async () => {
  const { rows } = await query(`select indexdef from pg_indexes where tablename = 'event_cards'`);
  const indexes = rows.map(({ indexdef }) => indexdef as string);
  for (const column of ['actors', 'countries', 'topics', 'initiatives', 'action_plans', 'action_items'])
    expect(
      indexes.some((index) => index.includes(`USING gin (${column})`)),
      column,
    ).toBe(true);
  for (const column of ['start_date', 'end_date', 'type', 'certainty', 'significance'])
    expect(
      indexes.some((index) => index.includes(`USING btree (${column}`)),
      column,
    ).toBe(true);
});

test('every foreign key has an index, so that deleting and joining look nothing over', async () => {
  const { rows } = await query(`
    select c.conrelid::regclass::text as table, a.attname as column from pg_constraint c
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.contype = 'f' and not exists (select 1 from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1])`);
  expect(rows).toEqual([]);
});
