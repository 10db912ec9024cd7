// API keys: shown once, kept as digests, refused from the moment they expire or are revoked.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createKeyStore } from '../../src/keys/store.js';
import { useApp, useDatabase } from '../support/app.js';

const api = useApp('empty');
const admin = { as: 'admin' } as const;
const use = (key: string) => api.app.inject({ url: '/v1/topics', headers: { authorization: `Bearer ${key}` } });
const make = async (body: object): Promise<{ id: string; key: string }> => (await api.post('/v1/keys', body, admin)).json();
const patch = (id: string, body: object) => api.patch(`/v1/keys/${id}`, body, admin);

test('a key is in the answer that makes it, and works', async () => {
  const made = await api.post('/v1/keys', { name: 'Newsroom', role: 'editor' }, admin);
  expect([made.statusCode, made.headers['cache-control'], made.headers.location]).toEqual([201, 'no-store', `/v1/keys/${made.json().id}`]);
  expect(made.json()).toMatchObject({ name: 'Newsroom', role: 'editor', expires_at: null, key: expect.stringMatching(/^dmr_[\w-]{49}$/) });
  expect((await use(made.json().key)).statusCode).toBe(200);
});

test('only its digest is kept, and no answer shows either', async () => {
  const { id, key } = await make({ name: 'Secret', role: 'contributor' });
  const { rows } = await api.database.pool.query('select * from api_keys where id = $1', [id]);
  expect(rows[0].key_hash).toBe(createHash('sha256').update(key).digest('hex'));
  expect(JSON.stringify(rows)).not.toContain(key);
  const list = await api.get('/v1/keys', admin);
  expect(list.json().data.map((one: { id: string }) => one.id)).toContain(id);
  for (const { body } of [list, await api.get(`/v1/keys/${id}`, admin), await patch(id, { name: 'Still secret' })])
    expect([body.includes(key), body.includes(rows[0].key_hash)]).toEqual([false, false]);
});

test('a revoked key is refused from then on, and cannot be revoked again', async () => {
  const { id, key } = await make({ name: 'Gone', role: 'editor' });
  expect((await api.delete(`/v1/keys/${id}`, admin)).statusCode).toBe(204);
  expect((await use(key)).statusCode).toBe(401);
  expect((await api.delete(`/v1/keys/${id}`, admin)).statusCode).toBe(404);
  expect((await api.get(`/v1/keys/${id}`, admin)).json().revoked_at).not.toBeNull();
});

test('one that another process revoked is refused with the next request', async () => {
  const { id, key } = await make({ name: 'Elsewhere', role: 'editor' });
  expect((await use(key)).statusCode).toBe(200);
  await createKeyStore(api.database).revoke(id);
  expect((await use(key)).statusCode).toBe(401);
});

test('a key is refused once it has expired', async () => {
  const { id, key } = await make({ name: 'Short', role: 'editor', expires_at: '2099-01-01T00:00:00Z' });
  expect((await use(key)).statusCode).toBe(200);
  await api.database.pool.query(`update api_keys set expires_at = now() - interval '1 second' where id = $1`, [id]);
  expect((await use(key)).statusCode).toBe(401);
});

