// Webhooks on the wire. The secret is in the answer that makes it, and in no other.
import { z } from 'zod';
import { id, instant, slug } from '../contract/ids.js';
import { cursor, limit, listOf } from '../contract/page.js';
import { line } from '../contract/text.js';
import { OPERATIONS, RECORDED } from '../contract/write.js';
import { EVENT_TYPE_NAMES } from '../events/types/index.js';

const some = <Item extends z.ZodType>(item: Item, description: string) => z.array(item).min(1).max(100).optional().meta({ description });

const filters = z
  .strictObject({
    entity: some(z.enum(RECORDED), 'Only changes of these.'),
    type: some(z.enum(EVENT_TYPE_NAMES), 'Only changes of events of these types, before or after.'),
    operation: some(z.enum(OPERATIONS), 'Only these operations.'),
    actor: some(slug, 'Only changes of events that name one of these actors, before or after.'),
    topic: some(slug, 'Only changes of events on one of these topics, before or after.'),
    initiative: some(slug, 'Only changes of events of one of these initiatives, before or after.'),
  })
  .meta({ id: 'WebhookFiltersBody', description: 'Which changes are delivered, as in the change feed; {} for all.' });
export type WebhookFilters = z.output<typeof filters>;

/** Whether it may be sent to is looked at by the guard. */
const url = z.string().trim().min(1).max(2000).meta({ description: 'Where changes are sent by POST; https.' });
const description = line(300).nullable().meta({ description: 'What it is for.' });
const includeHidden = z.boolean().meta({ description: 'Whether it also gets what only editors may see, such as drafts.' });
const position = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

const members = { url, description: description.default(null), filters: filters.default({}), include_hidden: includeHidden.default(false) };

export const webhookInput = z
  .strictObject({
    ...members,
    since: position.optional().meta({ description: 'The change after which it begins; the last one where it is left out.' }),
  })
  .meta({ id: 'WebhookBody' });
export type WebhookInput = z.output<typeof webhookInput>;

/** What a patch starts from and leads to. */
export const webhookMembers = z.strictObject(members);

const patchedFilters: Record<string, z.ZodType> = Object.fromEntries(
  Object.entries(filters.shape).map(([name, values]) => [name, values.nullable()]),
);
export const webhookPatch = z
  .strictObject({
    url: url.optional(),
    description: description.optional(),
    filters: z.strictObject(patchedFilters).nullable().optional(),
    include_hidden: includeHidden.optional(),
    state: z
      .enum(['enabled', 'disabled'])
      .optional()
      .meta({ description: 'Deliveries go on where they stopped once it is enabled again.' }),
  })
  .meta({
    id: 'WebhookPatch',
    description: 'A JSON Merge Patch (RFC 7396): what is left out stays, null removes, lists are replaced whole.',
  });
export type WebhookPatch = z.output<typeof webhookPatch>;

const described = {
  id,
  url: z.string(),
  description: z.string().nullable(),
  filters: z.record(z.string(), z.array(z.string())),
  include_hidden: z.boolean(),
  state: z.string().meta({ description: 'enabled or disabled.' }),
  disabled_reason: z.string().nullable(),
  disabled_at: instant.nullable(),
  position: position.meta({ description: 'The last change that it took, or that is not for it.' }),
  failures: z.int().meta({ description: 'How often in a row the next change could not be delivered.' }),
  next_attempt_at: instant.nullable().meta({ description: 'When it is tried again after a failure.' }),
  created_at: instant,
  updated_at: instant,
};

export const webhook = z.strictObject(described).meta({ id: 'Webhook', description: 'Where changes are sent to.' });
export type Webhook = z.output<typeof webhook>;

export const newWebhook = z
  .strictObject({ ...described, secret: z.string().meta({ description: 'Verifies signatures (Standard Webhooks). Shown this once.' }) })
  .meta({ id: 'NewWebhook', description: 'A webhook whose secret was just made.' });
export type NewWebhook = z.output<typeof newWebhook>;

export const webhookList = listOf(webhook, 'WebhookList');
export const listQuery = z.strictObject({ limit, cursor });
export type ListQuery = z.output<typeof listQuery>;

const attempted = {
  message_id: z.string().meta({ description: 'As `webhook-id` told it; the same for each attempt at one change.' }),
  seq: z.int().nullable().meta({ description: 'The change; null for a test.' }),
  attempt: z.int(),
  status: z.string().meta({ description: 'succeeded or failed.' }),
  response_status: z.int().nullable().meta({ description: 'Null where nothing was answered.' }),
  duration_ms: z.int(),
  error: z.string().nullable(),
  at: instant,
};

export const delivery = z.strictObject(attempted).meta({ id: 'WebhookDelivery', description: 'One attempt to deliver a change.' });
export type Delivery = z.output<typeof delivery>;
export const deliveryList = listOf(delivery, 'WebhookDeliveryList');

export const testDelivery = z
  .strictObject({ ...attempted, response_body: z.string().nullable().meta({ description: 'What was answered, up to 1,000 characters.' }) })
  .meta({ id: 'WebhookTest', description: 'What became of a test delivery.' });
export type TestDelivery = z.output<typeof testDelivery>;

export const replayQuery = z.strictObject({
  since: z
    .string({ error: 'since names the change after which deliveries begin again.' })
    .regex(/^\d{1,15}$/, { error: 'since is the number of a change (seq), from 0.' })
    .transform(Number)
    .meta({ description: 'The change (seq) after which deliveries begin again; 0 for all.', type: 'integer', minimum: 0 }),
});
