// The catalogue of failures. Code throws a Problem by its code; src/http/problems.ts alone turns it into an answer.
// What a reader may see (detail, errors, extra) and what only the log may see (cause) are kept apart.

export const PROBLEMS = {
  'validation-error': {
    status: 422,
    title: 'The request does not fit the schema',
    text: 'A parameter or a member of the body is missing, unknown, of the wrong type or out of range, or names something that does not exist. `errors` lists each, with a JSON Pointer or the name of the parameter and how to mend it. Parameters answer 400, bodies 422.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not valid JSON',
    text: 'The body could not be read as JSON. Check quotes, commas and brackets, that it is UTF-8, and that no object names a member twice.',
  },
  unauthorized: {
    status: 401,
    title: 'An API key is needed',
    text: 'This operation needs an API key that is known, not expired and not revoked, sent as `Authorization: Bearer <key>`.',
  },
  forbidden: { status: 403, title: 'The API key may not do this', text: 'The key is valid, but its role does not allow this operation.' },
  'not-found': { status: 404, title: 'There is nothing here', text: 'No resource or route has this address, or it is not published.' },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed here',
    text: 'The address exists but does not take this method. The `Allow` header lists those that it takes.',
  },
  'not-acceptable': {
    status: 406,
    title: 'There is no such form',
    text: 'The `Accept` header asks for forms that this address does not have. `detail` lists those that it has.',
  },
  conflict: {
    status: 409,
    title: 'The change conflicts with what is there',
    text: 'The slug or url is taken, or the resource is still in use. `detail` says by what.',
  },
  duplicate: {
    status: 409,
    title: 'The event seems to be there already',
    text: 'It was sent with `reject_duplicates=true`, and at least one event is so much like it that it counts as a duplicate. `similar` lists those, each with a score and the reasons. Change that event where it is the same, or send yours without `reject_duplicates` where it is not.',
  },
  merged: {
    status: 301,
    title: 'The event was merged into another one',
    text: 'Two records of one development were made one. `Location` leads to the event that stays; what was recorded of this one is in its versions, under `/revisions`.',
  },
  gone: {
    status: 410,
    title: 'The resource was withdrawn or deleted',
    text: 'It was here once. `tombstone` says what it was and when it went; an editor can restore it.',
  },
  'position-expired': {
    status: 410,
    title: 'The changes after this position are no longer kept',
    text: 'The feed of changes keeps them for so many days, and some after the position that was sent are older. Read all that there is at `resume_url`, then go on from `oldest_seq`.',
  },
  'precondition-failed': {
    status: 412,
    title: 'The resource has changed since',
    text: 'The `If-Match` header names another version than the one in force. Read it again, then repeat the change.',
  },
  'content-too-large': { status: 413, title: 'The body is too large', text: 'The body is larger than the server takes.' },
  'uri-too-long': { status: 414, title: 'The address is too long', text: 'The path or a part of it is longer than the server takes.' },
  'unsupported-media-type': {
    status: 415,
    title: 'The media type is not supported',
    text: 'Send `Content-Type: application/json` (or `application/merge-patch+json` with PATCH).',
  },
  'bad-request': { status: 400, title: 'The request cannot be read', text: 'The request is not well-formed HTTP for this address.' },
  'too-many-requests': { status: 429, title: 'Too many requests', text: 'Wait as long as `Retry-After` says.' },
  'still-running': {
    status: 409,
    title: 'The first request under this key still runs',
    text: 'A request with the same `Idempotency-Key` was sent before and is not answered yet. Send it again after `Retry-After` seconds to be told the answer.',
  },
  'key-reused': {
    status: 422,
    title: 'The key was used for another request',
    text: 'Another body, method or address was sent under the same `Idempotency-Key` within the last day. Send a new key with each new request.',
  },
  'internal-error': {
    status: 500,
    title: 'The server made a mistake',
    text: 'The fault is on this side and has been logged. The request id in `instance` helps to find it.',
  },
  unavailable: {
    status: 503,
    title: 'The service is not available right now',
    text: 'The database cannot be reached or is too busy, or the server is about to stop. Try again after `Retry-After` seconds.',
  },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** One fault of the input: where it is (`pointer` into the body, or the name of a `parameter`) and how to mend it. */
export interface Fault {
  /** Of a batch: the line into which the pointer leads. */
  line?: number;
  pointer?: string;
  parameter?: string;
  detail: string;
}

export interface ProblemOptions {
  status?: number;
  errors?: Fault[];
  /** Further members of the answer, such as `tombstone`. */
  extra?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** For the log only. */
  cause?: unknown;
}

/** A failure with a public face. `detail` is a sentence for the reader; it never holds SQL, stacks or secrets. */
export class Problem extends Error {
  readonly status: number;
  readonly errors: Fault[];
  readonly extra: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    options: ProblemOptions = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Problem';
    this.status = options.status ?? PROBLEMS[code].status;
    this.errors = options.errors ?? [];
    this.extra = options.extra ?? {};
    this.headers = options.headers ?? {};
  }
}

/** A body that does not fit: 422 with one fault for each place. */
export function invalidBody(errors: Fault[]): Problem {
  const detail = errors.length === 1 ? errors[0]!.detail : `${errors.length} members of the body need mending.`;
  return new Problem('validation-error', detail, { errors });
}

/** Parameters that do not fit: 400 with one fault for each. */
export function invalidParameters(errors: Fault[]): Problem {
  const detail = errors.length === 1 ? errors[0]!.detail : `${errors.length} parameters need mending.`;
  return new Problem('validation-error', detail, { status: 400, errors });
}

/** A fault of the set-up (settings, port, database, data directory) that stops the program with one sentence. */
export class StartupError extends Error {
  override name = 'StartupError';
}

/** Faults found in a batch of rows, each with the position of its row. A single write answers them as 422. */
export class RejectedRows extends Error {
  constructor(readonly faults: { row: number; fault: Fault }[]) {
    super(`${faults.length} faults in the rows`);
  }

  /** The same faults seen from outside, where row n was sent at `places[n]`. */
  within(places: { row: number; pointer: string }[]): RejectedRows {
    return new RejectedRows(
      this.faults.map(({ row, fault }) => {
        const place = places[row]!;
        return { row: place.row, fault: { ...fault, pointer: `${place.pointer}${fault.pointer ?? ''}` } };
      }),
    );
  }
}
