// The database keeps its own rules, whoever writes to it.
import { beforeAll, describe, expect, test } from 'vitest';
import { readMigrations } from '../../src/database/migrate.js';
import { MIGRATIONS } from '../../src/files.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const query = (text: string) => api.database.pool.query(text);

beforeAll(async () => {
  const posts: [string, object][] = [
    [
      'events',
      {
        slug: 'an-event',
        type: 'invitation',
        title: 'An event',
        date: '2025-07-26',
        place: { country_code: 'CN' },
        actors: [{ actor: { slug: 'an-actor', kind: 'country', name: 'A country', country_code: 'DE' }, role: 'host' }],
        topics: [{ slug: 'a-topic', name: 'A topic' }],
        sources: [{ source: { slug: 'a-source', url: 'https://example.org/a', title: 'A source' } }],
      },
    ],
    ['sources', { slug: 'b-source', url: 'https://example.org/b', title: 'B' }],
    ['actors', { slug: 'b-actor', kind: 'bloc', name: 'B' }],
    ['initiatives', { slug: 'an-initiative', kind: 'law', name: 'An initiative', lead_actors: ['b-actor'] }],
    [
      'action-plans',
      {
        slug: 'a-plan',
        title: 'A plan',
        place: { country_code: 'CN' },
        title_variants: [{ title: 'Ein Plan', language: 'de' }],
        sources: [{ source: 'https://example.org/b' }],
      },
    ],
    ['action-plans/a-plan/items', { number: 1, title: 'One', topics: ['a-topic'] }],
    [
      'events',
      {
        slug: 'another',
        type: 'other',
        title: 'Another',
        date: '2025',
        initiatives: ['an-initiative'],
        related: [{ event: 'an-event', relation: 'amends' }],
        action_items: [{ plan: 'a-plan', item: 1, effect: 'advances' }],
      },
    ],
  ];
  for (const [path, body] of posts) expect((await api.post(`/v1/${path}`, body)).statusCode).toBe(201);
  expect((await api.post('/v1/webhooks', { url: 'https://8.8.8.8/' }, { as: 'admin' })).statusCode).toBe(201);
  const proposal = { target: { entity: 'topic' }, change: { name: 'Proposed' }, rationale: 'A', sources: ['https://example.org/a'] };
  expect((await api.post('/v1/proposals', proposal)).statusCode).toBe(201);
  await query(`insert into webhook_deliveries (webhook_id, message_id, attempt, status, duration_ms, at)
    select id, 'msg_1', 1, 'succeeded', 1, now() from webhooks`);
});

/** A release that would be there, but for what is wrong with it. */
function release(wrong: object): string {
  const right = { label: 'a', seq: 1, pinned_at: '2026-11-30', created_at: '2026-11-30', author_name: 'a', counts: {}, event_types: {} };
  const row = JSON.stringify({ ...right, sha256: '0'.repeat(64), bytes: 0, ...wrong });
  return `insert into releases select * from jsonb_populate_record(null::releases, '${row}')`;
}

