// Which bodies are read: JSON, and JSON Merge Patch with PATCH, in UTF-8 and not compressed. Anything else is 415, and
// what could be read in two ways is 400.
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ambiguityIn } from '../contract/json.js';
import { Problem } from '../errors.js';

export function registerBodies(app: FastifyInstance): void {
  // A body that smuggles in __proto__ or constructor is refused.
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(['application/json', 'application/merge-patch+json'], { parseAs: 'buffer' }, (request, body, done) => {
    const refused = refusalOf(request, body);
    if (refused !== null) return done(refused);
    // Clients that name a type without sending anything mean no body, where none is taken.
    if (body.length === 0 && !takesBody(request)) return done(null, undefined);
    const text = body.toString('utf8');
    return parse(request, text, (error, value) => {
      const ambiguity = error === null || error === undefined ? ambiguityIn(text) : null;
      return ambiguity === null ? done(error, value) : done(new Problem('malformed-json', ambiguity));
    });
  });
}

const takesBody = (request: FastifyRequest): boolean => request.routeOptions.schema?.body !== undefined;

function refusalOf({ headers, method }: FastifyRequest, body: Buffer): Problem | null {
  if (method !== 'PATCH' && /^application\/merge-patch\+json/i.test(headers['content-type']!))
    return new Problem('unsupported-media-type', 'A merge patch goes with PATCH; send application/json here.');
  // A small body that unfolds to a large one could not be told from a small one (RFC 9110, section 15.5.16).
  if (headers['content-encoding'] !== undefined && headers['content-encoding'].toLowerCase() !== 'identity')
    return new Problem('unsupported-media-type', 'Compressed bodies are not taken here; send it without Content-Encoding.', {
      headers: { 'accept-encoding': 'identity' },
    });
  // Decoding would put U+FFFD where the bytes mean nothing.
  if (!isUtf8(body)) return new Problem('malformed-json', 'The body is not valid UTF-8; send JSON in UTF-8 (RFC 8259).');
  return null;
}

/** Of a route whose body may be left out (`preValidation`): without one, all is as it is by default. Null is a body, and a wrong one. */
export async function fillBody(request: FastifyRequest): Promise<void> {
  if (request.body === undefined) request.body = {};
}
