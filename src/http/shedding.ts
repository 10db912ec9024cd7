// Load is shed while the process cannot keep up: where its event loop comes round late, whoever asks is told at once to
// come back, instead of waiting with all the others. Health is answered all the same.
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../errors.js';

export interface SheddingOptions {
  /** How late the event loop may come round, in milliseconds; the mean of about a second. */
  loopDelay_ms: number;
}

export async function registerShedding(app: FastifyInstance, { loopDelay_ms }: SheddingOptions): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: loopDelay_ms,
    pressureHandler: async (request) => {
      // What nobody is refused for asking too often is not refused here either.
      if (request.routeOptions.config.rateLimit === false) return;
      throw new Problem('unavailable', 'The server has more to do than it can; try again in a moment.', {
        headers: { 'retry-after': '2' },
      });
    },
  });
}
