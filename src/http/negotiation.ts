// Which form a reader wants: by the suffix of the address or by `Accept` (RFC 9110, section 12.5.1), q-values honoured.
import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { Problem } from '../errors.js';

/**
 * @param offered media types in the order of our preference
 * @returns the one that fits best
 * @throws Problem 406 where none does
 */
export function negotiate(request: FastifyRequest, offered: string[]): string {
  const chosen = new Negotiator(request.raw).mediaType(offered);
  if (chosen === undefined)
    throw new Problem('not-acceptable', `There is no such form here; Accept may ask for ${offered.join(', ')}.`, {
      headers: { vary: 'accept' },
    });
  return chosen;
}

/** Under which address the reader reached this server: as it is set, or as the request says. */
export const originOf = (request: FastifyRequest, publicUrl: string | undefined): string =>
  publicUrl ?? `${request.protocol}://${request.host}`;