const RULES: [string, string, string][] = [
  ['a date ends after it begins', `update events set end_date = start_date - 1`, 'events_dates_check'],
  [
    'what is in force begins before it ends',
    `update events set valid_from = '2025-01-02', valid_to = '2025-01-01'`,
    'events_validity_check',
  ],
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
  [
    'another value is told of a member, with a reason',
    `update event_citations set stance = 'disputes', claim = '/date', value = '"2025-07-27"'`,
    'event_citations_value_check',
  ],
  [
    'so is that of a plan',
    `update action_plan_citations set stance = 'disputes', note = 'Why', value = '1'`,
    'action_plan_citations_value_check',
  ],
  ['an effect is one', `update event_action_items set effect = 'helps'`, 'event_action_items_effect_check'],
  ['an event is related to another one', 'update event_relations set related_event_id = event_id', 'event_relations_self_check'],
  ['an item has a number', 'update action_items set number = 0', 'action_items_number_check'],
  ['the status of an item is one', `update action_items set status = 'fine', status_reason = 'It seems so.'`, 'action_items_status_check'],
  ['a status takes a reason', `update action_items set status = 'done'`, 'action_items_reason_check'],
  ['what is referred to stays', `delete from actors where slug = 'an-actor'`, 'event_actors_actor_id_fkey'],
  ['a cited source stays', `delete from sources where slug = 'a-source'`, 'event_citations_source_id_fkey'],
  ['a related event stays', `delete from events where slug = 'an-event'`, 'event_relations_related_event_id_fkey'],
  [
    'a version is recorded once',
    `insert into revisions (entity, entity_id, version, operation, author_name, recorded_at, superseded_at, superseded_seq, state)
    select entity, entity_id, version, operation, author_name, recorded_at, recorded_at, 9999, state from revisions limit 1`,
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
    `update revisions set superseded_at = recorded_at - interval '1 second', superseded_seq = seq + 1`,
    'revisions_times_check',
  ],
  [
    'a version is replaced by a later change',
    `update revisions set superseded_at = recorded_at, superseded_seq = seq`,
    'revisions_order_check',
  ],
  ['a version that is replaced is so by a change', `update revisions set superseded_at = recorded_at`, 'revisions_superseded_check'],
  ['an initiative has a slug', `update initiatives set slug = '-'`, 'initiatives_slug_check'],
  ['a plan has a slug', `update action_plans set slug = ''`, 'action_plans_slug_check'],
  ['a source has a slug or none', `update sources set slug = 'A' where slug = 'a-source'`, 'sources_slug_check'],
  ['a place lies in a country', `update events set place_country_code = 'cn'`, 'events_country_code_check'],
  ['so does that of a plan', `update action_plans set place_country_code = 'C1'`, 'action_plans_country_code_check'],
  ['a stance on a plan is one', `update action_plan_citations set stance = ''`, 'action_plan_citations_stance_check'],
  ['a card ends after it begins', 'update event_cards set end_date = start_date - 1', 'event_cards_dates_check'],
  ['a card is known from one change to another', 'update event_cards set known_to = known_from', 'event_cards_known_check'],
  ['so is its place on a list', 'update event_postings set known_to = known_from', 'event_postings_known_check'],
  ['so is a card of anything else', 'update resource_cards set known_to = known_from', 'resource_cards_known_check'],
  ['what is proposed is in a state', `update proposals set state = 'new'`, 'proposals_state_check'],
  ['only what is decided is shown to all', 'update proposals set is_public = true', 'proposals_state_check'],
  ['whoever proposes has a name', 'update proposals set author_name = null', 'proposals_author_check'],
  ['so has whoever takes it', `update proposals set taken_by_name = 'a'`, 'proposals_taken_by_check'],
  ['a release never changes', `update releases set notes = ''`, 'releases_never_change'],
  ['a release has a label', release({ label: 'A' }), 'releases_label_check'],
  ['a release has a digest', release({ sha256: 'x' }), 'releases_sha256_check'],
  ['a release has an export', release({ bytes: -1 }), 'releases_bytes_check'],
  ['a webhook is enabled or says why not', `update webhooks set state = 'disabled'`, 'webhooks_disabled_check'],
  ['a webhook stands at a change', 'update webhooks set position = -1', 'webhooks_position_check'],
  ['an attempt succeeded or failed', `update webhook_deliveries set status = 'pending'`, 'webhook_deliveries_status_check'],
  [
    'a key of a request is visible ASCII',
    `insert into idempotency_keys (principal_id, key, fingerprint, created_at) values ('a', 'a b', 'f', now())`,
    'idempotency_keys_key_check',
  ],
  [
    'an answer is kept whole',
    `insert into idempotency_keys (principal_id, key, fingerprint, status, created_at) values ('a', 'b', 'f', 201, now())`,
    'idempotency_keys_answer_check',
  ],
  ['versions count from 1', 'update revisions set version = 0', 'revisions_version_check'],
];

