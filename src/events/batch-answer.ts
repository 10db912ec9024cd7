// Answers a batch, result by result, as NDJSON or as one JSON document; or as a problem, where nothing was written.
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../errors.js';
import type { Written } from '../http/conditional.js';
import { type BatchResult, type BatchSummary, createTally } from './batch.js';

interface Answer {
  type: string;
  isAtomic: boolean;
}

/** How much of an answer is kept under an Idempotency-Key, in characters; of a longer one its summary alone. */
const KEPT_MOST = 16_000_000;

/** How many characters are sent at once. */
const BLOCK = 64 * 1024;

/** How long one may take nothing of what is sent, in milliseconds; nothing is sent while other writers have their turn. */
const STALLED_MS = 120_000;

/** How many faults a problem tells. */
const TOLD = 100;

/** @throws Problem where nothing was written: of an atomic batch that failed, or of what failed before its first group */
export async function sendBatch(
  request: FastifyRequest,
  reply: FastifyReply,
  results: AsyncGenerator<BatchResult>,
  answer: Answer,
): Promise<FastifyReply> {
  // Before the first result, which may take its time, nothing is there, and the whole can still be refused.
  const { socket } = request.raw;
  socket.setTimeout?.(0);
  const first = await results.next();
  socket.setTimeout?.(STALLED_MS);
  if (first.done) throw new Error('A batch ended without a summary.');
  const all = rest(first.value, results);
  if (answer.isAtomic) return sendAtomic(request, reply, await collect(all), answer);
  return send(request, reply, all, answer);
}

async function* rest(first: BatchResult, results: AsyncGenerator<BatchResult>): AsyncGenerator<BatchResult> {
  try {
    yield first;
    yield* results;
  } finally {
    await results.return(undefined);
  }
}

async function collect(results: AsyncGenerator<BatchResult>): Promise<BatchResult[]> {
  const all: BatchResult[] = [];
  for await (const result of results) all.push(result);
  return all;
}

async function sendAtomic(request: FastifyRequest, reply: FastifyReply, all: BatchResult[], answer: Answer): Promise<FastifyReply> {
  const { summary } = all.at(-1) as { summary: BatchSummary };
  const inOrder = all.flatMap((result) => ('summary' in result ? [] : [result])).sort((one, other) => one.line - other.line);
  if (summary.invalid + summary.conflict === 0) return send(request, reply, each(all), answer);
  const errors = inOrder.flatMap(({ line, errors = [] }) => errors.map((fault) => ({ line, ...fault })));
  const faults = summary.invalid + summary.conflict;
  const which = faults === 1 ? 'one line is' : `${faults.toLocaleString('en')} lines are`;
  const more = errors.length > TOLD ? ` The first ${TOLD} faults are listed; validate_only=true tells those of all lines.` : '';
  const lines = inOrder.map(({ line }) => line);
  throw new Problem('validation-error', `Nothing was kept, since ${which} at fault: ${listed(lines)}.${more}`, { errors });
}

const listed = (lines: number[]): string =>
  `line${lines.length === 1 ? '' : 's'} ${lines.slice(0, 20).join(', ')}${lines.length > 20 ? ` and ${lines.length - 20} more` : ''}`;

async function* each(results: BatchResult[]): AsyncGenerator<BatchResult> {
  yield* results;
}

function send(request: FastifyRequest, reply: FastifyReply, results: AsyncGenerator<BatchResult>, answer: Answer): FastifyReply {
  const pieces = inBlocks(written(request, reply, results, answer));
  return reply
    .code(200)
    .headers({ vary: 'accept', ...headersOf(answer.type) })
    .send(Readable.from(pieces, { objectMode: false, highWaterMark: 2 * BLOCK }));
}

const headersOf = (type: string): Record<string, string> => ({
  'cache-control': 'no-store',
  'content-type': type === 'application/json' ? 'application/json; charset=utf-8' : type,
});

/** The answer as it is kept under an Idempotency-Key. */
export function keptAnswer(results: BatchResult[], type: string): Written {
  const form = type === 'application/json' ? DOCUMENT : LINES;
  const kept = createKept();
  const { summary } = results.at(-1) as { summary: BatchSummary };
  for (const [index, result] of results.slice(0, -1).entries()) kept.add(form.result(JSON.stringify(result), index === 0));
  return { status: 200, headers: headersOf(type), body: `${form.open}${kept.text()}${form.summary(JSON.stringify(summary))}` };
}

/** @returns the answer piece by piece; kept, before its end is sent, where it is to be kept */
async function* written(request: FastifyRequest, reply: FastifyReply, results: AsyncGenerator<BatchResult>, answer: Answer) {
  const form = answer.type === 'application/json' ? DOCUMENT : LINES;
  const kept = request.keyed === null ? null : createKept();
  const tally = createTally();
  const ending: { summary?: BatchSummary; problem?: object } = {};
  yield form.open;
  try {
    for await (const result of results) {
      if ('summary' in result) ending.summary = result.summary;
      else {
        const piece = form.result(JSON.stringify(result), tally.counts.lines === 0);
        tally.count(result);
        kept?.add(piece);
        yield piece;
        await request.keyed?.stillRuns();
      }
    }
  } catch (error) {
    // The status is sent already; the end of the answer tells of it.
    ending.problem = request.problemOf(error);
  }
  const end = form.summary(JSON.stringify(ending.summary ?? { ...tally.counts, kept: true, complete: false, problem: ending.problem }));
  if (ending.problem === undefined) await request.keyed?.settle(reply, `${form.open}${kept!.text()}${end}`);
  yield end;
}

const DOCUMENT = {
  open: '{"data":[',
  result: (text: string, isFirst: boolean) => `${isFirst ? '' : ','}${text}`,
  summary: (text: string) => `],"summary":${text}}`,
};
const LINES = { open: '', result: (text: string) => `${text}\n`, summary: (text: string) => `{"summary":${text}}\n` };

/** The results, as long as they are not too long to be kept; else none of them. */
function createKept() {
  let pieces: string[] = [];
  let length = 0;
  return {
    add(piece: string): void {
      length += piece.length;
      if (length <= KEPT_MOST) pieces.push(piece);
      else pieces = [];
    },
    text: (): string => pieces.join(''),
  };
}

async function* inBlocks(pieces: AsyncGenerator<string>): AsyncGenerator<Buffer> {
  let block = '';
  let since = performance.now();
  for await (const piece of pieces) {
    block += piece;
    if (block.length < BLOCK && performance.now() - since < 200) continue;
    yield Buffer.from(block);
    block = '';
    since = performance.now();
  }
  if (block !== '') yield Buffer.from(block);
}
