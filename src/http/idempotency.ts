// Idempotency-Key: a POST that is sent again under the same key within a day is not done again. It is answered what the
// first one was (with `Idempotency-Replayed: true`); 409 while that still runs, 422 where another request has the key.
//
// Keys belong to whoever sends them: nobody meets those of another. Only what was done is kept; a refusal left nothing
// behind, and the same key serves once the request is mended. Requests that keep nothing (validate_only) need no key.
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { invalidParameters, Problem } from '../errors.js';
import { sendWritten, type Written } from './conditional.js';

/**
 * What becomes of a POST that is sent again: it is written with its answer, in one transaction (`sendOnce`); so it is with a
 * secret, which nobody keeps: of its answer, all but the body is. Or it is no transaction, and its answer is kept after it is
 * made, before it is sent; or it is sent while it is made, and kept by its maker before its end is sent (`settle`), or in the
 * one transaction that it tells of (`within`).
 */
export type Repeated = 'written' | 'secret' | 'answered' | 'streamed';

/** Whether the key is claimed before anything is done, since what is done is not one transaction. */
const isClaimed = (repeated: Repeated): boolean => repeated === 'answered' || repeated === 'streamed';

/** A request as it is told from others. */
interface Asked {
  principal_id: string;
  key: string;
  fingerprint: string;
}

interface Kept {
  status: number;
  headers: Record<string, string>;
  body: string | null;
}

interface Found {
  fingerprint: string;
  /** Null while it runs. */
  answer: Kept | null;
}

/** Where answers are kept; `tx` is the transaction of a write, whatever the database has for that. */
export interface KeptAnswers {
  find(tx: unknown, asked: Asked): Promise<Found | null>;
  findAlone(tx: unknown, asked: Asked): Promise<Found | null>;
  keep(tx: unknown, asked: Asked, answer: Kept): Promise<void>;
  claim(asked: Asked): Promise<Found | null>;
  renew(asked: Asked): Promise<void>;
  release(asked: Asked): Promise<void>;
  sweep(): Promise<number>;
}

/** Handed to a write: both run in its transaction. */
export interface Once {
  begin(tx: unknown, inTurn?: 'in turn'): Promise<void>;
  end(tx: unknown, result: unknown): Promise<void>;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    repeated?: Repeated;
  }
  interface FastifyRequest {
    /** Where it bears an Idempotency-Key that counts. */
    keyed: Keyed | null;
  }
}

const SWEEP_EVERY = 3_600_000;

/** A claim counts for two minutes. */
const RENEW_EVERY = 30_000;

export function registerIdempotency(app: FastifyInstance, answers: KeptAnswers): void {
  /** The writes of this process that run under a key, with their fingerprints. */
  const running = new Map<string, string>();
  app.decorateRequest('keyed', null);
  app.addHook('onRoute', (route) => {
    if (![route.method].flat().includes('POST')) return;
    const repeated = route.config?.repeated;
    if (repeated === undefined) throw new Error(`The route POST ${route.url} does not say what becomes of a request that is sent again.`);
    // Before the body, which may be long.
    route.onRequest = [...[route.onRequest ?? []].flat(), async ({ headers }) => void keyIn(headers)];
    // What was sent is looked at as it came, before defaults are filled in.
    route.preValidation = [
      ...[route.preValidation ?? []].flat(),
      async (request) => {
        request.keyed = readKey(request, repeated);
      },
    ];
    route.preHandler = [...[route.preHandler ?? []].flat(), async (request, reply) => settle(request, reply, repeated)];
    if (isClaimed(repeated))
      route.onSend = [
        ...[route.onSend ?? []].flat(),
        async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
          if (repeated !== 'streamed' || reply.statusCode >= 300) await request.keyed?.settle(reply, payload);
          return payload;
        },
      ];
  });
  const timer = setInterval(() => void answers.sweep().catch(() => {}), SWEEP_EVERY).unref();
  app.addHook('onClose', async () => clearInterval(timer));

  function readKey({ headers, principal, method, url, body }: FastifyRequest, repeated: Repeated): Keyed | null {
    const key = keyIn(headers);
    // Who is nobody in particular has no keys of their own.
    if (key === undefined || principal === null) return null;
    const fingerprint = createHash('sha256')
      .update(`${method} ${url}\n${JSON.stringify(body) ?? ''}`)
      .digest('base64url');
    return new Keyed(answers, running, { principal_id: principal.id, key, fingerprint }, repeated);
  }
}

/** @throws Problem where it is none */
function keyIn(headers: FastifyRequest['headers']): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || (typeof key === 'string' && /^[!-~]{1,255}$/.test(key))) return key;
  const detail = 'Idempotency-Key takes 1 to 255 visible ASCII characters without spaces, such as a UUID; send one such key.';
  throw invalidParameters([{ parameter: 'Idempotency-Key', detail }]);
}

/** Before the handler: what keeps nothing needs no key; what is no transaction claims its key, or is answered from what is kept. */
async function settle(request: FastifyRequest, reply: FastifyReply, repeated: Repeated): Promise<FastifyReply | undefined> {
  const { keyed } = request;
  if (keyed === null) return;
  if ((request.query as { validate_only?: boolean }).validate_only === true) request.keyed = null;
  else if (isClaimed(repeated)) {
    const again = await keyed.claim();
    // As bytes: to a text that says of what kind it is Fastify would add how it is encoded.
    if (again !== null)
      return reply
        .code(again.status)
        .headers(again.headers)
        .send(again.body && Buffer.from(again.body));
  }
}

