// The export of a release: every byte of it follows from the state at that change, and from nothing that came later.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { entriesAsOf } from '../../src/releases/sql.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');
const admin = { as: 'admin' } as const;

interface Line {
  entity: string;
  id: string;
  version: number;
  recorded_at: string;
  state: Record<string, unknown> & { slug?: string };
}
const take = async (label: string) => (await api.post('/v1/releases', { label }, admin)).json();
const exportOf = async (label: string) => (await api.get(`/v1/releases/${label}/export.ndjson`)).body;
const linesOf = async (label: string): Promise<Line[]> =>
  (await exportOf(label))
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const made = async (path: string, body: object) => {
  const answer = await api.post(`/v1/${path}`, body);
  expect(answer.statusCode).toBe(201);
  return answer.json();
};
const event = { type: 'statement', date: '2025-08-01' };

describe('the bytes', () => {
  test('are those that the digest is over, each line ended by LF', async () => {
    const release = await take('bytes');
    const answer = await api.get('/v1/releases/bytes/export.ndjson');
    expect(sha256(answer.body)).toBe(release.sha256);
    expect(Buffer.byteLength(answer.body)).toBe(release.bytes);
    expect(answer.body).toMatch(/^\{.*\}\n$/s);
    expect(answer.body).not.toContain('\r');
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
  });

  test('are told by their digest, in ETag and Repr-Digest, and not sent again', async () => {
    const release = await take('digest');
    const { headers } = await api.get('/v1/releases/digest/export.ndjson');
    expect(headers.etag).toBe(`"${release.sha256}"`);
    expect(headers['repr-digest']).toBe(`sha-256=:${Buffer.from(release.sha256, 'hex').toString('base64')}:`);
    const again = await api.get('/v1/releases/digest/export.ndjson', { headers: { 'if-none-match': headers.etag as string } });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    const head = await api.app.inject({ method: 'HEAD', url: '/v1/releases/digest/export.ndjson' });
    expect([head.statusCode, head.body, head.headers.etag]).toEqual([200, '', headers.etag]);
  });

  test('come in the order of entities, then of ids, each entity once', async () => {
    await take('order');
    const places = (await linesOf('order')).map(({ entity, id }) => `${entity} ${id}`);
    expect(places.length).toBeGreaterThan(800);
    expect(places).toEqual([...new Set(places)].sort());
  });

  test('count what the release counts', async () => {
    const { counts, event_types } = await take('counts');
    const lines = await linesOf('counts');
    const tally = (names: string[]) =>
      Object.fromEntries([...new Set(names)].map((name) => [name, names.filter((one) => one === name).length]));
    expect(tally(lines.map(({ entity }) => entity))).toEqual(counts);
    expect(tally(lines.filter(({ entity }) => entity === 'event').map(({ state }) => state.type as string))).toEqual(event_types);
  });

  test('hold each entity as a PUT would send it', async () => {
    await take('whole');
    for (const [entity, path] of [
      ['event', 'events'],
      ['actor', 'actors'],
      ['topic', 'topics'],
      ['source', 'sources'],
      ['initiative', 'initiatives'],
      ['action_plan', 'action-plans'],
    ]) {
      const { id, version, recorded_at, state } = (await linesOf('whole')).find((line) => line.entity === entity)!;
      const answer = (await api.get(`/v1/${path}/${state.slug ?? id}`)).json();
      expect([answer.id, answer.version, answer.updated_at]).toEqual([id, version, recorded_at]);
      const put = await api.put(`/v1/${path}/${state.slug ?? id}?validate_only=true`, state);
      expect([put.statusCode, put.json().version], `${entity} ${put.body}`).toEqual([200, version]);
    }
  });
});

