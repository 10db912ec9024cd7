// While the process is about to stop, each answer that is still under way ends its connection: one that stayed open
// for a next request would hold the stop up until its deadline.
import type { FastifyInstance } from 'fastify';

export function registerStopping(app: FastifyInstance, isStopping: () => boolean): void {
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (isStopping()) reply.header('connection', 'close');
    done(null, payload);
  });
}
