// Pages on the wire: finished items joined into one body, with the addresses of the neighbouring pages in it and in
// `Link` (RFC 8288).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Listing } from '../contract/page.js';
import { sendAnswer } from './conditional.js';

/**
 * @param page finished JSON of each item, and the cursors of the neighbours
 * @param members further members of the answer, such as `meta`
 */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  page: Listing<string>,
  members: Record<string, unknown> = {},
): FastifyReply {
  const { next, previous } = linkNeighbours(request, reply, page);
  const rest = { page: { next, previous, limit: page.limit, ...(page.total !== undefined && { total: page.total }) }, ...members };
  return sendAnswer(request, reply, { body: `{"data":[${page.data.join(',')}],${JSON.stringify(rest).slice(1)}` });
}

/** Tells the addresses of the neighbouring pages in `Link`. @returns them */
export function linkNeighbours(request: FastifyRequest, reply: FastifyReply, page: Pick<Listing<unknown>, 'next' | 'previous'>) {
  const next = addressOf(request.url, page.next);
  const previous = addressOf(request.url, page.previous);
  const links = [...(next === null ? [] : [`<${next}>; rel="next"`]), ...(previous === null ? [] : [`<${previous}>; rel="prev"`])];
  if (links.length > 0) reply.header('link', links.join(', '));
  return { next, previous };
}

/** The same address without its place in the list: the first page. */
export function firstOf(url: string): string {
  const [path, query = ''] = url.split('?', 2);
  const kept = query.split('&').filter((part) => part !== '' && !/^cursor(=|$)/.test(part));
  return kept.length === 0 ? path! : `${path}?${kept.join('&')}`;
}

/** The same question from another place in the list: the request's own address with the cursor put in. */
function addressOf(url: string, cursor: string | null): string | null {
  if (cursor === null) return null;
  const first = firstOf(url);
  return `${first}${first.includes('?') ? '&' : '?'}cursor=${cursor}`;
}
