// POST /v1/events/batch: many events at once. The body is taken whole, then written group by group while results are sent
// as fast as the sender takes them; one who goes away ends it before the next group.
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BrokenLines, cutLines, type LinesForm, readValue } from '../contract/lines.js';
import { Problem } from '../errors.js';
import { requireRole } from '../http/access.js';
import { ARRIVES_MS } from '../http/arrival.js';
import { negotiate } from '../http/negotiation.js';
import { operation } from '../http/operation.js';
import { checking } from '../http/problems.js';
import { createSpools, type Spool, type Spools } from '../http/spool.js';
import type { BatchLine, BatchResult, BatchService } from './batch.js';
import { keptAnswer, sendBatch } from './batch-answer.js';
import { BATCH_MOST, type BatchQuery, batchAnswer, batchBody, batchQuery } from './batch-schema.js';

const JSON_TYPE = 'application/json';
const NDJSON = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'];

/** How many are under way in one process. */
const AT_ONCE = 4;

/** As many lines count as one request. */
const LINES_OF_A_REQUEST = 100;

interface Shape {
  Querystring: BatchQuery;
  Body: Taken;
}

/** A body that was taken: what it is told from others by, how many lines it has, and how they are cut. */
class Taken {
  constructor(
    readonly spool: Spool,
    readonly form: LinesForm,
    readonly lines: number,
  ) {}

  toJSON(): object {
    return this.spool.toJSON();
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    taken: Taken | null;
    /** Whether it is answered, or its sender gone. */
    hasLeft: boolean;
  }
}

export const batchRoutes = (service: BatchService) => async (app: FastifyInstance) => {
  await app.register(async (scope) => {
    const spools = createSpools({ most: AT_ONCE, bytes: BATCH_MOST.bytes });
    scope.decorateRequest('taken', null);
    scope.decorateRequest('hasLeft', false);
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser([JSON_TYPE, ...NDJSON], (request: FastifyRequest, body: Readable) => take(spools, request, body));
    scope.addHook('onRequest', async (request, reply) => {
      const leave = () => {
        request.hasLeft = true;
        void request.taken?.spool.close();
      };
      reply.raw.once('finish', leave).once('close', leave);
    });
    scope.post<Shape>('/v1/events/batch', { ...DECLARED, validatorCompiler: checkingQuery as never }, async (request, reply) => {
      const { id, name } = requireRole(request as FastifyRequest, 'editor');
      const { form, lines } = request.body;
      const type = negotiate(request as FastifyRequest, form === 'array' ? [JSON_TYPE, ...NDJSON] : [...NDJSON, JSON_TYPE]);
      request.countAs?.(Math.max(1, Math.ceil(lines / LINES_OF_A_REQUEST)));
      const left = new AbortController();
      reply.raw.once('close', () => left.abort(new Problem('bad-request', 'The sender is gone.')));
      const { atomic = false, validate_only, upsert, reason = 'import', comment } = request.query;
      const once = atomic ? request.keyed?.within((results: BatchResult[]) => keptAnswer(results, type)) : undefined;
      const options = { author_id: id, author_name: name, reason, comment, atomic, validate_only, upsert, once, signal: left.signal };
      return sendBatch(request as FastifyRequest, reply, service.run(linesOf(request.body), options), { type, isAtomic: atomic });
    });
  });
  // An event of this name would not be found under it.
  app.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE'],
    url: '/v1/events/batch',
    config: { access: null },
    schema: { hide: true } as object,
    onRequest: refuseMethod,
    handler: refuseMethod,
  });
};

