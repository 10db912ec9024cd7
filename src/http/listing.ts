// Pages on the wire: finished items joined into one body, with the addresses of the neighbouring pages in it and in
// `Link` (RFC 8288).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Listing } from '../contract/page.js';
import { type Sent, sendAnswer } from './conditional.js';

/**
 * @param page finished JSON of each item, and the cursors of the neighbours
 * @param members further members of the answer, such as `meta`
 */
export function sendPage(request: FastifyRequest, reply: FastifyReply, page: Listing<string>, members: Record<string, unknown> = {}): Sent {
  const { body, headers } = pageOf(request.url, page, members);
  return sendAnswer(request, reply, { body }, undefined, headers);
}

/** @param url the question, as an address with or without a place in the list */
export function pageOf(url: string, page: Listing<string>, members: Record<string, unknown>) {
  const { next, previous, headers } = neighboursOf(url, page);
  const rest = { page: { next, previous, limit: page.limit, ...(page.total !== undefined && { total: page.total }) }, ...members };
  return { body: bytesOf(page.data, `],${JSON.stringify(rest).slice(1)}`), headers };
}

const START = '{"data":[';

/** Written once into the bytes that are sent: as one text the items would be copied twice more for each answer. */
function bytesOf(items: string[], end: string): Buffer {
  const commas = Math.max(0, items.length - 1);
  const bytes = Buffer.allocUnsafe(
    items.reduce((sum, item) => sum + Buffer.byteLength(item), START.length + commas + Buffer.byteLength(end)),
  );
  let at = bytes.write(START);
  items.forEach((item, index) => {
    if (index > 0) at += bytes.write(',', at);
    at += bytes.write(item, at);
  });
  bytes.write(end, at);
  return bytes;
}

/** The addresses of the neighbouring pages, and the header that tells them. */
export function neighboursOf(url: string, page: Pick<Listing<unknown>, 'next' | 'previous'>) {
  const next = withCursor(url, page.next);
  const previous = withCursor(url, page.previous);
  const links = [...(next === null ? [] : [`<${next}>; rel="next"`]), ...(previous === null ? [] : [`<${previous}>; rel="prev"`])];
  return { next, previous, headers: (links.length === 0 ? {} : { link: links.join(', ') }) as Record<string, string> };
}

/** The same address without its place in the list: the first page. */
export function firstOf(url: string): string {
  const [path, query = ''] = url.split('?', 2);
  const kept = query.split('&').filter((part) => part !== '' && !/^cursor(=|$)/.test(part));
  return kept.length === 0 ? path! : `${path}?${kept.join('&')}`;
}

/** The same question from another place in the list: its address with the cursor put in. */
function withCursor(url: string, cursor: string | null): string | null {
  if (cursor === null) return null;
  const first = firstOf(url);
  return `${first}${first.includes('?') ? '&' : '?'}cursor=${cursor}`;
}

/** A question in its one spelling, however it was written: what was checked, in the order in which it is declared. */
export function addressOf(path: string, query: Record<string, unknown>): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        `${name}=${[value]
          .flat()
          .map((one) => encodeURIComponent(String(one)))
          .join(',')}`,
    );
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`;
}
