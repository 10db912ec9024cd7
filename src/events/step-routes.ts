// The routes of the named steps from one state of publication to another: nothing is published by itself.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { key } from '../contract/ids.js';
import { type WriteQuery, writeQuery } from '../contract/write.js';
import { fillBody } from '../http/bodies.js';
import { writtenAnswer } from '../http/conditional.js';
import { sendOnce } from '../http/idempotency.js';
import { type Example, operation } from '../http/operation.js';
import { changeOf } from '../resources/routes.js';
import { event, type StepBody, stepBody } from './schema.js';
import type { EventService } from './service.js';

interface Step {
  Params: { key: string };
  Querystring: WriteQuery;
  Body: StepBody;
}

export const stepRoutes = (service: EventService) => async (app: FastifyInstance) => {
  const step = (name: 'publish' | 'withdraw', description: string, example: Omit<Example, 'url'>) =>
    app.post<Step>(
      `/v1/events/:key/${name}`,
      {
        ...operation({
          id: `${name}Event`,
          access: 'editor',
          tag: 'Events',
          summary: `${name === 'publish' ? 'Publish' : 'Withdraw'} an event`,
          description: `${description} Why it is done goes into the history. Send \`If-Match\` to be sure that it is what you read; a step that cannot be taken from the state in force answers 409.`,
          params: z.strictObject({ key }),
          querystring: writeQuery,
          body: stepBody,
          repeated: 'written',
          answers: { 200: event },
          problems: [401, 403, 404, 409, 410, 412, 413, 415, 422],
          example: { url: `/v1/events/li-qiang-waic-2025-keynote/${name}`, ...example },
        }),
        // Without a body no reason is given.
        preValidation: fillBody,
      },
      async (request, reply) =>
        sendOnce(request, reply, (once) => service[name](request.params.key, { ...changeOf(request, request.body), once }), writtenAnswer),
    );

  step('publish', 'Shows a draft, or what is in review, to readers: nothing is ever published by itself, whatever its date.', {
    body: { reason: 'new_development', comment: 'Two sources agree by now.' },
  });
  step('withdraw', 'Takes a published event back: reading it answers 410 with its tombstone, and `/restore` publishes it again.', {
    body: { reason: 'correction', comment: 'The speech that was reported was another one.' },
  });
};
