// Entity tags (RFC 9110, section 8.8): every GET carries a strong one and answers 304 where the reader has it already;
// writes honour If-Match, so that no change is lost.
//
// The tag of a resource is its version and a digest of the answer's bytes, as in "3-qL0xS1Zb" ("3-qL0xS1Zb-gzip" where
// it is compressed). If-None-Match compares the whole, since an answer also shows things of others (an actor's name).
// If-Match compares the version alone: a lost update is one of this resource, and a change elsewhere must not refuse it.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { etagFor, Finished, held } from './finished.js';

export interface Answer {
  /** Finished JSON. */
  body: string | Buffer;
  /** Of the resource; left out for lists. */
  version?: number;
  /** What is told beside what was written, as further members; the tag is that of the resource alone. */
  beside?: object;
}

/** At once, or as soon as it is compressed. */
export type Sent = FastifyReply | Promise<FastifyReply>;

export const JSON_TYPE = 'application/json; charset=utf-8';

export const digest = (body: string | Buffer): string => createHash('sha256').update(body).digest('base64url').slice(0, 16);

const tagOf = ({ body, version }: Answer): string => (version === undefined ? digest(body) : `${version}-${digest(body)}`);

/** Sends an answer to a GET, or 304 without a body. */
export const sendAnswer = (
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer,
  type = JSON_TYPE,
  headers: Record<string, string> = {},
): Sent => sendFinished(request, reply, new Finished(answer.body, tagOf(answer), type, headers));

/** Sends an answer whose bytes are there, or 304 without them. */
export function sendFinished(request: FastifyRequest, reply: FastifyReply, finished: Finished): Sent {
  return sendNotModified(request, reply, finished.tag) ? reply : finished.send(request, reply.headers(cachingOf(request)));
}

/** Sends 304 where the reader has what bears this tag. @returns whether that was so */
export function sendNotModified(request: FastifyRequest, reply: FastifyReply, tag: string): boolean {
  const etag = held(request.headers['if-none-match'], tag);
  if (etag === null) return false;
  reply.code(304).headers(cachingOf(request)).header('etag', etag).send();
  return true;
}

/**
 * Sends an answer piece by piece, as fast as the reader takes it. Where nobody knows its bytes beforehand its tag is a weak
 * one, of the question and of the state of the data in which it began; where they are settled it is of them, and strong.
 */
export function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  pieces: AsyncIterable<string>,
  tag: string,
  type: string,
  headers: Record<string, string> = {},
  sent: 'pieces' | 'identity' = 'pieces',
): FastifyReply {
  if (sendNotModified(request, reply, tag)) return reply;
  return reply
    .headers({ ...cachingOf(request), ...headers, etag: etagFor(tag, sent), 'content-type': type })
    .send(Readable.from(inBlocks(pieces), { objectMode: false, highWaterMark: 2 * BLOCK }));
}

/** What caches go by; answers to a key are for its bearer alone. */
const cachingOf = (request: FastifyRequest) => (request.principal === null ? FOR_ALL : FOR_BEARER);
const VARY = 'accept, accept-encoding, authorization';
export const FOR_ALL = { 'cache-control': 'public, max-age=0, must-revalidate', vary: VARY };
const FOR_BEARER = { 'cache-control': 'private, no-cache', vary: VARY };

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

/** What is answered to a write, so that it can be kept and sent again. */
export interface Written {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * The resource after a write, with the tag that its next GET will have.
 * @param address of what was made; left out where nothing was
 */
export const writtenAnswer = (answer: Answer, address?: string): Written => ({
  status: address === undefined ? 200 : 201,
  headers: {
    ...(address !== undefined && { location: address }),
    etag: `"${tagOf(answer)}"`,
    'cache-control': 'no-store',
    'content-type': JSON_TYPE,
  },
  body: answer.beside === undefined ? String(answer.body) : `${String(answer.body).slice(0, -1)},${JSON.stringify(answer.beside).slice(1)}`,
});

/** What has no versions, after a write. */
export const plainAnswer = (body: object, { status = 200, address }: { status?: number; address?: string } = {}): Written => ({
  status,
  headers: { ...(address !== undefined && { location: address }), 'cache-control': 'no-store', 'content-type': JSON_TYPE },
  body: JSON.stringify(body),
});

export const sendWritten = (reply: FastifyReply, { status, headers, body }: Written): FastifyReply =>
  reply.code(status).headers(headers).send(body);

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
