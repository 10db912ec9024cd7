// How PostgreSQL answers what is made of many facts, on many events: it walks the list of the plan, initiative or actor and
// looks at the cards of those events, and never reads a whole table.
import { beforeAll, describe, expect, test } from 'vitest';
import { coverageStatement } from '../../src/coverage/sql.js';
import { type AsOf, FOREVER, type Statement } from '../../src/database/statement.js';
import { networkStatement } from '../../src/network/sql.js';
import { TELLING_ROLES } from '../../src/positions/rules.js';
import { partsStatement } from '../../src/positions/sql.js';
import { statsStatement } from '../../src/stats/sql.js';
import { useDatabase } from '../support/app.js';
import { fill } from '../support/fill.js';

const used = useDatabase('empty');
const VERSIONS = 3;
/** One event in so many bears on the plan and belongs to the initiative; each actor takes part in ten. */
const RARE = 1000;
const ID = { plan: '00000000-0000-7000-8000-000000000001', initiative: '00000000-0000-7000-8000-000000000002' };
const ACTOR = '00000000-0000-7000-8000-000000000003';

const EVENTS = `
  insert into events (id, slug, type, title, date, start_date, end_date, date_precision, significance, certainty, state, details, notes, version, created_at, updated_at, published_at)
  select gen_random_uuid(), 'event-' || n, 'statement', 'Event ' || n, day::text, day, day, 'day', 3, 'confirmed', 'published', '{}', '[]', 1, now(), now(), now()
  from (select n, date '2000-01-01' + n / 2 as day from generate_series(1, 20000) n) g`;
const CARDS = `
  insert into event_cards (event_id, state, type, certainty, significance, start_date, end_date, precision_rank, keys, search, wording, version, title, created_at, updated_at, was_published, card, known_from, known_to)
  select id, state, type, certainty, significance, start_date, end_date, 0,
    array['type:' || type, 'year:' || extract(year from start_date), 'actor:actor-' || (n % 2000), 'actor:actor-' || (n % 1999)]
      || case when n % ${RARE} = 0 then array['initiative:rare', 'plan:plan', 'item:plan/1'] else '{}' end,
    '', '', v, title, created_at, updated_at, true,
    json_build_object('slug', slug, 'title', title, 'date', date, 'action', null, 'details', json_build_object(), 'sources', '[]'::json,
      'actors', json_build_array(json_build_object('slug', 'actor-' || (n % 2000), 'name', 'A', 'kind', 'country', 'role', 'signatory')),
      'action_items', json_build_array(json_build_object('plan', 'plan', 'item', 1, 'effect', 'advances')))::text,
    v, case when v = ${VERSIONS} then ${FOREVER} else v + 1 end
  from (select e.*, substr(slug, 7)::int as n from events e) e, generate_series(1, ${VERSIONS}) v`;
const POSTINGS = `
  insert into event_postings select distinct k, start_date, precision_rank, event_id, type, certainty, significance, 1, known_to from event_cards, unnest(keys) k
  where known_to = ${FOREVER} and k not like 'year:%'`;
const RESOURCES = `
  insert into resource_cards (entity, id, known_from, slug, version, title, number, created_at, updated_at, keys, card) values
    ('action_plan', '${ID.plan}', 1, 'plan', 1, 'The plan', null, now(), now(), '{}', '{}'),
    ('action_item', gen_random_uuid(), 1, 'plan/1', 1, 'One', 1, now(), now(), '{plan:plan}', '{"status":null}'),
    ('initiative', '${ID.initiative}', 1, 'rare', 1, 'Rare', null, now(), now(), '{}', '{}')`;
const ACTORS = `
  insert into resource_cards (entity, id, known_from, slug, version, title, created_at, updated_at, keys, card)
  select 'actor', case when n = 7 then '${ACTOR}'::uuid else gen_random_uuid() end, 1, 'actor-' || n, 1, 'Actor ' || n, now(), now(), '{}', '{}' from generate_series(0, 1999) n`;

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  Plans?: Node[];
}
const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Run as it is kept prepared, without knowing its values. */
async function planOf({ text, values }: Statement): Promise<Node[]> {
  const client = await used.database.pool.connect();
  try {
    await client.query('set plan_cache_mode = force_generic_plan');
    await client.query(`prepare kept as ${text}`);
    const literals = values.map((value) => client.escapeLiteral(Array.isArray(value) ? `{${value.join(',')}}` : String(value)));
    const call = literals.length === 0 ? 'kept' : `kept(${literals})`;
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(`explain (analyze, format json) execute ${call}`);
    return nodesOf(rows[0]!['QUERY PLAN'][0].Plan);
  } finally {
    await client.query('deallocate kept');
    await client.query('reset plan_cache_mode');
    client.release();
  }
}
const scansOf = (plan: Node[], table: string) => plan.filter((node) => node['Relation Name'] === table);
const readFrom = (plan: Node[], table: string) =>
  scansOf(plan, table).reduce((sum, node) => sum + node['Actual Rows']! * node['Actual Loops']!, 0);

beforeAll(async () => {
  await fill(used.database, [
    EVENTS,
    CARDS,
    POSTINGS,
    RESOURCES,
    ACTORS,
    'vacuum analyze event_cards',
    'vacuum analyze event_postings',
    'analyze',
  ]);
});

const effects = ['advances', 'hinders', 'mentions'];
const QUESTIONS: [string, (as_of: AsOf) => Statement, number][] = [
  ...(['actor', 'country', 'year', 'quarter', 'type'] as const).map((by): [string, (as_of: AsOf) => Statement, number] => [
    `coverage by ${by}`,
    (as_of) => coverageStatement({ plan: ID.plan, by, effects, columns: 50, newest: 3 }, as_of),
    20000 / RARE,
  ]),
  [
    'positions',
    (as_of) => partsStatement({ initiative: ID.initiative, valid_to: '2020-01-01', roles: TELLING_ROLES, kinds: ['country'] }, as_of),
    20000 / RARE,
  ],
  // Ten events by one of its keys, ten by the other, and one for each of the others there.
  ['a network', (as_of) => networkStatement({ actor: ACTOR, depth: 1, nodes: 50, links: 100 }, as_of), 21],
];

describe.each<[string, AsOf]>([
  ['now', null],
  ['as of a change', VERSIONS],
])('%s', (_, as_of) => {
  test.each(QUESTIONS)('%s looks at the cards of its own events alone', async (_, statementOf, cards) => {
    const plan = await planOf(statementOf(as_of));
    for (const table of ['event_cards', 'event_postings'])
      expect(
        scansOf(plan, table).map((node) => node['Node Type']),
        table,
      ).not.toContain('Seq Scan');
    expect(readFrom(plan, 'event_cards')).toBeLessThanOrEqual(cards);
  });
});

test('totals of the present look at a card or two, whatever their number', async () => {
  const plan = await planOf(statsStatement(null));
  expect(scansOf(plan, 'event_cards').map((node) => node['Node Type'])).not.toContain('Seq Scan');
  expect(readFrom(plan, 'event_cards')).toBeLessThanOrEqual(2);
});
