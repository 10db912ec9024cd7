// Headers that say one thing: sent twice, one of the two would win in silence, here perhaps another than at a proxy in
// front. Host must be refused then (RFC 9112, section 3.2); the others decide who asks and what is sent.
import type { FastifyInstance } from 'fastify';
import { Problem } from '../errors.js';

const ONCE = ['host', 'authorization', 'content-type'];
const LENGTHS = ONCE.map((name) => name.length);

export function registerHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const name = repeatedIn(request.raw.rawHeaders);
    if (name === undefined) return done();
    done(new Problem('bad-request', `The header ${name} is there twice; send it once.`));
  });
}

/** @param headers names and values in turn */
function repeatedIn(headers: string[]): string | undefined {
  const seen = [0, 0, 0];
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at]!;
    const place = LENGTHS.indexOf(name.length);
    // Most names are of another length; only the others are looked at.
    if (place !== -1 && name.toLowerCase() === ONCE[place] && ++seen[place]! > 1) return ONCE[place];
  }
  return undefined;
}
