// Health: whether the process runs (live) and whether it can serve (ready). Neither is logged as a request.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Problem } from '../errors.js';
import { operation } from './operation.js';

const status = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health', description: 'The answer of a health check.' });

interface HealthOptions {
  /** Rejects when the database does not answer. */
  ping: () => Promise<void>;
  isStopping: () => boolean;
}

/** How long one look at the database serves, in milliseconds; many probes share it. */
const READY_FOR_MS = 1000;

export function healthRoutes({ ping, isStopping }: HealthOptions) {
  let last: { at: number; result: Promise<void> } | undefined;
  const look = () => {
    if (last === undefined || Date.now() - last.at > READY_FOR_MS) last = { at: Date.now(), result: ping() };
    return last.result;
  };
  const shared = { access: null, tag: 'Service', answers: { 200: status }, isLimited: false };
  return async (app: FastifyInstance): Promise<void> => {
    app.get(
      '/health/live',
      {
        logLevel: 'silent',
        ...operation({
          ...shared,
          id: 'getLiveness',
          summary: 'Tell whether the process runs',
          description: 'Answers as long as the process does; looks at nothing else.',
          example: { url: '/health/live' },
        }),
      },
      async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }),
    );
    app.get(
      '/health/ready',
      {
        logLevel: 'silent',
        ...operation({
          ...shared,
          id: 'getReadiness',
          summary: 'Tell whether requests can be served',
          description:
            'Answers 200 while the database answers, and 503 when it does not or the server is about to stop. One look serves for a second.',
          example: { url: '/health/ready' },
        }),
      },
      async (_request, reply) => {
        if (isStopping()) throw new Problem('unavailable', 'The server is about to stop.', { headers: { 'retry-after': '5' } });
        await look();
        return reply.header('cache-control', 'no-store').send({ status: 'ok' });
      },
    );
  };
}
