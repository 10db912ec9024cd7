// Which bodies are read: JSON, and JSON Merge Patch with PATCH. Anything else is 415.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../errors.js';

export function registerBodies(app: FastifyInstance): void {
  // A body that smuggles in __proto__ or constructor is refused.
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(['application/json', 'application/merge-patch+json'], { parseAs: 'string' }, (request, body, done) => {
    if (/^application\/merge-patch\+json/i.test(request.headers['content-type']!) && request.method !== 'PATCH') {
      return done(new Problem('unsupported-media-type', 'A merge patch goes with PATCH; send application/json here.'));
    }
    // Clients that name a type without sending anything mean no body, where none is taken.
    if (body === '' && !takesBody(request)) return done(null, undefined);
    return parse(request, body, done);
  });
}

const takesBody = (request: FastifyRequest): boolean => request.routeOptions.schema?.body !== undefined;
