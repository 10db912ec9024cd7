// Releases: taken by admins, pinned to the last change, never changed, listed and cited.
import { describe, expect, test } from 'vitest';
import { createReleaseStore } from '../../src/releases/store.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');
const admin = { as: 'admin' } as const;
const take = (label: string, notes?: string) => api.post('/v1/releases', { label, ...(notes !== undefined && { notes }) }, admin);
const lastChange = async () =>
  (await api.database.pool.query('select seq::int, recorded_at from revisions order by seq desc limit 1')).rows[0];

describe('taking a release', () => {
  test('pins the last change, and tells what is in it', async () => {
    const last = await lastChange();
    const taken = await take('2026-11', ' All of November. ');
    expect([taken.statusCode, taken.headers.location, taken.headers['cache-control']]).toEqual([201, '/v1/releases/2026-11', 'no-store']);
    const { rows } = await api.database.pool.query(
      `select entity, count(*)::int from revisions where superseded_seq is null and is_public group by entity`,
    );
    expect(taken.json()).toMatchObject({
      label: '2026-11',
      notes: 'All of November.',
      seq: last.seq,
      pinned_at: last.recorded_at.toISOString(),
      author: 'test admin',
      counts: Object.fromEntries(rows.map(({ entity, count }) => [entity, count])),
      export_url: '/v1/releases/2026-11/export.ndjson',
      timeline_url: '/v1/timeline?release=2026-11',
    });
    const events = await api.database.pool.query(`select type, count(*)::int from events group by type`);
    expect(taken.json().event_types).toEqual(Object.fromEntries(events.rows.map(({ type, count }) => [type, count])));
    expect((await api.get('/v1/releases/2026-11')).body).toBe(taken.body);
  });

  test('with validate_only everything is told, and nothing is kept', async () => {
    const would = await api.post('/v1/releases?validate_only=true', { label: 'would-be' }, admin);
    expect([would.statusCode, would.headers.location]).toEqual([200, undefined]);
    expect(would.json().sha256).toMatch(/^[0-9a-f]{64}$/);
    expect((await api.get('/v1/releases/would-be')).statusCode).toBe(404);
    expect((await take('would-be')).statusCode).toBe(201);
  });

  test('a label is taken once, also with validate_only and by two at the same time', async () => {
    await take('once');
    for (const url of ['/v1/releases', '/v1/releases?validate_only=true']) {
      const again = await api.post(url, { label: 'once' }, admin);
      expect(again.json()).toMatchObject({
        status: 409,
        detail: 'There is a release once already, and releases never change; choose another label.',
      });
    }
    const both = await Promise.all([take('race'), take('race')]);
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409]);
  });

  test.each(['v1.2', '2026-11-30', '2026_q4', 'a', '0', 'x'.repeat(60)])('%s is a label', async (label) => {
    const taken = await take(label);
    expect([taken.statusCode, taken.headers.location]).toEqual([201, `/v1/releases/${label}`]);
    expect((await api.get(`/v1/releases/${label}`)).json().label).toBe(label);
  });

  const HOSTILE = [
    '',
    '.',
    '..',
    '-a',
    'a-',
    'a..b',
    'A',
    'é',
    'a b',
    'a/b',
    'a%2fb',
    '../keys',
    "a'--",
    'a\n',
    'a\u0000',
    'x'.repeat(61),
    7,
    null,
    ['a'],
    {},
  ];
  test.each(HOSTILE.map((label) => [JSON.stringify(label)?.slice(0, 20), label]))('%s is none', async (_, label) => {
    const { status, errors } = (await api.post('/v1/releases', { label }, admin)).json();
    expect([status, errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([422, ['/label']]);
  });

  test.each([
    [{ notes: 'x' }, '/label'],
    [{ label: 'x1', notes: '' }, '/notes'],
    [{ label: 'x1', notes: 'x'.repeat(5001) }, '/notes'],
    [{ label: 'x1', seq: 3 }, '/seq'],
    [{ label: 'x1', sha256: 'x' }, '/sha256'],
  ] as [object, string][])('what does not fit is refused: %#', async (body, pointer) => {
    expect((await api.post('/v1/releases', body, admin)).json()).toMatchObject({ status: 422, errors: [{ pointer }] });
  });

  test('only admins take one', async () => {
    for (const [as, status] of [
      [null, 401],
      ['contributor', 403],
      ['editor', 403],
    ] as const)
      expect((await api.post('/v1/releases', { label: 'mine' }, { as })).statusCode).toBe(status);
    expect((await api.get('/v1/releases/mine')).statusCode).toBe(404);
  });

  test('two releases of the same state have the same digest', async () => {
    const [one, other] = [(await take('same-1')).json(), (await take('same-2')).json()];
    expect([other.seq, other.sha256, other.bytes]).toEqual([one.seq, one.sha256, one.bytes]);
  });

  test('it is a change of nothing: the history goes on where it was', async () => {
    const before = await lastChange();
    await take('quiet');
    expect(await lastChange()).toEqual(before);
  });
});

