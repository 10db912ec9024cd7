// What admins decide about webhooks: where they lead, what they get, and whether they are sent at all.
import { randomUUID } from 'node:crypto';
import { check } from '../contract/check.js';
import { newId } from '../contract/ids.js';
import type { Listing } from '../contract/page.js';
import type { Database } from '../database/connect.js';
import { transact } from '../database/transaction.js';
import type { Once } from '../database/write.js';
import { invalidBody, invalidParameters, Problem } from '../errors.js';
import { type Json, mergePatch } from '../resources/merge-patch.js';
import { attemptOf } from './deliveries.js';
import type { Guard } from './guard.js';
import {
  type ListQuery,
  type NewWebhook,
  type TestDelivery,
  type Webhook,
  type WebhookInput,
  type WebhookPatch,
  webhookMembers,
} from './schema.js';
import type { Send } from './send.js';
import { newSecret } from './signature.js';
import type { WebhookStore } from './store.js';

interface WebhookOptions {
  database: Pick<Database, 'pool'>;
  store: WebhookStore;
  guard: Pick<Guard, 'faultOf'>;
  send: Send;
  /** The number of the last change. */
  last: () => Promise<number>;
  /** Something may be due. */
  wake: () => void;
}

/** How long the secret before stays good after a rotation. */
const ROTATION_MS = 24 * 3_600_000;

/** How much of a test's answer is shown, in characters. */
const SHOWN = 1000;

export type WebhookService = ReturnType<typeof createWebhookService>;

export function createWebhookService({ database, store, guard, send, last, wake }: WebhookOptions) {
  const found = <Value>(id: string, value: Value | null): Value => {
    if (value === null) throw new Problem('not-found', `There is no webhook ${id}.`);
    return value;
  };
  const checkUrl = async (url: string): Promise<void> => {
    const detail = await guard.faultOf(url);
    if (detail !== null) throw invalidBody([{ pointer: '/url', detail }]);
  };
  /** What lies ahead cannot be begun from. */
  const fault = (since: number, newest: number): string | null =>
    since <= newest ? null : `since is ${since}, and the last change is ${newest}; give that or less.`;
  const get = async (id: string): Promise<Webhook> => found(id, await store.find(id));

  return {
    list: (query: ListQuery): Promise<Listing<string>> => store.list(query),
    get,

    async create({ since, ...input }: WebhookInput, once?: Once): Promise<NewWebhook> {
      // What was done already is told, whatever has become of the url.
      await once?.begin(database.pool);
      await checkUrl(input.url);
      const newest = await last();
      const detail = fault(since ?? newest, newest);
      if (detail !== null) throw invalidBody([{ pointer: '/since', detail }]);
      const secret = newSecret();
      const made = await transact(database, once, async (tx) => ({
        ...(await store.create(newId(), { ...input, position: since ?? newest, secret }, tx)),
        secret,
      }));
      wake();
      return made;
    },

    async update(id: string, { state, ...patch }: WebhookPatch): Promise<Webhook> {
      const { url, description, filters, include_hidden, state: before } = await get(id);
      const merged = mergePatch({ url, description, filters, include_hidden }, patch as Json);
      const { value, faults } = check(webhookMembers, merged, 'body');
      if (faults !== undefined) throw invalidBody(faults);
      if (patch.url !== undefined) await checkUrl(value.url);
      // What is mended is tried again at once.
      const anew = { failures: 0, next_attempt_at: null };
      const webhook = await store.change(id, {
        ...value,
        ...((patch.url !== undefined || state === 'enabled') && anew),
        ...(state === 'enabled' && { state, disabled_reason: null, disabled_at: null }),
        ...(state === 'disabled' &&
          before !== state && { state, disabled_reason: 'An admin disabled it.', disabled_at: new Date(), ...anew }),
      });
      wake();
      return found(id, webhook);
    },

    async remove(id: string): Promise<void> {
      if (!(await store.remove(id))) found(id, null);
    },

    async deliveries(id: string, query: ListQuery): Promise<Listing<string>> {
      await get(id);
      return store.deliveries(id, query);
    },

    async replay(id: string, since: number, once?: Once): Promise<Webhook> {
      await once?.begin(database.pool);
      const detail = fault(since, await last());
      if (detail !== null) throw invalidParameters([{ parameter: 'since', detail }]);
      const moved = { position: since, failures: 0, next_attempt_at: null } as const;
      const webhook = await transact(database, once, async (tx) => found(id, await store.change(id, moved, tx)));
      wake();
      return webhook;
    },

    /** Sends a message that is no change, also where the webhook is disabled. */
    async test(id: string): Promise<TestDelivery> {
      const endpoint = found(id, await store.findEndpoint(id));
      const at = new Date().toISOString();
      const body = JSON.stringify({ type: 'webhook.test', timestamp: at, data: { webhook: id } });
      const message = { id: `msg_test_${randomUUID().replaceAll('-', '')}`, body };
      const outcome = await send(endpoint, message);
      const attempt = { ...attemptOf(message, outcome), seq: null, attempt: 1 };
      await store.log(id, attempt);
      return { ...attempt, at: attempt.at.toISOString(), response_body: outcome.body?.slice(0, SHOWN) ?? null };
    },

    /** Makes another secret. The one before signs beside it for a day, so that a receiver can change over. */
    async rotateSecret(id: string, once?: Once): Promise<NewWebhook> {
      await once?.begin(database.pool);
      const [previous_secret] = found(id, await store.findEndpoint(id)).secrets;
      const secret = newSecret();
      const previous_secret_until = new Date(Date.now() + ROTATION_MS);
      const changes = { secret, previous_secret: previous_secret!, previous_secret_until };
      return transact(database, once, async (tx) => ({ ...found(id, await store.change(id, changes, tx)), secret }));
    },
  };
}
