// Whom a command asks: a running server, or the same application in this process, on the database. Both are asked in the
// same words, so that a command has one way of doing things and both answer alike.
import type { Readable } from 'node:stream';
import { StartupError } from '../../errors.js';
import { UsageError } from '../run.js';

export interface Request {
  method: 'GET' | 'POST' | 'PUT';
  /** Path and query. */
  path: string;
  headers?: Record<string, string>;
  /** Text, or pieces of it, which are sent as they come. */
  body?: string | AsyncIterable<string>;
}

export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Readable;
}

export interface Client {
  /** "the server https://demarche.example", or which database. */
  description: string;
  send(request: Request): Promise<Reply>;
  close(): Promise<void>;
}

/** An answer that was read to its end. */
export interface Answer<Value = Record<string, unknown>> {
  status: number;
  headers: Reply['headers'];
  value: Value;
}

export interface ProblemBody {
  detail?: string;
  errors?: { pointer?: string; parameter?: string; detail: string }[];
  [member: string]: unknown;
}

/** How to reach it, as every command that can do both takes it. */
export interface TargetOptions {
  url?: string;
  key?: string;
}

/** @throws StartupError where it cannot be reached or opened */
export async function openTarget(options: TargetOptions): Promise<Client> {
  const url = options.url ?? (process.env.DEMARCHE_URL || undefined);
  const key = options.key ?? (process.env.DEMARCHE_KEY || undefined);
  if (url === undefined && options.key !== undefined) throw new UsageError('--key goes with --url; a database is not asked for keys.');
  if (url === undefined) return (await import('./database.js')).openDatabaseTarget();
  return (await import('./server.js')).openServer(url, key);
}

/** How often one is asked to wait before it is given up. */
const MOST_WAITS = 8;
const LONGEST_WAIT_S = 60;

/** Sends it again when it is asked to wait, where what is sent is at hand still. @returns an answer of whatever other status */
export async function sendPatiently(client: Client, request: Request): Promise<Reply> {
  for (let waits = 0; ; waits++) {
    const reply = await client.send(request);
    const isToWait = reply.status === 429 || reply.status === 503;
    if (!isToWait || waits === MOST_WAITS || (request.body !== undefined && typeof request.body !== 'string')) return reply;
    // Whether that answer is whole is nobody's concern any more.
    reply.body.on('error', () => {}).resume();
    const seconds = Math.min(LONGEST_WAIT_S, Number(reply.headers['retry-after']) || 1);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}

/** Sends JSON, and reads the answer, whatever its status. */
export async function ask<Value = Record<string, unknown>>(
  client: Client,
  method: Request['method'],
  path: string,
  { body, headers }: { body?: object; headers?: Record<string, string> } = {},
): Promise<Answer<Value>> {
  const reply = await sendPatiently(client, {
    method,
    path,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: reply.status, headers: reply.headers, value: parse(client, await textOf(client, reply.body), reply.status) };
}

/** As ask, for what has to succeed. @throws StartupError with the detail of the problem */
export async function mustAsk<Value = Record<string, unknown>>(...asked: Parameters<typeof ask>): Promise<Value> {
  const { status, value } = await ask<Value>(...asked);
  if (status >= 400) throw refused(status, value as ProblemBody);
  return value;
}

/** What a problem says, in one sentence or more. */
export function refused(status: number, { detail, errors = [] }: ProblemBody): StartupError {
  const hint = status === 401 ? ' Give a key with --key or DEMARCHE_KEY.' : '';
  const sentences =
    errors.length > 1 ? errors.map(({ pointer, parameter, detail }) => `\n  ${pointer ?? parameter}: ${detail}`).join('') : '';
  return new StartupError(`${detail ?? `The server answered ${status}.`}${hint}${sentences}`);
}

type Described = Pick<Client, 'description'>;

/** The text of an answer, piece by piece. @throws StartupError where it breaks off, as when the server ends */
export async function* piecesOf({ description }: Described, body: Readable): AsyncGenerator<string> {
  try {
    for await (const piece of body.setEncoding('utf8')) yield piece as string;
  } catch (error) {
    throw new StartupError(`The answer of ${description} broke off (${(error as Error).message}).`);
  }
}

/** The text of an answer, whole. @throws as piecesOf */
export async function textOf(client: Described, body: Readable): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of piecesOf(client, body)) pieces.push(piece);
  return pieces.join('');
}

function parse<Value>(client: Client, text: string, status: number): Value {
  if (text === '') return {} as Value;
  try {
    return JSON.parse(text) as Value;
  } catch {
    throw new StartupError(`${client.description} answered ${status} with something that is not JSON; check --url.`);
  }
}
