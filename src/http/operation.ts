// How a route says what it is: its name in the document and the log, who may use it, what it takes and answers. One
// form for all, so that the document lacks nothing.
import type { FastifySchema } from 'fastify';
import { z } from 'zod';
import { problem } from '../contract/problem.js';
import type { Access } from './access.js';
import type { Repeated } from './idempotency.js';

/** A request whose real answer the document shows. Writes are sent with validate_only, so nothing is kept. */
export interface Example {
  url: string;
  body?: object;
  /** What is answered, where the answer has no end, or needs something that the first data set does not have. */
  answer?: string | object;
  /** A PATCH that is made before, and kept: for what only something that was changed can show. */
  after?: { url: string; body: object };
  /** How many lines are shown of a long answer. */
  lines?: number;
}

export interface Operation {
  /** operationId, such as `listEvents`; also the log's field `operation`. */
  id: string;
  /** Who may use it; null for what is outside the API and never looks at a key. */
  access: Access | null;
  tag: string;
  summary: string;
  description: string;
  params?: z.ZodType;
  querystring?: z.ZodType;
  body?: z.ZodType;
  /** The shapes of what it answers, by status. */
  answers: Record<number, z.ZodType>;
  /** The statuses of the problems that it may answer, besides 400, 429, 500 and 503. */
  problems?: number[];
  example?: Example;
  /** Whether it may be refused to who asks too often, or while there is too much to do; it may where that is left out. */
  isLimited?: boolean;
  /** Of a POST: what becomes of one that is sent again under the same Idempotency-Key. */
  repeated?: Repeated;
  /** How long a request may take to arrive, in milliseconds, where that is longer than usual. */
  arrives_ms?: number;
  /** What it answers is not JSON, or not only: the media types, in order. */
  media?: string[];
  /** Whether its answers change without a change in the feed, so that no shared cache may keep them. */
  isUntold?: boolean;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    example?: Example;
    media?: string[];
  }
}

/** A parameter that nobody asked for is a mistake, here too. */
const noParameters = z.strictObject({});

const OPEN: Record<string, string[]>[] = [{}, { apiKey: [] }];
const KEY: Record<string, string[]>[] = [{ apiKey: [] }];

/** How long an answer may take, in milliseconds. */
const HANDLER_TIMEOUT = 60_000;

/** @returns the options of the route */
export function operation({
  id,
  access,
  tag,
  answers,
  problems = [],
  example,
  media,
  repeated,
  arrives_ms,
  isLimited = true,
  isUntold = false,
  querystring = noParameters,
  ...rest
}: Operation) {
  const statuses = [400, ...problems, ...(repeated === undefined ? [] : [409, 422]), ...(isLimited ? [429] : []), 500, 503];
  const schema: FastifySchema & Record<string, unknown> = {
    operationId: id,
    tags: [tag],
    security: access === null ? [] : access === 'public' ? OPEN : KEY,
    ...rest,
    querystring,
    response: { ...answers, ...Object.fromEntries(statuses.map((status) => [status, problem])) },
  };
  return {
    // What may be long is sent for as long as the reader takes it; its statements have a time-out each.
    ...(media === undefined && { handlerTimeout: HANDLER_TIMEOUT }),
    config: {
      operation: id,
      access,
      ...(example && { example }),
      ...(media && { media }),
      ...(repeated && { repeated }),
      ...(arrives_ms && { arrives_ms }),
      ...(!isLimited && { rateLimit: false as const }),
      ...(isUntold && { isUntold }),
    },
    schema,
  };
}

/** What a conditional GET answers when the reader has it already. */
export const notModified = z.null().meta({ description: 'Not modified: what you have is up to date.' });
