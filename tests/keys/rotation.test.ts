// Keys are replaced without a gap, their use is noted by the day, and one admin key is always left.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createKeyStore } from '../../src/keys/store.js';
import { useApp, useDatabase } from '../support/app.js';

const api = useApp('empty');
const admin = { as: 'admin' } as const;
const use = async (key: string) => (await api.app.inject({ url: '/v1/topics', headers: { authorization: `Bearer ${key}` } })).statusCode;
const make = async (body: object): Promise<{ id: string; key: string }> => (await api.post('/v1/keys', body, admin)).json();
const rotate = (id: string, body?: object) => api.post(`/v1/keys/${id}/rotate`, body, admin);
const HOUR = 3_600_000;

describe('a key is rotated', () => {
  test('the new one is answered once and has the name, role and end of the old one, which stays valid for a day', async () => {
    const { id, key } = await make({ name: 'Turned', role: 'editor', expires_at: '2099-01-01T00:00:00Z' });
    const answer = await rotate(id);
    const made = answer.json();
    expect([answer.statusCode, answer.headers['cache-control'], answer.headers.location]).toEqual([201, 'no-store', `/v1/keys/${made.id}`]);
    expect(made).toMatchObject({ name: 'Turned', role: 'editor', expires_at: '2099-01-01T00:00:00.000Z', replaced: { id } });
    expect(Date.parse(made.replaced.valid_until) - Date.now()).toBeGreaterThan(23.9 * HOUR);
    expect(Date.parse(made.replaced.valid_until) - Date.now()).toBeLessThanOrEqual(24 * HOUR);
    expect((await api.get(`/v1/keys/${id}`, admin)).json().expires_at).toBe(made.replaced.valid_until);
    expect([await use(key), await use(made.key)]).toEqual([200, 200]);
    await api.database.pool.query('update api_keys set expires_at = now() where id = $1', [id]);
    expect([await use(key), await use(made.key)]).toEqual([401, 200]);
  });

  test('with an overlap of 0 the old one is refused at once', async () => {
    const { id, key } = await make({ name: 'Leaked', role: 'editor' });
    const { key: other } = (await rotate(id, { overlap_hours: 0 })).json();
    expect([await use(key), await use(other)]).toEqual([401, 200]);
    expect((await api.get(`/v1/keys/${id}`, admin)).json().revoked_at).not.toBeNull();
  });

  test('an overlap never makes the old one last longer', async () => {
    const soon = new Date(Date.now() + HOUR).toISOString();
    const { id } = await make({ name: 'Brief', role: 'editor', expires_at: soon });
    expect((await rotate(id, { overlap_hours: 48 })).json().replaced.valid_until).toBe(soon);
  });

  test.each([{ overlap_hours: -1 }, { overlap_hours: 721 }, { overlap_hours: 1.5 }, { overlap_hours: '1' }, { role: 'admin' }])(
    '%j is refused',
    async (body) => {
      const { id, key } = await make({ name: 'Held', role: 'editor' });
      expect((await rotate(id, body)).statusCode).toBe(422);
      expect(await use(key)).toBe(200);
    },
  );
});

