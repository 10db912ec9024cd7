// API keys, over HTTP; for admins.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { id } from '../contract/ids.js';
import { DEFAULT_LIMIT } from '../contract/page.js';
import { operation } from '../http/operation.js';
import { type KeyInput, keyInput, keyList, newApiKey } from './schema.js';
import type { KeyStore } from './store.js';

const shared = { access: 'admin', tag: 'Keys' } as const;

export const keyRoutes = (keys: KeyStore) => async (app: FastifyInstance) => {
  app.get(
    '/v1/keys',
    operation({
      ...shared,
      id: 'listKeys',
      summary: 'List API keys',
      description: 'The newest 200 keys, without the keys themselves.',
      answers: { 200: keyList },
      problems: [401, 403],
      example: { url: '/v1/keys' },
    }),
    async (_request, reply) => {
      const data = await keys.list();
      return reply
        .header('cache-control', 'no-store')
        .send({ data, page: { next: null, previous: null, limit: Math.max(DEFAULT_LIMIT, data.length) } });
    },
  );

  app.post<{ Body: KeyInput }>(
    '/v1/keys',
    operation({
      ...shared,
      id: 'createKey',
      summary: 'Make an API key',
      description: 'The key is in this answer and nowhere else; it is stored as a digest. Send it as `Authorization: Bearer <key>`.',
      body: keyInput,
      repeated: 'secret',
      answers: { 201: newApiKey },
      problems: [401, 403, 413, 415, 422],
      example: { url: '/v1/keys', body: { name: 'Newsroom', role: 'editor', expires_at: '2099-12-31T00:00:00Z' } },
    }),
    async (request, reply) => {
      const key = await keys.create(request.body);
      return reply
        .code(201)
        .headers({ location: `/v1/keys/${key.id}`, 'cache-control': 'no-store' })
        .send(key);
    },
  );

  app.delete<{ Params: { id: string } }>(
    '/v1/keys/:id',
    operation({
      ...shared,
      id: 'revokeKey',
      summary: 'Revoke an API key',
      description: 'It is refused from the next request on. What it wrote keeps its name.',
      params: z.strictObject({ id }),
      answers: { 204: z.null().meta({ description: 'Revoked.' }) },
      problems: [401, 403, 404],
    }),
    async (request, reply) => {
      await keys.revoke(request.params.id);
      return reply.code(204).header('cache-control', 'no-store').send();
    },
  );
};