describe('what came later changes nothing', () => {
  test('edits, deletes, new names, drafts, what is withdrawn, restored or new', async () => {
    const actor = await made('actors', { slug: 'later-actor', kind: 'bloc', name: 'Before' });
    await made('topics', { slug: 'later-topic', name: 'A topic to go' });
    for (const slug of ['later-edited', 'later-deleted', 'later-withdrawn', 'later-draft'])
      await made('events', { ...event, slug, title: 'Before', actors: [{ actor: 'later-actor', role: 'subject' }] });
    const release = await take('before');
    const before = await exportOf('before');
    expect(before).toContain('later-deleted');

    const changes = [
      await api.patch('/v1/events/later-edited', { title: 'After' }),
      await api.patch('/v1/events/later-edited', { summary: 'After' }),
      await api.delete('/v1/events/later-deleted'),
      await api.patch('/v1/events/later-withdrawn', { state: 'withdrawn' }),
      await api.patch('/v1/events/later-draft', { state: 'draft' }),
      await api.patch('/v1/actors/later-actor', { name: 'After' }),
      await api.delete('/v1/topics/later-topic'),
      await api.delete('/v1/events/later-edited'),
      await api.post('/v1/events/later-edited/restore'),
      await api.post('/v1/events', { ...event, slug: 'later-new', title: 'After' }),
    ];
    for (const { statusCode, body } of changes) expect(statusCode, body).toBeLessThan(300);
    expect(actor.version).toBe(1);
    expect(await exportOf('before')).toBe(before);
    expect((await api.get('/v1/releases/before')).json()).toEqual(release);

    await take('after');
    const after = await linesOf('after');
    const find = (slug: string) => after.find(({ state }) => state.slug === slug);
    expect(find('later-edited')).toMatchObject({ version: 5, state: { title: 'After', summary: 'After' } });
    expect(find('later-actor')).toMatchObject({ version: 2, state: { name: 'After' } });
    expect(find('later-new')).toMatchObject({ version: 1 });
    for (const slug of ['later-deleted', 'later-withdrawn', 'later-draft', 'later-topic']) expect(find(slug), slug).toBeUndefined();
    expect(sha256(await exportOf('after'))).not.toBe(release.sha256);
  });
});

describe('what readers may not see is in no export', () => {
  const CANARY = 'canary-7f3a';
  test('drafts, what is in review, their reasons and comments, and keys', async () => {
    await made('events', { ...event, slug: 'hidden-draft', title: CANARY, state: 'draft' });
    await made('events', { ...event, slug: 'hidden-review', title: CANARY, state: 'in_review' });
    await made('events', { ...event, slug: 'shown-before', title: 'Shown', comment: CANARY });
    await api.patch('/v1/events/shown-before', { title: CANARY, state: 'draft' });
    await made('events', { ...event, slug: 'withdrawn-draft', title: CANARY, state: 'draft' });
    await api.patch('/v1/events/withdrawn-draft', { state: 'withdrawn' });
    await api.services.keys.create({ name: CANARY, role: 'editor', expires_at: null });
    await take('hidden');
    for (const as of [null, 'contributor', 'editor', 'admin'] as const) {
      const { body } = await api.get('/v1/releases/hidden/export.ndjson', { as });
      expect(body).not.toContain(CANARY);
      expect(body).not.toContain('hidden-');
      expect(body).not.toContain('dmr_');
    }
  });

  test('until it is published, and only as it was then', async () => {
    await made('events', { ...event, slug: 'to-come', title: `${CANARY} once`, state: 'draft' });
    await api.patch('/v1/events/to-come', { title: 'For all', state: 'published' });
    await take('published');
    expect((await linesOf('published')).find(({ state }) => state.slug === 'to-come')).toMatchObject({
      version: 2,
      state: { title: 'For all' },
    });
    expect(await exportOf('published')).not.toContain(`${CANARY} once`);
  });

  test('and no entity but those of the history', async () => {
    await api.database.pool.query(
      `insert into revisions (entity, entity_id, version, operation, author_name, recorded_at, state)
       select 'webhook', gen_random_uuid(), 1, 'created', 'x', now(), '{"secret": "canary-7f3a"}'`,
    );
    await take('other');
    expect(await exportOf('other')).not.toContain(CANARY);
  });
});

describe('how it is read', () => {
  test('in the order of its index, without sorting, however much there is', async () => {
    const { pool } = api.database;
    await pool.query(`insert into revisions (entity, entity_id, version, operation, author_name, recorded_at, superseded_at, superseded_seq, state)
      select 'event', ('019b0000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, v, 'updated', 'x', now(),
        case when v < 5 then now() end, case when v < 5 then 1000000000 end, '{"type": "other", "filler": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}'
      from generate_series(1, 4000) n, generate_series(1, 5) v`);
    await pool.query('analyze revisions');
    const { text, values } = entriesAsOf(1_000_000, 'event', '019b0000-0000-7000-8000-000000002000');
    const { rows } = await pool.query(`explain ${text}`, values);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('revisions_entity_entity_id_seq_idx');
    expect(plan).not.toContain('Sort');
  });

  test('with no connection held while the reader is slow', async () => {
    const { seq } = await take('slow');
    const readers = Array.from({ length: 12 }, () => api.services.releases.lines(seq));
    for (const reader of readers) expect((await reader.next()).done).toBe(false);
    expect((await api.get('/v1/releases/slow')).statusCode).toBe(200);
    expect(api.database.pool.idleCount).toBe(api.database.pool.totalCount);
    for (const reader of readers) await reader.return(undefined);
  });
});
