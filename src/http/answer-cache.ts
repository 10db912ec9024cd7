// Finished answers, kept while the data is in the state that they were made from.
//
// An answer is kept under its question in one spelling and the number of the last change that it knows. It is sent again
// as long as that is still the last change, or for ever where it is asked as of a moment that is over; while nobody can
// tell which change is the last, nothing else is. Its entity tag is made of the
// same two, so that a reader who has the answer is told so without asking the database. Nobody is answered from a state
// before one that they have seen: their tag or token tells.
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { digest, type Sent, sendFinished, sendNotModified, sendStream } from './conditional.js';
import { leastSeq, tagOfState } from './consistency.js';
import { Finished } from './finished.js';

/** An answer as it is made. */
export interface Made {
  /** The bytes, or pieces where it is too long to be held. */
  body: string | Buffer | AsyncIterable<string>;
  type: string;
  headers?: Record<string, string>;
  /** The last change that it knows; null where it is put together from several states. */
  seq: number | null;
  /** Whether it is asked as of a moment that is over: no change makes it untrue. */
  isFinal?: boolean;
}

interface Options {
  /** The number of the last change; null while it cannot be told. */
  currentSeq: () => number | null;
  /** How much may be kept, in bytes; 0 for nothing. */
  bytes: number;
  /** What else decides what an answer looks like: the version of the program. */
  edition: string;
}

export type AnswerCache = ReturnType<typeof createAnswerCache>;

/** No more than this part of the cache for one answer. */
const LARGEST = 4;
/** How much of it is for the addresses under which answers were asked for. */
const FOR_ADDRESSES = 16;

export function createAnswerCache({ currentSeq, bytes, edition }: Options) {
  const answers =
    bytes === 0
      ? null
      : new LRUCache<string, { seq: number; isFinal: boolean; finished: Finished }>({
          maxSize: bytes,
          maxEntrySize: Math.ceil(bytes / LARGEST),
          sizeCalculation: ({ finished }, key) => finished.size + 2 * key.length + 200,
        });
  /** From what was asked, word for word, to the question that it is. */
  const asked =
    bytes === 0
      ? null
      : new LRUCache<string, string>({
          maxSize: Math.ceil(bytes / FOR_ADDRESSES),
          sizeCalculation: (key, words) => 2 * (key.length + words.length) + 100,
        });
  const wordsOf = ({ url, headers }: FastifyRequest) => `${url}\n${headers.accept ?? ''}\n${headers.host ?? ''}`;
  const isTrue = ({ seq, isFinal }: { seq: number; isFinal: boolean }, least: number): boolean =>
    isFinal || (seq >= least && seq === currentSeq());
  const tagOf = (key: string, seq: number): string => tagOfState(seq, digest(`${edition} ${seq} ${key}`));
  const asks = { hits: 0, misses: 0 };

  /** Answers what was asked in the same words before, as long as that is true. @returns null where it cannot */
  function recall(request: FastifyRequest, reply: FastifyReply): Sent | null {
    const key = asked?.get(wordsOf(request));
    const kept = key === undefined ? undefined : answers!.get(key);
    if (kept === undefined || !isTrue(kept, leastSeq(request))) return null;
    asks.hits++;
    return sendFinished(request, reply, kept.finished);
  }

  return {
    /** A hook onRequest that recalls, before anything is read of the question but its words. */
    recalled(request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
      const sent = recall(request, reply);
      if (sent === null) done();
      else if (sent instanceof Promise) sent.catch(done);
    },

    /**
     * @param key the question in one spelling, and all else that the answer depends on but the data
     * @param make makes the answer
     */
    async answer(request: FastifyRequest, reply: FastifyReply, key: string, make: () => Promise<Made>): Promise<FastifyReply> {
      const kept = answers?.get(key);
      const least = leastSeq(request);
      if (kept !== undefined && isTrue(kept, least)) {
        asks.hits++;
        asked!.set(wordsOf(request), key);
        return sendFinished(request, reply, kept.finished);
      }
      const seq = answers === null ? null : currentSeq();
      if (seq !== null && seq >= least && sendNotModified(request, reply, tagOf(key, seq))) return reply;
      asks.misses++;
      const made = await make();
      if (typeof made.body !== 'string' && !Buffer.isBuffer(made.body)) {
        const tag = made.seq === null ? randomUUID() : tagOf(key, made.seq);
        return sendStream(request, reply, made.body, tag, made.type, made.headers);
      }
      const tag = made.seq === null ? digest(made.body) : tagOf(key, made.seq);
      const finished = new Finished(made.body, tag, made.type, made.headers);
      if (made.seq !== null && answers !== null) {
        answers.set(key, { seq: made.seq, isFinal: made.isFinal ?? false, finished });
        asked!.set(wordsOf(request), key);
      }
      return sendFinished(request, reply, finished);
    },

    /** How often an answer was there, how often one had to be made, and how much is kept, in bytes. */
    figures: () => ({ ...asks, bytes: (answers?.calculatedSize ?? 0) + (asked?.calculatedSize ?? 0) }),
  };
}