test.each([
  [{ role: 'editor' }, '/name'],
  [{ name: 'x', role: 'owner' }, '/role'],
  [{ name: 'x', role: 'editor', expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
  [{ name: 'x', role: 'editor', expires_at: 'tomorrow' }, '/expires_at'],
  [{ name: 'x', role: 'editor', key: 'mine' }, '/key'],
])('%j is refused', async (body, pointer) => {
  expect((await api.post('/v1/keys', body, admin)).json()).toMatchObject({ status: 422, errors: [{ pointer }] });
});

describe('the list', () => {
  test('is paged, the newest first, and each page leads to its neighbours', async () => {
    for (const name of ['1', '2', '3', '4', '5']) await make({ name: `Listed ${name}`, role: 'contributor' });
    const first = await api.get('/v1/keys?limit=2', admin);
    expect([first.headers['cache-control'], first.headers.etag]).toEqual(['private, no-cache', expect.stringMatching(/^"/)]);
    const namesOf = (page: { data: { name: string }[] }) => page.data.map(({ name }) => name);
    expect(namesOf(first.json())).toEqual(['Listed 5', 'Listed 4']);
    const second = (await api.get(first.json().page.next, admin)).json();
    expect(namesOf(second)).toEqual(['Listed 3', 'Listed 2']);
    expect(namesOf((await api.get(second.page.previous, admin)).json())).toEqual(['Listed 5', 'Listed 4']);
  });

  test('refuses a cursor that is not its own', async () => {
    for (const cursor of ['x', Buffer.from('["next","x",["1"]]').toString('base64url')])
      expect((await api.get(`/v1/keys?cursor=${cursor}`, admin)).statusCode).toBe(400);
  });
});

describe('a key is renamed, and ends at another time', () => {
  test('what is left out stays, null means never', async () => {
    const { id } = await make({ name: 'Old name', role: 'editor', expires_at: '2099-01-01T00:00:00Z' });
    expect((await patch(id, { name: 'New name' })).json()).toMatchObject({ name: 'New name', expires_at: '2099-01-01T00:00:00.000Z' });
    expect((await patch(id, { expires_at: null })).json()).toMatchObject({ name: 'New name', expires_at: null });
  });

  test.each([
    [{ role: 'admin' }, '/role'],
    [{ name: null }, '/name'],
    [{ expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
  ])('%j is refused', async (body, pointer) => {
    const { id } = await make({ name: 'Held', role: 'editor' });
    expect((await patch(id, body)).json()).toMatchObject({ status: 422, errors: [{ pointer }] });
  });

  test('one that is over stays so: it is neither changed nor rotated', async () => {
    const [revoked, expired] = [await make({ name: 'Over', role: 'editor' }), await make({ name: 'Over', role: 'editor' })];
    await api.delete(`/v1/keys/${revoked.id}`, admin);
    await api.database.pool.query('update api_keys set expires_at = now() where id = $1', [expired.id]);
    for (const { id } of [revoked, expired])
      expect([(await patch(id, { expires_at: null })).statusCode, (await api.post(`/v1/keys/${id}/rotate`, {}, admin)).statusCode]).toEqual(
        [409, 409],
      );
    expect((await use(expired.key)).statusCode).toBe(401);
  });

  test('one that is not there is not found', async () => {
    const nobody = '/v1/keys/01985c2e-0000-7000-8000-000000000001';
    const answers = [await api.get(nobody, admin), await api.patch(nobody, {}, admin), await api.post(`${nobody}/rotate`, {}, admin)];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404]);
  });
});

describe('the first admin key', () => {
  const used = useDatabase('empty');
  const given = 'a-secret-of-at-least-thirty-two-characters';

  test('is made where there is no valid one, by one of many that start together', async () => {
    const keys = createKeyStore(used.database);
    const made = await Promise.all(Array.from({ length: 5 }, () => keys.ensureAdmin(undefined)));
    const [one, ...more] = made.filter((key) => key !== null);
    expect(more).toEqual([]);
    expect(await keys.authenticate(one!.key)).toMatchObject({ role: 'admin' });
    expect(await keys.ensureAdmin(given)).toBeNull();
    expect(await keys.authenticate(given)).toBeNull();
  });

  test('is the given one where one is given', async () => {
    await used.database.pool.query('update api_keys set revoked_at = now()');
    const keys = createKeyStore(used.database);
    await expect(keys.ensureAdmin(`dmr_${'x'.repeat(49)}`)).rejects.toThrow(/^ADMIN_KEY .* checksum/);
    expect((await keys.ensureAdmin(given))!.key).toBe(given);
    expect(await keys.authenticate(given)).toMatchObject({ role: 'admin' });
  });
});
