// Secrets never enter history: canaries are planted where secrets are and where they might slip in, and looked for
// wherever something is kept or told.
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectDatabase, type Database } from '../../src/database/connect.js';
import { createServices, type Services } from '../../src/services.js';
import { prepare, RESOURCES } from '../resources/every-resource.js';
import { openAppOn, type Tested, useDatabase } from '../support/app.js';

const used = useDatabase('empty');
const ADMIN_KEY = 'canary-admin-key-0123456789abcdef0123456789';
const SMUGGLED = 'canary-smuggled-2b7e151628aed2a6';
const author = { author_id: null, author_name: 'smuggler' };

const log: string[] = [];
let api: Omit<Tested, 'url'>;
let database: Database;
let password: string;
let secrets: Record<string, string>;

/** Documents with members that no schema names, at every depth, as code that forgot a check might make them. */
const smuggled = (document: object): never =>
  ({ ...document, api_key: SMUGGLED, nested: { password: SMUGGLED }, list: [{ token: SMUGGLED }] }) as never;
const entry = (document: object) => ({ ...document, token: SMUGGLED });

beforeAll(async () => {
  const url = new URL(used.url);
  url.password ||= 'canary-database-password';
  ({ password } = url);
  database = await connectDatabase({ databaseUrl: url.href, dataDir: '', databasePool: 4 });
  await createServices(database).keys.ensureAdmin(ADMIN_KEY);
  api = await openAppOn(database, {
    logTo: new Writable({ write: (chunk, _encoding, done) => done(void log.push(String(chunk))) }),
  });
  const { rows } = await database.pool.query<{ key_hash: string }>('select key_hash from api_keys order by id');
  secrets = {
    'an API key': api.keys.editor,
    'the admin key': ADMIN_KEY,
    'the password of the database': password,
    'what was smuggled in': SMUGGLED,
    ...Object.fromEntries(rows.map(({ key_hash }, index) => [`the digest of key ${index + 1}`, key_hash])),
  };
  await prepare(api as Tested);
  for (const { path, whole, key, optional } of RESOURCES) {
    await api.post(path, { ...whole(1), comment: 'Sent with a key' });
    await api.patch(`${path}/${key(1)}`, { [optional.member]: null }, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
    await api.post(`${path}/${key(1)}/revert`, { version: 1 });
    await api.post(path, { ...whole(3), api_key: SMUGGLED });
    await api.get(`${path}/${key(1)}`, { headers: { authorization: `Bearer ${SMUGGLED}` } });
  }
  await smuggleIn(api.services);
});
afterAll(async () => {
  await api?.app.close();
  await database?.close();
});

/** Past the checks of the API, as only our own code could. */
async function smuggleIn({ topics, actors, sources, initiatives, plans, items, events }: Services): Promise<void> {
  const [topic, actor, source, initiative, plan, item, event] = RESOURCES.map((resource) => resource.whole(2)) as [object, ...object[]];
  const notes = [entry({ topic: 'A note', text: 'A text' })];
  await topics.create(smuggled({ ...topic, broader: null }), author);
  await actors.create(smuggled({ native_name: null, affiliation: null, office: null, wikidata_id: null, ...actor }), author);
  const bare = { slug: null, publisher: null, kind: 'other', language: null, published_on: null, retrieved_at: null, archived_url: null };
  await sources.create(smuggled({ ...bare, ...source }), author);
  const status = { status: null, status_since: null, status_reason: null, lead_actors: [], kind: 'other' };
  await initiatives.create(smuggled({ ...status, milestones: [entry({ date: '2025', what: 'A step' })], notes, ...initiative }), author);
  const lists = { title_variants: [], priorities: [entry({ priority: 'First', items: [1], reason: null })], sources: [], notes };
  await plans.create(smuggled({ issuer: null, summary: null, place: null, ...lists, ...plan }), author);
  await items.create(smuggled({ plan: 'the-plan', topics: [], evidence: null, ...item }), author);
  const place = entry({ name: null, city: 'Bonn', country_code: 'DE' });
  const details = entry({ quotes: [entry({ text: 'Words', language: 'en' })] });
  const rest = { action: null, certainty: 'confirmed', state: 'published', confidence: null, evidence: null, caveat: null };
  const linked = { actors: [entry({ actor: 'actor-2', role: 'host', response: null })], topics: [], initiatives: [], related: [] };
  const action_items = [entry({ plan: 'the-plan', item: 2, effect: 'advances', note: null })];
  const document = { ...rest, ...linked, place, details, sources: [], action_items, notes, ...event };
  await events.create(smuggled(document), author);
  await events.update('event-2', () => smuggled({ ...document, significance: 1 }), author);
}

const leaksIn = (text: string): string[] =>
  Object.entries(secrets).flatMap(([name, secret]) => (text.includes(secret) ? [`${name}: …${around(text, secret)}…`] : []));
const around = (text: string, secret: string) => text.slice(Math.max(0, text.indexOf(secret) - 80), text.indexOf(secret));

test('there are secrets to look for, and places to look in', async () => {
  expect(Object.keys(secrets).length).toBeGreaterThan(7);
  expect(leaksIn(`${SMUGGLED} ${ADMIN_KEY}`)).toHaveLength(2);
  for (const { path, key } of RESOURCES) {
    expect((await api.get(`${path}/${key(1)}`)).json().version, path).toBe(3);
    expect((await api.get(`${path}/${key(2)}`)).statusCode, path).toBe(200);
    expect((await api.get(`${path}/${key(3)}`)).statusCode, path).toBe(404);
  }
});

test('no table holds one, but that of the keys their digests', async () => {
  const { rows: tables } = await database.pool.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'api_keys'",
  );
  expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['revisions', 'events', 'event_cards', 'topics']));
  for (const { name } of tables) {
    const { rows } = await database.pool.query<{ text: string }>(`select string_agg(row_to_json(t)::text, ' ') as text from ${name} t`);
    expect(leaksIn(rows[0]!.text ?? ''), name).toEqual([]);
  }
  const { rows } = await database.pool.query<{ text: string }>(`select string_agg(row_to_json(k)::text, ' ') as text from api_keys k`);
  expect(leaksIn(rows[0]!.text).every((leak) => leak.startsWith('the digest of key'))).toBe(true);
});

