// Releases taken while others write: every write is wholly in one, or not in it at all, and nobody waits.
import { createHash } from 'node:crypto';
import pg from 'pg';
import { expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const admin = { as: 'admin' } as const;
const WRITERS = 4;
const EACH = 25;

/** Each write makes an event, its actor, its topic and its source; every third event is then changed together with nothing else. */
async function write(writer: number): Promise<void> {
  for (let n = 0; n < EACH; n++) {
    const name = `w${writer}-${n}`;
    const made = await api.post('/v1/events', {
      slug: name,
      type: 'statement',
      title: name,
      date: '2025-08-01',
      actors: [{ actor: { slug: name, kind: 'bloc', name }, role: 'subject' }],
      topics: [{ slug: name, name }],
      sources: [{ source: { slug: name, url: `https://example.org/${name}`, title: name } }],
    });
    expect(made.statusCode).toBe(201);
    if (n % 3 === 0) expect((await api.patch(`/v1/events/${name}`, { title: `${name} again` })).statusCode).toBe(200);
  }
}

test('a release holds whole writes, in the order of their changes, whoever writes meanwhile', async () => {
  expect((await api.post('/v1/topics', { slug: 'first', name: 'First' })).statusCode).toBe(201);
  const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  let isOver = false;
  void writing.finally(() => (isOver = true));
  const releases: { label: string; seq: number; sha256: string }[] = [];
  while (!isOver) {
    const taken = await api.post('/v1/releases', { label: `r${releases.length}` }, admin);
    expect(taken.statusCode).toBe(201);
    releases.push(taken.json());
  }
  await writing;
  expect(new Set(releases.map(({ seq }) => seq)).size).toBeGreaterThan(5);

  const { rows } = await api.database.pool.query('select seq::int, entity, entity_id as id, version from revisions order by seq');
  for (const { label, seq, sha256 } of releases) {
    const { body } = await api.get(`/v1/releases/${label}/export.ndjson`);
    expect(createHash('sha256').update(body).digest('hex'), label).toBe(sha256);
    const lines = body
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    // The latest version of each that was recorded up to its change, told by the plain history.
    const latest = new Map(rows.filter((row) => row.seq <= seq).map((row) => [row.id, row.version]));
    expect(new Map(lines.map(({ id, version }) => [id, version]))).toEqual(
      new Map([...latest].sort(([one], [other]) => (one < other ? -1 : 1))),
    );
    const slugs = (entity: string) =>
      lines
        .filter((line) => line.entity === entity)
        .map(({ state }) => state.slug)
        .sort();
    expect(slugs('actor')).toEqual(slugs('event'));
    expect(slugs('source')).toEqual(slugs('event'));
    expect(slugs('topic')).toEqual(['first', ...slugs('event')]);
  }
});

test('a release waits for no write, and knows nothing of one that is under way', async () => {
  const other = new pg.Client({ connectionString: api.url });
  await other.connect();
  try {
    await other.query('begin');
    await other.query('select pg_advisory_xact_lock(7301202508)');
    await other.query(`update topics set name = 'Under way' where slug = 'first'`);
    await other.query(
      `update revisions set superseded_at = now(), superseded_seq = 1000000 where state ->> 'slug' = 'first' and entity = 'topic'`,
    );
    await other.query(`insert into revisions (seq, entity, entity_id, version, operation, author_name, recorded_at, state)
      select 1000000, entity, entity_id, 2, 'updated', 'x', now(), '{"slug": "first", "name": "Under way"}' from revisions where state ->> 'slug' = 'first' and entity = 'topic'`);
    const taken = (await api.post('/v1/releases', { label: 'meanwhile' }, admin)).json();
    const before = (await api.get('/v1/releases/meanwhile/export.ndjson')).body;
    expect(before).toContain('"name":"First"');
    await other.query('commit');
    const after = (await api.get('/v1/releases/meanwhile/export.ndjson')).body;
    expect(after).toBe(before);
    expect(taken.seq).toBeLessThan(1_000_000);
  } finally {
    await other.end();
  }
  expect((await api.post('/v1/releases', { label: 'then' }, admin)).json().seq).toBe(1_000_000);
  expect((await api.get('/v1/releases/then/export.ndjson')).body).toContain('"name":"Under way"');
});
