// What is sent again after its first answer was lost: it was done together with what is kept of its answer, or not at all.
import pg from 'pg';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Sending, useApp } from '../support/app.js';

const api = useApp('empty');
let key = '';
let count = 0;
beforeEach(() => {
  key = `key-${count++}`;
});

const keyed = (sending: Sending = {}): Sending => ({ ...sending, headers: { ...sending.headers, 'idempotency-key': key } });
const number = async (text: string): Promise<number> => (await api.database.pool.query<{ n: number }>(text)).rows[0]!.n;
const replayed = 'idempotency-replayed';

/** While `work` runs, each statement that fits is sent, and the connection seems to break before it is answered. */
async function losing<Result>(fits: (text: string) => boolean, when: 'before' | 'after', work: () => Promise<Result>): Promise<Result> {
  const prototype = pg.Client.prototype as unknown as { query: (...input: unknown[]) => Promise<unknown> };
  const original = prototype.query;
  const broken = () => new Error('Connection terminated unexpectedly');
  prototype.query = async function (this: unknown, ...input: unknown[]) {
    const [first] = input as [string | { text: string }];
    const isLost = fits(typeof first === 'string' ? first : first.text);
    if (isLost && when === 'before') throw broken();
    const result = await original.apply(this, input);
    if (isLost) throw broken();
    return result;
  };
  try {
    return await work();
  } finally {
    prototype.query = original;
  }
}

describe('between the commit and the answer', () => {
  let webhook = '';
  beforeAll(async () => {
    webhook = (await api.post('/v1/webhooks', { url: 'https://8.8.8.8/' }, { as: 'admin' })).headers.location!;
  });
  const made = (table: string, column: string) => () => number(`select count(*)::int as n from ${table} where ${column} like '%${key}'`);
  const posts: Record<string, { send: () => [url: string, body: object | undefined]; done: () => Promise<number>; isSecret: boolean }> = {
    'a topic': { send: () => ['/v1/topics', { name: `Topic ${key}` }], done: made('topics', 'name'), isSecret: false },
    'a release': { send: () => ['/v1/releases', { label: key, notes: 'Notes' }], done: made('releases', 'label'), isSecret: false },
    'a webhook moved': {
      send: () => [`${webhook}/replay?since=0`, undefined],
      done: () => number(`select count(*)::int as n from idempotency_keys where key = '${key}'`),
      isSecret: false,
    },
    'a key': { send: () => ['/v1/keys', { name: key, role: 'editor' }], done: made('api_keys', 'name'), isSecret: true },
    'a webhook': {
      send: () => ['/v1/webhooks', { url: 'https://8.8.8.8/', description: key }],
      done: made('webhooks', 'description'),
      isSecret: true,
    },
  };

  test.each(Object.entries(posts))(
    '%s that was made and never answered is answered when it is sent again',
    async (_, { send, done, isSecret }) => {
      const post = () => api.post(...send(), keyed({ as: 'admin' }));
      const lost = await losing((text) => /\bcommit\b/i.test(text), 'after', post);
      expect(lost.statusCode).toBe(503);
      expect(await done()).toBe(1);
      const again = await post();
      expect(await done()).toBe(1);
      if (!isSecret) {
        expect(again.statusCode).toBeLessThan(300);
        expect(again.headers[replayed]).toBe('true');
        expect((await post()).body).toBe(again.body);
      } else {
        expect([again.statusCode, again.json().type]).toEqual([409, '/problems/conflict']);
        const location = /and made (\S+);/.exec(again.json().detail)![1]!;
        expect((await api.get(location, { as: 'admin' })).statusCode).toBe(200);
      }
    },
  );

  test.each(Object.entries(posts))(
    '%s whose answer could not be kept is not made; sent again, it is',
    async (_, { send, done, isSecret }) => {
      const post = () => api.post(...send(), keyed({ as: 'admin' }));
      const lost = await losing((text) => /^\s*insert into idempotency_keys/i.test(text), 'before', post);
      expect(lost.statusCode).toBe(503);
      expect(await done()).toBe(0);
      const again = await post();
      expect(again.statusCode).toBeLessThan(300);
      expect(again.headers[replayed]).toBeUndefined();
      expect(await done()).toBe(1);
      const { rows } = await api.database.pool.query('select body from idempotency_keys where key = $1', [key]);
      expect(rows).toEqual([{ body: isSecret ? null : again.body }]);
    },
  );
});
