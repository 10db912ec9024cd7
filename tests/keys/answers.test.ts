// What a refused key tells: nothing on why it is refused, neither by its answer nor by what is done to find out. That a key is
// mistyped is told by its checksum, which anybody can calculate.
import pg from 'pg';
import { beforeAll, expect, test, vi } from 'vitest';
import { digestOf, newKey } from '../../src/keys/form.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const keys: Record<string, string> = {};
const make = async (name: string) => (await api.post('/v1/keys', { name, role: 'editor' }, { as: 'admin' })).json();

beforeAll(async () => {
  const [revoked, expired] = [await make('revoked'), await make('expired')];
  await api.delete(`/v1/keys/${revoked.id}`, { as: 'admin' });
  await api.database.pool.query(`update api_keys set expires_at = now() - interval '1 second' where id = $1`, [expired.id]);
  const unknown = newKey();
  const mistyped = `${unknown.slice(0, -1)}${unknown.endsWith('A') ? 'Q' : 'A'}`;
  Object.assign(keys, {
    unknown,
    revoked: revoked.key,
    expired: expired.key,
    mistyped,
    'of another form': 'hunter2',
    right: api.keys.editor,
  });
});

/** What the database is sent for a request that bears the key, and what is answered, without what differs each time. */
async function useKey(key: string) {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  const answer = await api.app.inject({ method: 'PUT', url: '/v1/topics/x', headers: { authorization: `Bearer ${key}` }, payload: {} });
  const sent = spy.mock.calls.map(([first]) => first as unknown as { name?: string; text: string; values: unknown[] });
  spy.mockRestore();
  const { date: _, 'x-request-id': id, ...headers } = answer.headers;
  const statements = sent.filter(({ name }) => !['last change', 'pulse', 'last use'].includes(name ?? ''));
  return { statements, status: answer.statusCode, headers, body: answer.body.replaceAll(String(id), 'id') };
}

test.each([
  ['unknown', 1],
  ['revoked', 1],
  ['expired', 1],
  ['of another form', 1],
  ['mistyped', 0],
])('one that is %s is looked for by its digest alone, with %i statement', async (kind, count) => {
  const { statements } = await useKey(keys[kind]!);
  expect(statements.map(({ values }) => values)).toEqual(Array(count).fill([digestOf(keys[kind]!)]));
  const { statements: ofRight } = await useKey(keys.right!);
  for (const { text } of statements) expect(text).toBe(ofRight[0]!.text);
  expect(ofRight[0]!.text).toMatch(/ from api_keys where key_hash = \$1 and /);
});

test('all that are refused are answered the same, to the last byte', async () => {
  const answers: object[] = [];
  for (const kind of Object.keys(keys).filter((kind) => kind !== 'right')) {
    const { statements: _, ...answer } = await useKey(keys[kind]!);
    answers.push(answer);
  }
  const [unknown, ...others] = answers;
  expect(unknown).toMatchObject({ status: 401 });
  expect(others).toHaveLength(4);
  for (const answer of others) expect(answer).toEqual(unknown);
});
