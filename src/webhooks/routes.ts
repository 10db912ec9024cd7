// Webhooks, over HTTP; for admins.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { id } from '../contract/ids.js';
import { plainAnswer, sendAnswer } from '../http/conditional.js';
import { sendOnce } from '../http/idempotency.js';
import { sendPage } from '../http/listing.js';
import { notModified, operation } from '../http/operation.js';
import {
  deliveryList,
  type ListQuery,
  listQuery,
  newWebhook,
  replayQuery,
  testDelivery,
  type WebhookInput,
  type WebhookPatch,
  webhook,
  webhookInput,
  webhookList,
  webhookPatch,
} from './schema.js';
import type { WebhookService } from './service.js';

const shared = { access: 'admin', tag: 'Webhooks' } as const;
const params = z.strictObject({ id });
const itself = '/v1/webhooks/01985c2e-0000-7000-8000-000000000001';
const page = { next: null, previous: null, limit: 50 };

/** What the document shows: a webhook is no part of the first data set. */
const shown = {
  id: '01985c2e-0000-7000-8000-000000000001',
  url: 'https://newsroom.example/hooks/demarche',
  description: 'The newsroom',
  filters: { entity: ['event'], topic: ['export-controls'] },
  include_hidden: false,
  state: 'enabled',
  disabled_reason: null,
  disabled_at: null,
  position: 412,
  failures: 0,
  next_attempt_at: null,
  created_at: '2025-07-27T08:00:00.000Z',
  updated_at: '2025-07-27T08:00:00.000Z',
};
const shownSecret = { ...shown, secret: 'whsec_shown-once' };
const shownDelivery = {
  message_id: 'msg_01985c2e000070008000000000000001_412',
  seq: 412,
  attempt: 1,
  status: 'succeeded',
  response_status: 204,
  duration_ms: 83,
  error: null,
  at: '2025-07-27T08:00:00.000Z',
};
const body = { url: shown.url, description: shown.description, filters: shown.filters };

interface One {
  Params: { id: string };
}

