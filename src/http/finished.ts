// Finished answers: bytes that are sent as they are, plain or compressed. What a reader takes is settled by
// Accept-Encoding (RFC 9110, section 12.5.3); each encoding is made once, when it is first asked for.
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

type Encoding = 'br' | 'gzip' | 'identity';

const OFFERED: Encoding[] = ['br', 'gzip', 'identity'];
/** Less than this is sent plain: what compressing it would save is less than its header. In bytes. */
const LEAST = 1024;
/** Of 11: nearly as small as any, in a tenth of the time. */
const BROTLI_QUALITY = 5;

const compress = {
  gzip: promisify(gzip),
  br: (bytes: Buffer) =>
    promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
};

export class Finished {
  private readonly bytes: Buffer;
  private readonly encoded = new Map<'br' | 'gzip', Promise<Buffer>>();

  /**
   * @param tag the opaque part of its entity tag; those of its encodings are told apart by a suffix
   * @param type its media type
   * @param headers what else is sent with it
   */
  constructor(
    body: string | Buffer,
    readonly tag: string,
    readonly type: string,
    readonly headers: Record<string, string> = {},
  ) {
    this.bytes = typeof body === 'string' ? Buffer.from(body) : body;
  }

  /** In bytes, with all that was made of it so far or will be. */
  get size(): number {
    // Compressed twice, to a fifth each or so.
    return this.bytes.length < LEAST ? this.bytes.length : Math.ceil(this.bytes.length * 1.5);
  }

  /** How it is sent to this reader. */
  encodingFor(request: FastifyRequest): Encoding {
    if (request.headers['accept-encoding'] === undefined || this.bytes.length < LEAST) return 'identity';
    // Its types do not know yet that it takes what to prefer among those that the reader likes as much.
    const negotiator = new Negotiator(request.raw) as unknown as { encoding(offered: Encoding[], options: object): Encoding | undefined };
    return negotiator.encoding(OFFERED, { preferred: OFFERED }) ?? 'identity';
  }

  /** Sends it, at once where it need not be compressed first. */
  send(request: FastifyRequest, reply: FastifyReply): FastifyReply | Promise<FastifyReply> {
    const encoding = this.encodingFor(request);
    reply.headers(this.headers).header('etag', etagFor(this.tag, encoding)).header('content-type', this.type);
    if (encoding === 'identity') return reply.send(this.bytes);
    return this.bytesIn(encoding).then((bytes) => reply.header('content-encoding', encoding).send(bytes));
  }

  private bytesIn(encoding: 'br' | 'gzip'): Promise<Buffer> {
    const made = this.encoded.get(encoding) ?? compress[encoding](this.bytes);
    this.encoded.set(encoding, made);
    return made;
  }
}

/**
 * The entity tag of an answer: each encoding has its own, and so have the pieces of a stream, whose bytes nobody knows
 * beforehand: a weak one.
 */
export function etagFor(tag: string, sent: Encoding | 'pieces'): string {
  if (sent === 'identity') return `"${tag}"`;
  return sent === 'pieces' ? `W/"${tag}-pieces"` : `"${tag}-${sent}"`;
}

const SENT = [...OFFERED, 'pieces'] as const;

const opaque = (etag: string): string => etag.trim().replace(/^W\//, '');

/** Whether a reader has the answer with this tag, however it was sent. @returns the tag that it was sent with */
export function held(header: string | undefined, tag: string): string | null {
  if (header === undefined) return null;
  if (header === `"${tag}"`) return header;
  if (header.trim() === '*') return `"${tag}"`;
  // RFC 9110, section 13.1.2: the comparison is weak.
  const candidates = header.split(',').map(opaque);
  return SENT.map((sent) => etagFor(tag, sent)).find((etag) => candidates.includes(opaque(etag))) ?? null;
}