describe('reading releases', () => {
  test('all of them, the newest first, page by page and back', async () => {
    const { rows } = await api.database.pool.query('select label from releases order by created_at desc, label desc');
    const all = rows.map(({ label }) => label);
    expect(all.length).toBeGreaterThan(8);
    type Listed = { data: { label: string }[]; page: { next: string | null; previous: string | null; total: number } };
    const labelsOf = (page: { data: { label: string }[] }) => page.data.map(({ label }) => label);
    const seen: string[] = [];
    let previous: string | null = null;
    for (let url: string | null = '/v1/releases?limit=3&total=true'; url !== null; ) {
      const { page, data }: Listed = (await api.get(url)).json();
      expect(page.total).toBe(all.length);
      seen.push(...labelsOf({ data }));
      [previous, url] = [page.previous, page.next];
    }
    expect(seen).toEqual(all);
    const { data } = (await api.get(previous!)).json();
    expect(all.join()).toContain(labelsOf({ data }).join());
    expect(data).toHaveLength(3);
  });

  test('an entry of the list is the release itself', async () => {
    const [first] = (await api.get('/v1/releases?limit=1')).json().data;
    expect(first).toEqual((await api.get(`/v1/releases/${first.label}`)).json());
  });

  test('a cursor that is not one is refused', async () => {
    const forged = (key: unknown[]) => Buffer.from(JSON.stringify(['next', 'x'.repeat(12), key])).toString('base64url');
    for (const cursor of ['x', forged(['2026-13-99T99:99:99.999Z', 'a']), forged(["'", 'a'])])
      expect((await api.get(`/v1/releases?cursor=${cursor}`)).json()).toMatchObject({ status: 400, errors: [{ parameter: 'cursor' }] });
  });

  test('what has not changed is not sent again', async () => {
    for (const url of ['/v1/releases', '/v1/releases/2026-11', '/v1/releases/2026-11/citation.bib']) {
      const { etag } = (await api.get(url)).headers;
      expect(etag).toMatch(/^"[\w-]+"$/);
      const again = await api.get(url, { headers: { 'if-none-match': String(etag) } });
      expect([again.statusCode, again.body]).toEqual([304, '']);
    }
  });

  test('a label that is none, and one that is not there, are told apart', async () => {
    for (const path of ['', '/export.ndjson', '/citation.bib', '/citation.csl.json']) {
      expect((await api.get(`/v1/releases/2031-01${path}`)).json()).toMatchObject({
        status: 404,
        detail: 'There is no release 2031-01; GET /v1/releases lists them.',
      });
      for (const label of ['A', 'a%00', `${'x'.repeat(61)}`, 'a%2fb', "'"])
        expect((await api.get(`/v1/releases/${label}${path}`)).json(), label).toMatchObject({ status: 400 });
    }
  });

  test('nothing changes or deletes one: there is no such operation, and the database refuses', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE'] as const) {
      const answer = await api.app.inject({ method, url: '/v1/releases/2026-11', headers: { authorization: `Bearer ${api.keys.admin}` } });
      expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
    }
    for (const statement of [`update releases set notes = ''`, 'delete from releases', 'truncate releases'])
      await expect(api.database.pool.query(statement)).rejects.toThrow('A release never changes.');
  });
});

describe('for the timeline', () => {
  test('a label stands for the last change that its release knows', async () => {
    expect(await api.services.releases.seqOf('2026-11')).toBe((await api.get('/v1/releases/2026-11')).json().seq);
  });
  test('it is looked up once', async () => {
    const store = createReleaseStore(api.database);
    await store.seqOf('2026-11');
    expect(await api.countStatements(() => store.seqOf('2026-11'))).toEqual([]);
  });
  test('one that is not there is a mistake of the parameter', async () => {
    await expect(api.services.releases.seqOf('2031-01')).rejects.toMatchObject({
      status: 400,
      errors: [{ parameter: 'release', detail: 'There is no release 2031-01; GET /v1/releases lists them.' }],
    });
  });
});

describe('where nothing was ever recorded', () => {
  const empty = useApp('empty');
  test('there is nothing to release', async () => {
    expect((await empty.post('/v1/releases', { label: 'x' }, admin)).json()).toMatchObject({
      status: 409,
      detail: 'There is nothing to release yet; add something first.',
    });
    expect((await empty.get('/v1/releases')).json().data).toEqual([]);
  });
});
