// What a key looks like: known by its prefix, and a mistyped one by its checksum.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMistyped, newKey } from '../../src/keys/form.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const use = (key: string) => api.app.inject({ url: '/v1/topics', headers: { authorization: `Bearer ${key}` } });
const store = async (key: string) =>
  api.services.keys.create({ name: 'kept', role: 'editor', expires_at: null }).then(async ({ id }) => {
    await api.database.pool.query(`update api_keys set key_hash = encode(sha256(convert_to($1, 'UTF8')), 'hex') where id = $2`, [key, id]);
  });

test('each key is another one, and is right', () => {
  const keys = Array.from({ length: 1000 }, newKey);
  expect(new Set(keys).size).toBe(1000);
  expect(keys.filter((key) => !/^dmr_[\w-]{49}$/.test(key) || isMistyped(key))).toEqual([]);
});

test('a key with one character changed, or two swapped, is told from a right one', () => {
  const place = fc.integer({ min: 4, max: 51 });
  fc.assert(
    fc.property(place, fc.constantFrom(...'aZ09_-~'), (at, sign) => {
      const key = newKey();
      const [changed, swapped] = [
        key.slice(0, at) + sign + key.slice(at + 1),
        key.slice(0, at) + key[at + 1] + key[at] + key.slice(at + 2),
      ];
      expect(isMistyped(changed)).toBe(changed !== key);
      expect(isMistyped(swapped)).toBe(swapped !== key);
    }),
  );
});

test('a mistyped key is refused without the database', async () => {
  const mistyped = api.keys.editor.replace(/.$/, (sign) => (sign === 'A' ? 'Q' : 'A'));
  for (const key of [mistyped, `dmr_${'x'.repeat(49)}`, 'x'.repeat(513)]) {
    const statements = await api.countStatements(async () => expect((await use(key)).statusCode).toBe(401));
    expect(statements).toEqual([]);
  }
});

test('one that was made before there were checksums, or chosen by hand, stays valid', async () => {
  for (const key of [`dmr_${'x'.repeat(43)}`, 'a-secret-of-at-least-thirty-two-characters', `dmr_${'y'.repeat(48)}`]) {
    expect((await use(key)).statusCode).toBe(401);
    await store(key);
    expect((await use(key)).statusCode).toBe(200);
  }
});