export const webhookRoutes = (service: WebhookService) => async (app: FastifyInstance) => {
  app.get<{ Querystring: ListQuery }>(
    '/v1/webhooks',
    operation({
      ...shared,
      id: 'listWebhooks',
      summary: 'List webhooks',
      description: 'The newest first, without their secrets. Paged by cursor: follow `page.next`.',
      querystring: listQuery,
      answers: { 200: webhookList, 304: notModified },
      problems: [401, 403],
      example: { url: '/v1/webhooks', answer: { data: [shown], page } },
    }),
    async (request, reply) => sendPage(request, reply, await service.list(request.query)),
  );

  app.post<{ Body: WebhookInput }>(
    '/v1/webhooks',
    operation({
      ...shared,
      id: 'createWebhook',
      summary: 'Add a webhook',
      description: `From now on (or from \`since\`) each change that fits the filters is posted to the url, in the order of the change feed, the next one once the one before was answered with 2xx: \`{"type": "event.updated", "timestamp": …, "data": …}\`, where \`data\` is the change as the feed tells it. Messages are signed as Standard Webhooks says (\`webhook-id\`, \`webhook-timestamp\`, \`webhook-signature\`) with the \`secret\`, which is in this answer and in no other. They come at least once: drop those whose \`webhook-id\` you have had. After a failure it is tried again for about three days, ever less often; then, or at once after a 410, the webhook is disabled and says why. The url is https and leads to the public internet; redirects are not followed.`,
      body: webhookInput,
      repeated: 'secret',
      answers: { 201: newWebhook },
      problems: [401, 403, 413, 415, 422],
      example: { url: '/v1/webhooks', body, answer: shownSecret },
    }),
    async (request, reply) =>
      sendOnce(
        request,
        reply,
        (once) => service.create(request.body, once),
        (made) => plainAnswer(made, { status: 201, address: `/v1/webhooks/${made.id}` }),
      ),
  );

  app.get<One>(
    '/v1/webhooks/:id',
    operation({
      ...shared,
      id: 'getWebhook',
      summary: 'Read a webhook',
      description: 'How far it has come, and why it is disabled where it is.',
      params,
      answers: { 200: webhook, 304: notModified },
      problems: [401, 403, 404],
      example: { url: itself, answer: shown },
    }),
    async (request, reply) => sendAnswer(request, reply, { body: JSON.stringify(await service.get(request.params.id)) }),
  );

  app.patch<One & { Body: WebhookPatch }>(
    '/v1/webhooks/:id',
    operation({
      ...shared,
      id: 'updateWebhook',
      summary: 'Change a webhook',
      description:
        'A JSON Merge Patch (RFC 7396). `{"state": "enabled"}` enables it again: deliveries go on where they stopped. Another url is tried at once.',
      params,
      body: webhookPatch,
      answers: { 200: webhook },
      problems: [401, 403, 404, 413, 415, 422],
      example: { url: itself, body: { state: 'enabled' }, answer: shown },
    }),
    async (request, reply) => reply.header('cache-control', 'no-store').send(await service.update(request.params.id, request.body)),
  );

  app.delete<One>(
    '/v1/webhooks/:id',
    operation({
      ...shared,
      id: 'deleteWebhook',
      summary: 'Delete a webhook',
      description: 'For good, with the record of its deliveries. What is on its way may still arrive.',
      params,
      answers: { 204: z.null().meta({ description: 'Deleted.' }) },
      problems: [401, 403, 404],
    }),
    async (request, reply) => {
      await service.remove(request.params.id);
      return reply.code(204).header('cache-control', 'no-store').send();
    },
  );

  app.get<One & { Querystring: ListQuery }>(
    '/v1/webhooks/:id/deliveries',
    operation({
      ...shared,
      id: 'listWebhookDeliveries',
      summary: 'List the deliveries of a webhook',
      description: 'Each attempt, the newest first; the newest 1,000 are kept. Paged by cursor: follow `page.next`.',
      params,
      querystring: listQuery,
      answers: { 200: deliveryList, 304: notModified },
      problems: [401, 403, 404],
      example: { url: `${itself}/deliveries`, answer: { data: [shownDelivery], page } },
    }),
    async (request, reply) => sendPage(request, reply, await service.deliveries(request.params.id, request.query)),
  );

  app.post<One & { Querystring: { since: number } }>(
    '/v1/webhooks/:id/replay',
    operation({
      ...shared,
      id: 'replayWebhook',
      repeated: 'written',
      summary: 'Deliver again from a change on',
      description:
        'Moves the position of the webhook, back or forth. Messages keep their `webhook-id`, so a receiver drops those that it has had.',
      params,
      querystring: replayQuery,
      answers: { 200: webhook },
      problems: [401, 403, 404],
      example: { url: `${itself}/replay?since=411`, answer: { ...shown, position: 411 } },
    }),
    async (request, reply) => sendOnce(request, reply, (once) => service.replay(request.params.id, request.query.since, once), plainAnswer),
  );

  app.post<One>(
    '/v1/webhooks/:id/test',
    operation({
      ...shared,
      id: 'testWebhook',
      repeated: 'answered',
      summary: 'Send a test delivery',
      description:
        'Sends a signed message of the type `webhook.test`, also where the webhook is disabled, and answers what came back. It moves nothing.',
      params,
      answers: { 200: testDelivery },
      problems: [401, 403, 404],
      example: { url: `${itself}/test`, answer: { ...shownDelivery, message_id: 'msg_test_01985c2e', seq: null, response_body: '' } },
    }),
    async (request, reply) => reply.header('cache-control', 'no-store').send(await service.test(request.params.id)),
  );

  app.post<One>(
    '/v1/webhooks/:id/rotate-secret',
    operation({
      ...shared,
      id: 'rotateWebhookSecret',
      repeated: 'secret',
      summary: 'Make another secret',
      description:
        'The new secret is in this answer and in no other. For a day messages are signed with both, so that the receiver can change over.',
      params,
      answers: { 200: newWebhook },
      problems: [401, 403, 404],
      example: { url: `${itself}/rotate-secret`, answer: shownSecret },
    }),
    async (request, reply) => sendOnce(request, reply, (once) => service.rotateSecret(request.params.id, once), plainAnswer),
  );
};