describe.each(RESOURCES)('$name', ({ path, key, whole }) => {
  test.each([
    '',
    `/${key(1)}`,
    `/${key(2)}`,
    ...[1, 2].map((n) => `/${key(n)}/revisions`),
    `/${key(1)}/revisions/3`,
    `/${key(2)}/revisions/1`,
  ])('no answer to GET %s tells one', async (url) => {
    const answer = await api.get(`${path}${url}`, { as: 'admin' });
    expect(answer.statusCode).toBe(200);
    expect(leaksIn(answer.body)).toEqual([]);
  });

  test('what is kept of a document is whole all the same', async () => {
    expect((await api.get(`${path}/${key(2)}/revisions/1`)).json().state).toMatchObject(whole(2));
  });
});

test.each(['', '.csv', '.ndjson', '.ics', '.atom', '.feed.json', '.timelinejs.json', '.jsonld'])(
  'the timeline%s tells none',
  async (suffix) => {
    const answer = await api.get(`/v1/timeline${suffix}`);
    expect(answer.body).toContain('Event 2');
    expect(leaksIn(answer.body)).toEqual([]);
  },
);

test('differences tell none', async () => {
  const { body } = await api.get('/v1/events/event-2/revisions?diff=1..2');
  expect(body).toContain('The significance changed from 5 to 1.');
  expect(leaksIn(body)).toEqual([]);
});

test('the log tells none, whatever was refused or broke', async () => {
  await api.post('/v1/topics', `{"name": "${SMUGGLED}`, { headers: { 'content-type': 'application/json' } });
  await api.post('/v1/topics', { name: 'A topic', slug: 'topic-2', description: SMUGGLED });
  await api.get(`/v1/topics?name=${SMUGGLED}`);
  await database.pool.query('alter table revisions rename to elsewhere');
  const broken = await api.get('/v1/topics/topic-1/revisions', { as: 'editor' });
  await database.pool.query('alter table elsewhere rename to revisions');
  expect(broken.statusCode).toBe(500);
  expect(leaksIn(broken.body)).toEqual([]);
  expect(log.length).toBeGreaterThan(50);
  expect(log.join('')).toContain('"operation":"listTopicRevisions"');
  expect(leaksIn(log.join(''))).toEqual([]);
});
