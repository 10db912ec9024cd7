// An application that delivers to a receiver of each test's own, quickly.
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { NewWebhook } from '../../src/webhooks/schema.js';
import { useApp } from '../support/app.js';
import { type Receiver, startReceiver } from './receiver.js';

export const admin = { as: 'admin' } as const;

/** How long it waits after each failure in a row, in milliseconds. */
export const WAITS = [20, 30, 40];

export function useDeliveries() {
  const api = useApp('empty', {
    allowPrivateWebhooks: true,
    deliveries: { backOff: WAITS, pollMs: 50, timeoutMs: 1500, expireSeconds: 5, runMs: 2000 },
  });
  const on = { receiver: {} as Receiver, hook: {} as NewWebhook, topics: 0 };
  beforeAll(() => api.services.deliveries.start({ info: () => {}, warn: () => {} }));
  afterAll(() => api.services.deliveries.stop());
  beforeEach(async () => {
    on.receiver = await startReceiver();
  });
  afterEach(async () => {
    await api.delete(`/v1/webhooks/${on.hook.id}`, admin);
    await on.receiver.close();
  });

  /** The numbers of all changes. */
  const feed = async (): Promise<number[]> =>
    (await api.database.pool.query<{ seq: string }>('select seq from revisions order by seq')).rows.map(({ seq }) => Number(seq));

  return Object.assign(on, {
    api,
    feed,
    async subscribe(body: object = {}): Promise<NewWebhook> {
      const made = await api.post('/v1/webhooks', { url: on.receiver.url, ...body }, admin);
      expect(made.statusCode).toBe(201);
      on.hook = made.json();
      on.receiver.secret = on.hook.secret;
      return on.hook;
    },
    /** @returns the number of the change */
    async addTopic(): Promise<number> {
      expect((await api.post('/v1/topics', { name: `Topic ${++on.topics}` })).statusCode).toBe(201);
      return (await feed()).at(-1)!;
    },
    read: async () => (await api.get(`/v1/webhooks/${on.hook.id}`, admin)).json(),
    attempts: async () => (await api.get(`/v1/webhooks/${on.hook.id}/deliveries?limit=200`, admin)).json().data,
  });
}
