// API keys: shown once, kept as digests, refused from the moment they expire or are revoked.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createKeyStore } from '../../src/keys/store.js';
import { useApp, useDatabase } from '../support/app.js';

const api = useApp('empty');
const admin = { as: 'admin' } as const;
const use = (key: string) => api.app.inject({ url: '/v1/topics', headers: { authorization: `Bearer ${key}` } });

test('a key is in the answer that makes it, and works', async () => {
  const made = await api.post('/v1/keys', { name: 'Newsroom', role: 'editor' }, admin);
  expect([made.statusCode, made.headers['cache-control'], made.headers.location]).toEqual([201, 'no-store', `/v1/keys/${made.json().id}`]);
  expect(made.json()).toMatchObject({ name: 'Newsroom', role: 'editor', expires_at: null, key: expect.stringMatching(/^dmr_[\w-]{43}$/) });
  expect((await use(made.json().key)).statusCode).toBe(200);
});

test('only its digest is kept, and no list shows either', async () => {
  const { id, key } = (await api.post('/v1/keys', { name: 'Secret', role: 'contributor' }, admin)).json();
  const { rows } = await api.database.pool.query('select * from api_keys where id = $1', [id]);
  expect(rows[0].key_hash).toBe(createHash('sha256').update(key).digest('hex'));
  expect(JSON.stringify(rows)).not.toContain(key);
  const list = await api.get('/v1/keys', admin);
  expect(list.json().data.map((one: { id: string }) => one.id)).toContain(id);
  expect(list.body).not.toContain(key);
  expect(list.body).not.toContain(rows[0].key_hash);
});

test('a revoked key is refused from then on, and cannot be revoked again', async () => {
  const { id, key } = (await api.post('/v1/keys', { name: 'Gone', role: 'editor' }, admin)).json();
  expect((await api.delete(`/v1/keys/${id}`, admin)).statusCode).toBe(204);
  expect((await use(key)).statusCode).toBe(401);
  expect((await api.delete(`/v1/keys/${id}`, admin)).statusCode).toBe(404);
  const listed = (await api.get('/v1/keys', admin)).json().data.find((one: { id: string }) => one.id === id);
  expect(listed.revoked_at).not.toBeNull();
});

test('a key is refused once it has expired', async () => {
  const { id, key } = (await api.post('/v1/keys', { name: 'Short', role: 'editor', expires_at: '2099-01-01T00:00:00Z' }, admin)).json();
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
    expect((await keys.ensureAdmin(given))!.key).toBe(given);
    expect(await keys.authenticate(given)).toMatchObject({ role: 'admin' });
  });
});
