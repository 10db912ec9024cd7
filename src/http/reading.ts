// Which reads may be answered by a replica: those that everybody may ask, of all but streams, which have no end. What the
// reader says that it has seen decides which replica is good enough.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { leastSeq, type Position } from './consistency.js';
import { EVENT_STREAM } from './event-stream.js';

interface Seen {
  position: Position | null;
  isUnknown: boolean;
}

/** @param within runs the rest of a request where its reads go to one server */
export function registerReading(app: FastifyInstance, within: (seen: Seen, rest: () => void) => void): void {
  app.addHook('onRoute', (route) => {
    const { access, media } = route.config ?? {};
    if (![route.method].flat().includes('GET') || access !== 'public' || media?.includes(EVENT_STREAM)) return;
    // Last of all: what is refused, or answered from what is kept, needs no server.
    route.preHandler = [...[route.preHandler ?? []].flat(), (request, _reply, done) => within(seenBy(request), done)];
  });
}

function seenBy(request: FastifyRequest): Seen {
  const seq = leastSeq(request);
  return {
    position: seq === 0 ? null : { seq, lsn: request.token?.lsn ?? 0n },
    // Only the tags of the timeline tell of which state they are.
    isUnknown: request.headers['if-none-match'] !== undefined && seq === (request.token?.seq ?? 0),
  };
}