/** Ends a write that was done before. */
class DoneBefore extends Error {
  constructor(readonly found: Found) {
    super('This was done before.');
  }
}

/** A request under a key. */
export class Keyed {
  private isClaimed = false;
  /** Whether its answer is kept in the transaction that it tells of. */
  private isKept = false;
  private renewAt = performance.now() + RENEW_EVERY;
  private readonly name: string;

  constructor(
    private readonly answers: KeptAnswers,
    private readonly running: Map<string, string>,
    private readonly asked: Asked,
    private readonly repeated: Repeated,
  ) {
    this.name = `${asked.principal_id} ${asked.key}`;
  }

  /** Runs a write, or finds what it was answered before. @throws Problem 409 while it runs in this process; another one waits its turn */
  async write<Result>(work: (once: Once) => Promise<Result>, answerOf: (result: Result) => Written): Promise<Written> {
    const { answers, running, asked, name } = this;
    const other = running.get(name);
    if (other !== undefined) return answerAgain(asked, { fingerprint: other, answer: null });
    running.set(name, asked.fingerprint);
    try {
      const result = await work({
        async begin(tx, inTurn) {
          const found = inTurn ? await answers.find(tx, asked) : await answers.findAlone(tx, asked);
          if (found !== null) throw new DoneBefore(found);
        },
        end: (tx, result) => answers.keep(tx, asked, this.keptOf(answerOf(result as Result))),
      });
      return answerOf(result);
    } catch (error) {
      if (error instanceof DoneBefore) return answerAgain(asked, error.found);
      throw error;
    } finally {
      running.delete(name);
    }
  }

  /**
   * For what is one transaction although its key was claimed: its answer is kept within.
   * @param answerOf what the result of the write is answered
   */
  within<Result>(answerOf: (result: Result) => Written): Once {
    const { answers, asked } = this;
    return {
      begin: async (tx) => {
        const found = await answers.find(tx, asked);
        // The claim grew too old before its turn came, and another request that took it over is done.
        if (found !== null && found.answer !== null) answerAgain(asked, { ...found, answer: null });
      },
      end: async (tx, result) => {
        await answers.keep(tx, asked, this.keptOf(answerOf(result as Result)));
        this.isKept = true;
      },
    };
  }

  private keptOf(answer: Written): Kept {
    return this.repeated === 'secret' ? { ...answer, body: null } : answer;
  }

  /** @returns what it was answered before; null when it is to be done now */
  async claim(): Promise<Written | null> {
    const found = await this.answers.claim(this.asked);
    if (found !== null) return answerAgain(this.asked, found);
    this.isClaimed = true;
    return null;
  }

  /** Keeps the claim from growing too old, while what it stands for runs on. To be called as often as one likes. */
  async stillRuns(): Promise<void> {
    const now = performance.now();
    if (!this.isClaimed || now < this.renewAt) return;
    this.renewAt = now + RENEW_EVERY;
    await this.answers.renew(this.asked);
  }

  /** Keeps what is about to be answered, or gives the key up where nothing was done. */
  async settle(reply: FastifyReply, payload: unknown): Promise<void> {
    if (!this.isClaimed) return;
    this.isClaimed = false;
    const { statusCode: status } = reply;
    try {
      if (status < 300) {
        if (this.isKept) return;
        const body = typeof payload === 'string' || Buffer.isBuffer(payload) ? String(payload) : null;
        await this.answers.keep(null, this.asked, { status, headers: headersOf(reply), body });
      }
      // After a fault of the server nobody knows whether it was done; the claim stands until it is too old.
      else if (status < 500) await this.answers.release(this.asked);
    } catch (error) {
      reply.log.error({ err: error }, 'an answer could not be kept under its Idempotency-Key');
    }
  }
}

const KEPT_HEADERS = ['location', 'etag', 'cache-control', 'content-type'];

const headersOf = (reply: FastifyReply): Record<string, string> =>
  Object.fromEntries(KEPT_HEADERS.flatMap((name) => (reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : [])));

/** @throws Problem where the first request is another one, still runs, or was answered what is not kept */
function answerAgain({ key, fingerprint }: Asked, found: Found): Written {
  if (found.fingerprint !== fingerprint) {
    const detail = `Idempotency-Key ${key} was sent with another body, method or address within the last day; send a new key with this request.`;
    throw new Problem('key-reused', detail);
  }
  if (found.answer === null) {
    const detail = `The first request with the Idempotency-Key ${key} still runs; send it again in a moment to be told its answer.`;
    throw new Problem('still-running', detail, { headers: { 'retry-after': '1' } });
  }
  const { status, headers, body } = found.answer;
  if (body === null) {
    const where = headers.location === undefined ? '' : ` and made ${headers.location}`;
    const detail = `This was done already${where}; its answer showed a secret, which is kept nowhere. Send a new key to have another one.`;
    throw new Problem('conflict', detail);
  }
  return { status, headers: { ...headers, 'idempotency-replayed': 'true' }, body };
}

/**
 * Sends the answer to a write; once, where the request bears an Idempotency-Key.
 * @param work the write, which is to be handed `once`
 * @param answerOf what its result is answered
 */
export async function sendOnce<Result>(
  request: Pick<FastifyRequest, 'keyed'>,
  reply: FastifyReply,
  work: (once: Once | undefined) => Promise<Result>,
  answerOf: (result: Result) => Written,
): Promise<FastifyReply> {
  const { keyed } = request;
  return sendWritten(reply, keyed === null ? answerOf(await work(undefined)) : await keyed.write(work, answerOf));
}