const DECLARED = operation({
  id: 'createEvents',
  access: 'editor',
  tag: 'Events',
  summary: 'Add many events',
  description: `Up to ${BATCH_MOST.lines.toLocaleString('en')} events and ${BATCH_MOST.bytes / 1e6} MB: one in each line (NDJSON), or a JSON array; each as \`POST /v1/events\` takes it, and 1 MiB at most. Nothing is written before the body is there whole. Then lines are written in groups, other writers in between, and each is answered by its result, with its number, as soon as it is settled; a summary comes last. A line that is at fault is told of and keeps no other from being written. \`related\` may name events of other lines, before or behind: a line that has to wait for a later one is settled after it, as long as no more than 2,000 wait. Who goes away ends it: what was written until then stays. So after a broken connection send it again with \`upsert=true\`, and what is there already is unchanged; or send an \`Idempotency-Key\`, and a batch that came to its end is answered again (its summary alone, where its results are more than 16 MB). With \`atomic\` or \`validate_only\` all is one transaction, in which each slug may stand once and other writers wait; results are sent when it is over, and it is given up when 1,000 lines are at fault. Answers a JSON document or NDJSON, as \`Accept\` asks; else in the form in which it was sent. A batch counts as one request for each 100 lines.`,
  querystring: batchQuery,
  body: batchBody,
  repeated: 'streamed',
  arrives_ms: ARRIVES_MS.most,
  media: [JSON_TYPE, ...NDJSON],
  answers: { 200: batchAnswer },
  problems: [401, 403, 406, 409, 413, 415, 422],
  example: {
    url: '/v1/events/batch',
    body: [
      { slug: 'example-summit', type: 'meeting', title: 'A summit on AI', date: '2026-11' },
      {
        slug: 'example-statement',
        type: 'statement',
        title: 'A word on the summit',
        date: '2026-11-20',
        related: [{ event: 'example-summit', relation: 'responds_to' }],
      },
      { type: 'statement', title: 'A word without a date' },
    ],
  },
});
/** What was taken is no value: each line is checked when its turn comes. */
const checkingQuery: typeof checking = (part) => (part.httpPart === 'body' ? (value: unknown) => ({ value }) : checking(part));

/** Takes the body, and looks whether it is one. */
async function take(spools: Spools, request: FastifyRequest, body: Readable): Promise<Taken> {
  const { headers } = request;
  refuseEncoding(headers['content-encoding']);
  const form = /^application\/json\b/i.test(headers['content-type']!) ? 'array' : 'lines';
  const length = headers['content-length'];
  let lines = 0;
  const spool = await spools.take(body, length === undefined ? undefined : Number(length), async (chunks) => {
    for await (const _ of counted(cutLines(chunks, form))) lines++;
    if (lines === 0 && form === 'lines') throw new Problem('malformed-json', 'The body is empty; send one event in each line.');
  });
  request.taken = new Taken(spool, form, lines);
  if (request.hasLeft) {
    await spool.close();
    throw new Problem('bad-request', 'The sender is gone.');
  }
  return request.taken;
}

async function* counted<Line>(lines: AsyncIterable<Line>): AsyncGenerator<Line> {
  let count = 0;
  try {
    for await (const line of lines) {
      if (++count > BATCH_MOST.lines)
        throw new Problem('content-too-large', `A batch has at most ${BATCH_MOST.lines.toLocaleString('en')} lines; send it in parts.`);
      yield line;
    }
  } catch (error) {
    throw error instanceof BrokenLines ? new Problem('malformed-json', error.message) : error;
  }
}

async function* linesOf({ spool, form }: Taken): AsyncGenerator<BatchLine> {
  for await (const { line, text } of cutLines(spool.read(), form)) {
    const { value, detail } = readValue(text);
    const bytes = text?.length ?? 0;
    yield detail === undefined ? { line, value, bytes } : { line, faults: [{ pointer: '', detail }], bytes };
  }
}

/** As everywhere: what unfolds to more than was sent is not taken. */
function refuseEncoding(encoding: string | undefined): void {
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw new Problem('unsupported-media-type', 'Compressed bodies are not taken here; send it without Content-Encoding.', {
    headers: { 'accept-encoding': 'identity' },
  });
}

async function refuseMethod({ method }: FastifyRequest): Promise<never> {
  throw new Problem('method-not-allowed', `${method} is not taken here; POST is.`, { headers: { allow: 'POST' } });
}
