// Entity tags (RFC 9110, section 8.8): every GET carries a strong one and answers 304 where the reader has it already;
// writes honour If-Match, so that no change is lost.
//
// The tag of a resource is its version and a digest of the answer's bytes, as in "3-qL0xS1Zb". If-None-Match compares
// the whole, since an answer also shows things of others (an actor's name). If-Match compares the version alone: a
// lost update is one of this resource, and a change elsewhere must not refuse it.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface Answer {
  /** Finished JSON. */
  body: string;
  /** Of the resource; left out for lists. */
  version?: number;
}

const digest = (body: string): string => createHash('sha256').update(body).digest('base64url').slice(0, 16);

export const etagOf = ({ body, version }: Answer): string => (version === undefined ? `"${digest(body)}"` : `"${version}-${digest(body)}"`);

/** Sends an answer to a GET, or 304 without a body. */
export function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer,
  type = 'application/json; charset=utf-8',
): FastifyReply {
  return hasAlready(request, reply, etagOf(answer)) ? reply.code(304).send() : reply.type(type).send(answer.body);
}

/**
 * Sends an answer piece by piece, as fast as the reader takes it. Nobody knows its bytes beforehand, so its tag is a weak
 * one, of the question and of the state of the data in which it began.
 */
export function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  pieces: AsyncIterable<string>,
  state: string,
  type: string,
): FastifyReply {
  if (hasAlready(request, reply, `W/"${digest(`${state} ${request.url}`)}"`)) return reply.code(304).send();
  return reply.type(type).send(Readable.from(inBlocks(pieces), { objectMode: false, highWaterMark: 2 * BLOCK }));
}

/** How many characters are sent at once. */
const BLOCK = 64 * 1024;

async function* inBlocks(pieces: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let block = '';
  for await (const piece of pieces) {
    block += piece;
    if (block.length < BLOCK) continue;
    yield Buffer.from(block);
    block = '';
  }
  if (block !== '') yield Buffer.from(block);
}

/** Sets what caches go by; answers to a key are for its bearer alone. @returns whether the reader has the answer */
function hasAlready(request: FastifyRequest, reply: FastifyReply, etag: string): boolean {
  reply.headers({
    etag,
    'cache-control': request.principal === null ? 'public, max-age=0, must-revalidate' : 'private, no-cache',
    vary: 'accept, authorization',
  });
  return matches(request.headers['if-none-match'], etag);
}

/** Sends the resource after a write, with the tag that its next GET will have. */
export function sendWritten(reply: FastifyReply, answer: Answer): FastifyReply {
  return reply
    .headers({ etag: etagOf(answer), 'cache-control': 'no-store' })
    .type('application/json; charset=utf-8')
    .send(answer.body);
}

/** If-None-Match: weak comparison, any of a list, or `*`. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const plain = (tag: string) => tag.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((candidate) => plain(candidate) === plain(etag));
}

/**
 * The versions that If-Match allows: null for any (no header, or `*`), none where it holds no strong tag of ours. A
 * write of any other version is answered 412.
 */
export function readIfMatch(header: string | undefined): number[] | null {
  if (header === undefined || header.trim() === '*') return null;
  return header
    .split(',')
    .map((tag) => /^"(\d{1,9})(-[\w-]+)?"$/.exec(tag.trim()))
    .flatMap((match) => (match === null ? [] : [Number(match[1])]));
}
