// One attempt to deliver a message: a POST to an address that the guard has let through, within a time and a size. No
// redirect is followed, and no connection is kept.
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { type Address, type Guard, Refused } from './guard.js';
import { signedHeaders } from './signature.js';

export interface Message {
  id: string;
  body: string;
}

export interface Outcome {
  status: 'succeeded' | 'failed';
  /** Null where nothing was answered. */
  response_status: number | null;
  /** A sentence; null where it succeeded. */
  error: string | null;
  duration_ms: number;
  at: Date;
  /** What was answered, as far as it was read. */
  body: string | null;
}

/** Posts a message to an endpoint; it never throws. */
export type Send = (endpoint: { url: string; secrets: string[] }, message: Message, signal?: AbortSignal) => Promise<Outcome>;

export interface SendLimits {
  /** For all of it, from the look at the name to the end of the answer. */
  timeoutMs: number;
  /** How much of an answer is read. */
  answerBytes: number;
}

const LIMITS: SendLimits = { timeoutMs: 10_000, answerBytes: 64 * 1024 };

export function createSend(guard: Pick<Guard, 'readUrl' | 'addressesOf'>, limits: Partial<SendLimits> = {}): Send {
  const { timeoutMs, answerBytes } = { ...LIMITS, ...limits };
  return async ({ url, secrets }, message, stop) => {
    const at = new Date();
    const began = performance.now();
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = stop === undefined ? timeout : AbortSignal.any([timeout, stop]);
    const ended = (rest: Omit<Outcome, 'at' | 'duration_ms'>): Outcome => ({
      ...rest,
      at,
      duration_ms: Math.round(performance.now() - began),
    });
    try {
      const target = guard.readUrl(url);
      const addresses = await before(signal, guard.addressesOf(target));
      const headers = { ...signedHeaders(secrets, message, at), ...HEADERS, 'content-length': String(Buffer.byteLength(message.body)) };
      const { status, body } = await post(target, { addresses, headers, body: message.body, answerBytes, signal });
      const error = status >= 200 && status < 300 ? null : refusalOf(status);
      return ended({ status: error === null ? 'succeeded' : 'failed', response_status: status, error, body });
    } catch (error) {
      const sentence = timeout.aborted ? `The endpoint had not answered in full after ${timeoutMs / 1000} seconds.` : reasonOf(error);
      return ended({ status: 'failed', response_status: null, error: sentence, body: null });
    }
  };
}

const HEADERS = { 'content-type': 'application/json', 'user-agent': 'Demarche-Webhooks/1', accept: '*/*' };

interface Posted {
  addresses: Address[];
  headers: Record<string, string>;
  body: string;
  answerBytes: number;
  signal: AbortSignal;
}

function post(url: URL, { addresses, headers, body, answerBytes, signal }: Posted): Promise<{ status: number; body: string }> {
  // The name is not looked up again: another answer might lead elsewhere.
  const lookup: LookupFunction = (_name, options, done) =>
    options.all ? done(null, addresses) : done(null, addresses[0]!.address, addresses[0]!.family);
  const start = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = start(url, { method: 'POST', headers, agent: false, lookup, signal, maxHeaderSize: 16 * 1024 }, (response) => {
      const pieces: Buffer[] = [];
      let size = 0;
      const finish = () => resolve({ status: response.statusCode!, body: Buffer.concat(pieces).subarray(0, answerBytes).toString() });
      response.on('data', (piece: Buffer) => {
        pieces.push(piece);
        size += piece.length;
        if (size < answerBytes) return;
        finish();
        request.destroy();
      });
      response.on('end', finish);
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** The result of the work, unless the signal comes first. */
async function before<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  work.catch(() => {});
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop);
  });
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', stop));
}

const refusalOf = (status: number): string =>
  status >= 300 && status < 400
    ? `The endpoint answered ${status}; redirects are not followed, so give the address that it leads to.`
    : `The endpoint answered ${status}.`;

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'The endpoint refused the connection.',
  ECONNRESET: 'The endpoint closed the connection before it had answered.',
  ENOTFOUND: 'The name of the endpoint is not known.',
  EAI_AGAIN: 'The name of the endpoint could not be looked up.',
  ENETUNREACH: 'The network of the endpoint cannot be reached.',
  EHOSTUNREACH: 'The endpoint cannot be reached.',
};

/** In words of ours: what a library says may hold what is not for everybody. */
function reasonOf(error: unknown): string {
  if (error instanceof Refused) return error.message;
  const { code, errors } = error as { code?: string; errors?: { code?: string }[] };
  const told = code ?? errors?.[0]?.code ?? '';
  if (REASONS[told] !== undefined) return REASONS[told];
  if (/CERT|TLS|SSL|SIGNATURE|ALTNAME|EPROTO/.test(told)) return `The TLS connection to the endpoint was not accepted (${told}).`;
  if (/^HPE_/.test(told)) return `The endpoint did not answer in HTTP (${told}).`;
  return `The request failed${/^\w+$/.test(told) ? ` (${told})` : ''}.`;
}
