// Sends documents: events in one stream, all else one by one; and tells what became of each.
import { StartupError } from '../../errors.js';
import type { Document, Kind } from '../kinds.js';
import { linesOf } from '../lines.js';
import { type Answer, ask, type Client, type ProblemBody, piecesOf, refused, sendPatiently, textOf } from '../target/client.js';

export interface SendOptions {
  atomic: boolean;
  validateOnly: boolean;
  upsert: boolean;
  reason: string;
  comment?: string;
}

export interface Fault {
  pointer?: string;
  detail: string;
}

export interface Outcome {
  status: 'created' | 'updated' | 'unchanged' | 'refused';
  faults: Fault[];
}

const refusal = (faults: Fault[]): Outcome => ({ status: 'refused', faults });

/** Sends one document that is no event. @throws StartupError where nothing can be sent at all, as without a key */
export async function sendOne(client: Client, kind: Kind, document: Document, options: SendOptions): Promise<Outcome> {
  const { plan, ...rest } = document;
  const { reason, comment } = options;
  const body = { ...(kind.entity === 'action_item' ? rest : document), reason, ...(comment !== undefined && { comment }) };
  const collection = kind.collection({ plan });
  const query = options.validateOnly ? '?validate_only=true' : '';
  const there = options.upsert ? await findThere(client, kind, collection, document) : null;
  if (there === null) return outcomeOf(await ask(client, 'POST', `${collection}${query}`, { body }), 'created');
  const answer = await ask(client, 'PUT', `${collection}/${there.key}${query}`, { body, headers: { 'if-match': `"${there.version}"` } });
  return outcomeOf(answer, answer.value.version === there.version ? 'unchanged' : 'updated');
}

async function findThere(
  client: Client,
  kind: Kind,
  collection: string,
  document: Document,
): Promise<{ key: string; version: number } | null> {
  const key = kind.keyOf(document);
  if (key === undefined) return null;
  if (kind.entity === 'source' && document.slug == null) {
    const { value } = await ask<{ data?: { id: string; version: number }[] }>(
      client,
      'GET',
      `${collection}?url=${encodeURIComponent(key)}`,
    );
    const [found] = value.data ?? [];
    return found === undefined ? null : { key: found.id, version: found.version };
  }
  const { status, value } = await ask<{ version: number }>(client, 'GET', `${collection}/${encodeURIComponent(key)}`);
  return status === 200 ? { key: encodeURIComponent(key), version: value.version } : null;
}

function outcomeOf({ status, value }: Answer, done: Outcome['status']): Outcome {
  if (status < 300) return { status: done, faults: [] };
  if (![400, 404, 409, 410, 412, 413, 422].includes(status)) throw refused(status, value as ProblemBody);
  const { detail = `It was answered ${status}.`, errors = [] } = value as ProblemBody;
  return refusal(
    errors.length === 0 ? [{ detail }] : errors.map(({ pointer, parameter, detail }) => ({ pointer: pointer ?? parameter, detail })),
  );
}

/** What became of the document that was sent as the nth, from 1. */
export interface LineOutcome extends Outcome {
  line: number;
}

interface ResultLine {
  line?: number;
  status?: string | number;
  errors?: Fault[];
  detail?: string;
  summary?: { kept: boolean };
}

/**
 * Sends events in one request, and tells what became of each as soon as that is known.
 * @param events as many as are at hand, or a stream of them, which cannot be sent twice
 * @throws StartupError where they are refused as a whole, or the answer breaks off
 */
export async function* sendEvents(
  client: Client,
  events: Document[] | AsyncIterable<Document>,
  { atomic, validateOnly, upsert, reason, comment }: SendOptions,
): AsyncGenerator<LineOutcome> {
  const query = new URLSearchParams({
    reason,
    ...(comment !== undefined && { comment }),
    ...(atomic && { atomic: 'true' }),
    ...(validateOnly && { validate_only: 'true' }),
    ...(upsert && { upsert: 'true' }),
  });
  const reply = await sendPatiently(client, {
    method: 'POST',
    path: `/v1/events/batch?${query}`,
    headers: { 'content-type': 'application/x-ndjson', accept: 'application/x-ndjson' },
    body: Array.isArray(events) ? events.map(lineOf).join('') : lines(events),
  });
  if (reply.status >= 400) return yield* atFault(reply.status, readProblem(await textOf(client, reply.body)));
  let isWhole = false;
  for await (const text of linesOf(piecesOf(client, reply.body))) {
    const { line, status, errors = [], detail, summary } = JSON.parse(text) as ResultLine;
    isWhole = summary !== undefined;
    if (isWhole) continue;
    // What ended it before its time is told in place of the summary.
    if (line === undefined || typeof status !== 'string') throw refused(Number(status ?? 500), { detail });
    const isDone = status === 'created' || status === 'updated' || status === 'unchanged';
    yield { line, status: isDone ? status : 'refused', faults: errors };
  }
  if (!isWhole) throw new StartupError(`The answer of ${client.description} broke off.`);
}

/** Of what was kept whole or not at all, the lines that kept it from being written. @throws StartupError where no line did */
function* atFault(status: number, problem: ProblemBody): Generator<LineOutcome> {
  const faults = (problem.errors ?? []) as (Fault & { line?: number })[];
  const lines = [...new Set(faults.map(({ line }) => line))].filter((line) => line !== undefined);
  if (lines.length === 0) throw refused(status, problem);
  for (const line of lines) yield { line, ...refusal(faults.filter((fault) => fault.line === line)) };
}

const lineOf = (event: Document): string => `${JSON.stringify(event)}\n`;

async function* lines(events: AsyncIterable<Document>): AsyncGenerator<string> {
  for await (const event of events) yield lineOf(event);
}

function readProblem(text: string): ProblemBody {
  try {
    return JSON.parse(text) as ProblemBody;
  } catch {
    return {};
  }
}
