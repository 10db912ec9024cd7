// All of webhooks, connected: what admins do with them, and what delivers.
import type { Database } from '../database/connect.js';
import { createDeliveries, type DeliverySettings, type Feed } from './deliveries.js';
import { createGuard } from './guard.js';
import { createQueue } from './queue.js';
import { createSend, type SendLimits } from './send.js';
import { createWebhookService } from './service.js';
import { createWebhookStore } from './store.js';

export interface WebhookSettings {
  /** Whether http and private addresses are allowed. */
  allowPrivateWebhooks?: boolean;
  deliveries?: Partial<DeliverySettings & SendLimits & { expireSeconds: number }>;
}

/** Longer than a run takes with the last of its attempts, so that nobody takes over from a process that lives. */
const EXPIRE_SECONDS = 30;

export function createWebhooks(
  database: Pick<Database, 'pool'>,
  feed: Feed,
  { allowPrivateWebhooks = false, deliveries: settings = {} }: WebhookSettings,
) {
  const store = createWebhookStore(database);
  const guard = createGuard({ allowPrivate: allowPrivateWebhooks });
  const send = createSend(guard, settings);
  const queue = createQueue({ pool: database.pool, expireSeconds: settings.expireSeconds ?? EXPIRE_SECONDS });
  const deliveries = createDeliveries({ store, feed, queue, send, settings });
  const webhooks = createWebhookService({ database, store, guard, send, last: feed.last, wake: deliveries.wake });
  return { webhooks, deliveries };
}
