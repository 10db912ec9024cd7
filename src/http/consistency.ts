// Consistency-Token: how far the data was when a write had ended. Whoever sends it back with a read is never answered
// from before that, whichever process, cache or replica answers. Who sends back an entity tag is not answered from before
// what that was made of either, where the tag tells.
//
// A token is taken at its word for the one request that bears it, and for nothing else: one that somebody made up costs
// no more than a read that is not kept.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { invalidParameters } from '../errors.js';

/** The last change, and how much of the log of the database there was. */
export interface Position {
  seq: number;
  lsn: bigint;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What the token says that it bears. */
    token: Position | null;
  }
}

const HEADER = 'consistency-token';
const FORM = /^(\d{1,15})-([0-9a-f]{1,16})$/;
const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'];

/** @param position where the writes of this process have left the data; null before the first */
export function registerConsistency(app: FastifyInstance, position: () => Position | null): void {
  app.decorateRequest('token', null);
  app.addHook('onRequest', (request, _reply, done) => {
    const text = request.headers[HEADER];
    if (text === undefined) return done();
    const [, seq, lsn] = FORM.exec(String(text)) ?? [];
    if (lsn === undefined) {
      const detail = 'Consistency-Token is what a write answered under that name; send it back as it is, or leave it out.';
      return done(invalidParameters([{ parameter: 'Consistency-Token', detail }]));
    }
    request.token = { seq: Number(seq), lsn: BigInt(`0x${lsn}`) };
    done();
  });
  app.addHook('onRoute', (route) => {
    if (![route.method].flat().some((method) => WRITES.includes(method))) return;
    route.onSend = [
      ...[route.onSend ?? []].flat(),
      async (_request: FastifyRequest, reply, payload: unknown) => {
        const reached = reply.statusCode < 300 ? position() : null;
        // What others have written meanwhile may be in it, too.
        if (reached !== null) reply.header(HEADER, `${reached.seq}-${reached.lsn.toString(16)}`);
        return payload;
      },
    ];
  });
}

/** An entity tag that tells of which state of the data an answer is. */
export const tagOfState = (seq: number, digest: string): string => `s${seq}-${digest}`;

/** Of which change the answer to a reader must know: the last that it has seen, as far as it says so. */
export function leastSeq({ token, headers }: FastifyRequest): number {
  const tags = headers['if-none-match']?.matchAll(/"s(\d{1,15})-/g) ?? [];
  return Math.max(token?.seq ?? 0, ...[...tags].map(([, seq]) => Number(seq)));
}
