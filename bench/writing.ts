// Writing: one event with two actors, three topics and two sources, by the product's own service and, as a floor, the same
// rows by hand, one prepared statement for each table in one transaction. One after another, in rounds that take turns.
import type pg from 'pg';
import { connectDatabase } from '../src/database/connect.js';
import { createServices, type Services } from '../src/services.js';
import { median } from './load.js';

const title = (n: number) => `Written by hand, part ${n}`;
const DATE = '2026-05-05';

export interface Writing {
  /** Events a second. */
  byService: number;
  byHand: number;
}

export async function measureWriting(databaseUrl: string, rounds: number, seconds: number): Promise<Writing> {
  const database = await connectDatabase({ databaseUrl, dataDir: '', databasePool: 2 });
  const { events } = createServices(database);
  const client = await database.pool.connect();
  const rates: { byService: number[]; byHand: number[] } = { byService: [], byHand: [] };
  let count = 0;
  const measure = async (write: (n: number) => Promise<unknown>): Promise<number> => {
    const began = performance.now();
    let done = 0;
    while (performance.now() - began < seconds * 1000) {
      await write(count++);
      done++;
    }
    return done / ((performance.now() - began) / 1000);
  };
  try {
    for (let round = 0; round < rounds; round++) {
      rates.byService.push(await measure((n) => writeByService(events, n)));
      rates.byHand.push(await measure((n) => writeByHand(client, n)));
    }
  } finally {
    await forget(client);
    client.release();
    await database.close();
  }
  return { byService: median(rates.byService), byHand: median(rates.byHand) };
}

const writeByService = (events: Services['events'], n: number) =>
  events.create(
    {
      slug: `written-${n}`,
      type: 'meeting',
      title: title(n),
      summary: 'What happened is told in a sentence or two.',
      date: DATE,
      actors: [
        { actor: 'actor-1', role: 'host' },
        { actor: 'actor-2', role: 'participant' },
      ],
      topics: ['topic-1', 'topic-2', 'topic-3'],
      initiatives: [],
      action_items: [],
      related: [],
      sources: [
        { source: 'https://example.org/1', stance: 'supports' },
        { source: 'https://example.org/2', stance: 'supports' },
      ],
      details: {},
      notes: [],
      significance: 3,
      certainty: 'confirmed',
      state: 'published',
    } as never,
    { author_id: null, author_name: 'bench' },
  );

const STATEMENTS: [name: string, text: string][] = [
  [
    'event',
    `insert into events (id, slug, type, title, summary, date, start_date, end_date, date_precision, significance, certainty, state, details, notes, version, created_at, updated_at, published_at)
     values ($1::uuid, 'written-' || $2::text, 'meeting', $3, 'What happened is told in a sentence or two.', '${DATE}', '${DATE}', '${DATE}', 'day', 3, 'confirmed', 'published', '{}', '[]', 1, now(), now(), now())`,
  ],
  [
    'actors',
    `insert into event_actors (event_id, position, actor_id, role) select $1::uuid, row_number() over () - 1, id, 'host' from actors where slug in ('actor-1', 'actor-2')`,
  ],
  [
    'topics',
    `insert into event_topics (event_id, position, topic_id) select $1::uuid, row_number() over () - 1, id from topics where slug in ('topic-1', 'topic-2', 'topic-3')`,
  ],
  [
    'citations',
    `insert into event_citations (event_id, position, source_id, stance) select $1::uuid, row_number() over () - 1, id, 'supports' from sources where url_key in ('https://example.org/1', 'https://example.org/2')`,
  ],
  [
    'revision',
    `insert into revisions (entity, entity_id, version, operation, author_name, recorded_at, state, changed_fields) select 'event', id, 1, 'created', 'bench', now(), row_to_json(e)::jsonb, '{title,date}' from events e where id = $1::uuid`,
  ],
  [
    'card',
    `insert into event_cards (event_id, state, type, certainty, significance, start_date, end_date, precision_rank, keys, search, wording, version, title, created_at, updated_at, was_published, card)
     select e.id, 'published', 'meeting', 'confirmed', 3, start_date, end_date, 0, array['actor:actor-1', 'actor:actor-2', 'country:CN', 'topic:topic-1', 'topic:topic-2', 'topic:topic-3', 'type:meeting', 'year:2026'],
       search_document(title, summary, 'Actor 1 | Actor 2'), title || ' · ' || summary, 1, title, now(), now(), true, c.card
     from events e, (select card from event_cards limit 1) c where e.id = $1::uuid`,
  ],
  [
    'postings',
    `insert into event_postings select k, start_date, precision_rank, event_id, type, certainty, significance from event_cards, unnest(keys) k where event_id = $1::uuid and k not like 'year:%'`,
  ],
  ['counts', `update event_counts set count = count + 1 where key in (select unnest(keys) from event_cards where event_id = $1::uuid)`],
  [
    'days',
    `insert into event_days select start_date, type, precision_rank, 1 from event_cards where event_id = $1::uuid
     on conflict (day, type, precision_rank) do update set count = event_days.count + 1`,
  ],
];

async function writeByHand(client: pg.PoolClient, n: number): Promise<void> {
  const id = `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
  await client.query('begin');
  for (const [name, text] of STATEMENTS) await client.query({ name, text, values: name === 'event' ? [id, n, title(n)] : [id] });
  await client.query('commit');
}

/** Takes back what was written, so that the next run finds what this one found. */
async function forget(client: pg.PoolClient): Promise<void> {
  const written = `select id from events where slug like 'written-%'`;
  await client.query(`update event_counts c set count = c.count - x.count from (
    select k as key, count(*)::int as count from event_cards, unnest(keys) k where event_id in (${written}) group by k) x where x.key = c.key`);
  await client.query(`update event_days d set count = d.count - x.count from (
    select start_date, type, precision_rank, count(*)::int as count from event_cards where event_id in (${written}) group by 1, 2, 3) x
    where (x.start_date, x.type, x.precision_rank) = (d.day, d.type, d.precision_rank)`);
  await client.query(`delete from event_postings where start_date = '${DATE}' and event_id in (${written})`);
  await client.query(`delete from revisions where entity_id in (${written})`);
  await client.query(`delete from events where slug like 'written-%'`);
  await client.query('vacuum analyze events, revisions, event_cards, event_postings, event_counts, event_days');
}