/** What may be there once: a copy of a row under another key, with what is changed in it, is refused. */
const id = '01985c2e-0000-7000-8000-000000000001';
const UNIQUE: [string, object, string][] = [
  ['topics', { id }, 'topics_slug_key'],
  ['actors', { id }, 'actors_slug_key'],
  ['sources', { id, url: null, url_key: null }, 'sources_slug_key'],
  ['sources', { id, slug: null }, 'sources_url_key_key'],
  ['initiatives', { id }, 'initiatives_slug_key'],
  ['action_plans', { id }, 'action_plans_slug_key'],
  ['events', { id }, 'events_slug_key'],
  ['api_keys', { id }, 'api_keys_key_hash_key'],
  ['action_items', { id }, 'action_items_action_plan_id_number_key'],
  ['initiative_leads', { position: 9 }, 'initiative_leads_initiative_id_actor_id_key'],
  ['action_item_topics', { position: 9 }, 'action_item_topics_action_item_id_topic_id_key'],
  ['event_actors', { position: 9 }, 'event_actors_event_id_actor_id_role_key'],
  ['event_topics', { position: 9 }, 'event_topics_event_id_topic_id_key'],
  ['event_initiatives', { position: 9 }, 'event_initiatives_event_id_initiative_id_key'],
  ['event_action_items', { position: 9 }, 'event_action_items_event_id_action_item_id_effect_key'],
  ['event_relations', { position: 9 }, 'event_relations_event_id_related_event_id_relation_key'],
];

/** Table, constraint and column of every foreign key that the migrations make. */
const LINKS = readMigrations(MIGRATIONS).flatMap(({ script }) =>
  [...script.matchAll(/ALTER TABLE "(\w+)" ADD CONSTRAINT "(\w+)" FOREIGN KEY \("(\w+)"\)/g)].map(
    ([, table, constraint, column]) => [table!, column!, constraint!] as const,
  ),
);

describe('a rule is kept', () => {
  test.each(RULES)('%s', async (_, statement, constraint) => {
    await expect(query(statement)).rejects.toMatchObject({ constraint });
  });
  test.each(UNIQUE)('of %s one is there, but for %j', async (table, changes, constraint) => {
    const copy = `insert into ${table} select (jsonb_populate_record(t, '${JSON.stringify(changes)}')).* from ${table} t where to_jsonb(t) ->> 'slug' is distinct from 'b-source' limit 1`;
    await expect(query(copy)).rejects.toMatchObject({ constraint });
  });
  test.each(LINKS)('%s.%s leads somewhere', async (table, column, constraint) => {
    await expect(query(`update ${table} set ${column} = gen_random_uuid()`)).rejects.toMatchObject({ constraint });
  });
  test('and no rule of the database is left out above', async () => {
    const { rows } = await query(`
      select conname as name from pg_constraint where contype in ('c', 'f', 'u', 'x') and connamespace = 'public'::regnamespace
      union select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
      where i.indisunique and not i.indisprimary and c.relnamespace = 'public'::regnamespace`);
    const held = new Set([...RULES, ...UNIQUE, ...LINKS].map(([, , constraint]) => constraint));
    expect(rows.map(({ name }) => name).filter((name) => !held.has(name))).toEqual([]);
    expect(rows.length).toBeGreaterThan(60);
  });
});

test('every filter of the timeline has an index', async () => {
  const { rows } = await query(`select indexdef from pg_indexes where tablename = 'event_cards'`);
  const indexes = rows.map(({ indexdef }) => indexdef as string);
  for (const column of ['keys', 'search'])
    expect(
      indexes.some((index) => index.includes(`USING gin (${column})`)),
      column,
    ).toBe(true);
  for (const column of ['start_date', 'end_date', 'certainty', 'significance'])
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
