// API keys, over HTTP; for admins.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { id } from '../contract/ids.js';
import { fillBody } from '../http/bodies.js';
import { plainAnswer, sendAnswer, type Written } from '../http/conditional.js';
import { sendOnce } from '../http/idempotency.js';
import { sendPage } from '../http/listing.js';
import { notModified, operation } from '../http/operation.js';
import {
  apiKey,
  type KeyInput,
  type KeyPatch,
  keyInput,
  keyList,
  keyPatch,
  type ListQuery,
  listQuery,
  newApiKey,
  type Rotation,
  rotatedKey,
  rotation,
} from './schema.js';
import type { KeyStore } from './store.js';

const shared = { access: 'admin', tag: 'Keys' } as const;
const params = z.strictObject({ id });

/** What the document shows: which keys there are, and when they were used, is different at each run. */
const itself = '/v1/keys/01985c2e-0000-7000-8000-000000000001';
const described = {
  id: '01985c2e-0000-7000-8000-000000000001',
  name: 'Newsroom',
  role: 'editor',
  created_at: '2025-07-27T08:00:00.000Z',
  expires_at: '2099-12-31T00:00:00.000Z',
};
const shown = { ...described, revoked_at: null, last_used_on: '2025-07-28' };
const shownRotated = {
  ...described,
  id: '01985c2e-0000-7000-8000-000000000002',
  key: 'dmr_shown-once-and-stored-only-as-a-digest',
  replaced: { id: described.id, valid_until: '2025-07-28T08:00:00.000Z' },
};

const made = (key: { id: string }): Written => plainAnswer(key, { status: 201, address: `/v1/keys/${key.id}` });

interface One {
  Params: { id: string };
}

export const keyRoutes = (keys: KeyStore) => async (app: FastifyInstance) => {
  app.get<{ Querystring: ListQuery }>(
    '/v1/keys',
    operation({
      ...shared,
      id: 'listKeys',
      summary: 'List API keys',
      description: 'The newest first, without the keys themselves. Paged by cursor: follow `page.next`.',
      querystring: listQuery,
      answers: { 200: keyList, 304: notModified },
      problems: [401, 403],
      example: { url: '/v1/keys', answer: { data: [shown], page: { next: null, previous: null, limit: 50 } } },
    }),
    async (request, reply) => {
      const page = await keys.list(request.query);
      return sendPage(request, reply, { ...page, data: page.data.map((key) => JSON.stringify(key)) });
    },
  );

  app.post<{ Body: KeyInput }>(
    '/v1/keys',
    operation({
      ...shared,
      id: 'createKey',
      summary: 'Make an API key',
      description:
        'The key is in this answer and nowhere else; it is stored as a digest. Send it as `Authorization: Bearer <key>`. It is `dmr_` and 49 characters, the last six of them a checksum.',
      body: keyInput,
      repeated: 'secret',
      answers: { 201: newApiKey },
      problems: [401, 403, 413, 415, 422],
      example: { url: '/v1/keys', body: { name: 'Newsroom', role: 'editor', expires_at: '2099-12-31T00:00:00Z' } },
    }),
    async (request, reply) => sendOnce(request, reply, (once) => keys.create(request.body, once), made),
  );

  app.get<One>(
    '/v1/keys/:id',
    operation({
      ...shared,
      id: 'getKey',
      summary: 'Read an API key',
      description: 'Who bears it, until when, and the day on which it was last used; without the key itself.',
      params,
      answers: { 200: apiKey, 304: notModified },
      problems: [401, 403, 404],
      example: { url: itself, answer: shown },
    }),
    async (request, reply) => sendAnswer(request, reply, { body: JSON.stringify(await keys.get(request.params.id)) }),
  );

  app.patch<One & { Body: KeyPatch }>(
    '/v1/keys/:id',
    operation({
      ...shared,
      id: 'updateKey',
      summary: 'Rename an API key or change when it expires',
      description:
        'A JSON Merge Patch (RFC 7396). Its role never changes. The last admin key cannot be made to expire; a key that has expired or was revoked stays so (409).',
      params,
      body: keyPatch,
      answers: { 200: apiKey },
      problems: [401, 403, 404, 409, 413, 415, 422],
      example: { url: itself, body: { expires_at: '2099-12-31T00:00:00Z' }, answer: shown },
    }),
    async (request, reply) => reply.header('cache-control', 'no-store').send(await keys.change(request.params.id, request.body)),
  );

  app.post<One & { Body: Rotation }>(
    '/v1/keys/:id/rotate',
    {
      preValidation: fillBody,
      ...operation({
        ...shared,
        repeated: 'secret',
        id: 'rotateKey',
        summary: 'Replace an API key by a new one',
        description:
          'The new key has the name, the role and the end of the old one; it is in this answer and nowhere else. The old one stays valid for `overlap_hours`, so that its bearer can change over; with 0 it is revoked at once.',
        params,
        body: rotation,
        answers: { 201: rotatedKey },
        problems: [401, 403, 404, 409, 413, 415, 422],
        example: { url: `${itself}/rotate`, body: { overlap_hours: 24 }, answer: shownRotated },
      }),
    },
    async (request, reply) => sendOnce(request, reply, (once) => keys.rotate(request.params.id, request.body, once), made),
  );

  app.delete<One>(
    '/v1/keys/:id',
    operation({
      ...shared,
      id: 'revokeKey',
      summary: 'Revoke an API key',
      description:
        'It is refused from the next request on, by every process, and its streams of changes end within about a second. What it wrote keeps its name. The last valid admin key cannot be revoked (409); rotate it with `overlap_hours` 0.',
      params,
      answers: { 204: z.null().meta({ description: 'Revoked.' }) },
      problems: [401, 403, 404, 409],
    }),
    async (request, reply) => {
      await keys.revoke(request.params.id);
      return reply.code(204).header('cache-control', 'no-store').send();
    },
  );
};