describe('the last use of a key', () => {
  const dayOf = async (id: string) => (await api.get(`/v1/keys/${id}`, admin)).json().last_used_on;
  /** How often it was written down while `work` ran. */
  const countNotes = async (work: () => Promise<unknown>) => {
    const query = vi.spyOn(api.database.pool, 'query');
    await work();
    const notes = query.mock.calls.filter(([statement]) => (statement as { name?: string }).name === 'last use');
    query.mockRestore();
    return notes.length;
  };

  test('is the day, written once a day however often it is sent', async () => {
    const { id, key } = await make({ name: 'Used', role: 'editor' });
    expect(await dayOf(id)).toBeNull();
    const notes = await countNotes(async () => {
      await Promise.all(Array.from({ length: 20 }, () => use(key)));
      await expect.poll(() => dayOf(id)).toMatch(/^\d{4}-\d\d-\d\d$/);
      for (let times = 0; times < 5; times++) await use(key);
    });
    // The key of the admin who looks is used, too.
    expect(notes).toBeLessThanOrEqual(2);
  });

  test('is the next day, too, and of several processes one writes it', async () => {
    const { id, key } = await make({ name: 'Used again', role: 'editor' });
    const { pool } = api.database;
    await pool.query(`update api_keys set last_used_on = '2025-07-26' where id = $1`, [id]);
    const notes: Promise<{ rowCount: number | null }>[] = [];
    const watched = {
      query(statement: { name?: string }, values: never) {
        const result = pool.query(statement as never, values) as never as (typeof notes)[number];
        if (statement.name === 'last use') notes.push(result);
        return result;
      },
    };
    const processes = Array.from({ length: 3 }, () => createKeyStore({ prisma: api.database.prisma, pool: watched as never }));
    await Promise.all(processes.map((keys) => keys.authenticate(key)));
    const written = (await Promise.all(notes)).filter(({ rowCount }) => rowCount === 1);
    expect(written).toHaveLength(1);
    expect(await dayOf(id)).toMatch(/^20(?!25-07-26)/);
  });

  test('no request waits for it or fails with it', async () => {
    const { id, key } = await make({ name: 'Unnoted', role: 'editor' });
    const { pool } = api.database;
    const keys = createKeyStore({
      prisma: api.database.prisma,
      pool: {
        query: (statement: { name?: string }, values?: unknown[]) =>
          statement.name === 'last use' ? Promise.reject(new Error('read only')) : pool.query(statement as never, values),
      } as never,
    });
    expect(await keys.authenticate(key)).toEqual({ id, name: 'Unnoted', role: 'editor' });
    expect(await keys.authenticate(key)).toEqual({ id, name: 'Unnoted', role: 'editor' });
    expect(await dayOf(id)).toBeNull();
  });

  test('is not noted of one that is refused', async () => {
    const { id, key } = await make({ name: 'Refused', role: 'editor' });
    await api.delete(`/v1/keys/${id}`, admin);
    expect(await countNotes(() => use(key))).toBe(0);
  });
});

describe('one admin key is always left', () => {
  const used = useDatabase('empty');
  const keysOf = () => createKeyStore(used.database);
  const add = (expires_at: string | null = null) => keysOf().create({ name: 'admin', role: 'admin', expires_at });
  const refusal = { code: 'conflict', detail: expect.stringMatching(/make another first, or rotate this one\.$/) };
  const inDays = (days: number) => new Date(Date.now() + days * 24 * HOUR).toISOString();
  beforeEach(async () => void (await used.database.pool.query('delete from api_keys')));

  test('the last one is not revoked, and another one is', async () => {
    const [one, other] = [await add(), await add()];
    await keysOf().revoke(one.id);
    await expect(keysOf().revoke(other.id)).rejects.toMatchObject(refusal);
    expect(await keysOf().authenticate(other.key)).not.toBeNull();
  });

  test('nor does it end sooner, unless another one lasts longer', async () => {
    const last = await add();
    await add(inDays(1));
    await expect(keysOf().change(last.id, { expires_at: inDays(2) })).rejects.toMatchObject(refusal);
    await add(inDays(3));
    expect((await keysOf().change(last.id, { expires_at: inDays(2) })).expires_at).not.toBeNull();
  });

  test('an editor does not count, nor one that is over', async () => {
    const last = await add();
    await keysOf().create({ name: 'editor', role: 'editor', expires_at: null });
    await add('2020-01-01T00:00:00Z');
    await expect(keysOf().revoke(last.id)).rejects.toMatchObject(refusal);
  });

  test('the last one can be rotated, also at once', async () => {
    const { id, key } = await add();
    const made = await keysOf().rotate(id, { overlap_hours: 0 });
    expect([await keysOf().authenticate(key), await keysOf().authenticate(made.key)]).toEqual([
      null,
      expect.objectContaining({ role: 'admin' }),
    ]);
  });

  test('of two admins who revoke each other at once, one is left', async () => {
    const [one, other] = [await add(), await add()];
    const done = await Promise.allSettled([keysOf().revoke(one.id), keysOf().revoke(other.id)]);
    expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const left = (await Promise.all([one, other].map(({ key }) => keysOf().authenticate(key)))).filter((bearer) => bearer !== null);
    expect(left).toHaveLength(1);
  });

  test('the API says so with 409', async () => {
    const { data } = (await api.get('/v1/keys?limit=200', admin)).json();
    const admins = data.filter(
      ({ role, revoked_at }: { role: string; revoked_at: string | null }) => role === 'admin' && revoked_at === null,
    );
    expect(admins).toHaveLength(1);
    const answer = await api.delete(`/v1/keys/${admins[0].id}`, admin);
    expect(answer.json()).toMatchObject({ status: 409, type: '/problems/conflict' });
    expect((await api.get('/v1/keys', admin)).statusCode).toBe(200);
  });
});
