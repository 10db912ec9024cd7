// Server-sent events (WHATWG HTML, section 9.2): answers without an end, written as events come. How many there are is
// limited, each is kept alive by a comment now and then, and none holds more than so much that its reader has not taken.
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../errors.js';
import { logRequest } from './observability.js';
import { FOR_DATA } from './security-headers.js';

export const EVENT_STREAM = 'text/event-stream';

/** Of HTTP itself, in milliseconds: when a reader who lost its stream comes back. */
const RETRY_AFTER = 2_000;

export interface EventStreamsOptions {
  /** How many at a time. */
  most: number;
  /** How often each is kept alive, in milliseconds. */
  heartbeat_ms?: number;
  /** How much may wait for a reader, in bytes; one event more at most. */
  most_waiting?: number;
  /** How long a reader may take for that, in milliseconds. */
  stalled_ms?: number;
  /** How long the stream of one who bears a key lasts, in milliseconds, whatever is looked at meanwhile. */
  bearer_ms?: number;
  /** Whether one who bears a key may still read; looked at for each key every so often, in milliseconds. */
  isAdmitted?: (request: FastifyRequest) => Promise<boolean>;
  admitted_ms?: number;
}

export type EventStreams = ReturnType<typeof createEventStreams>;

export function createEventStreams({
  most,
  heartbeat_ms = 15_000,
  most_waiting = 256 * 1024,
  stalled_ms = 20_000,
  bearer_ms = 300_000,
  isAdmitted = async () => true,
  admitted_ms = 1000,
}: EventStreamsOptions) {
  const open = new Set<EventStream>();
  const bearers = createBearers(isAdmitted, admitted_ms);
  let timer: NodeJS.Timeout | undefined;

  function beat(): void {
    const now = performance.now();
    for (const stream of open) {
      if (now >= stream.lastsUntil) stream.end();
      else stream.beat();
    }
  }

  return {
    get count(): number {
      return open.size;
    },

    /** @throws Problem 503 when there are as many as there may be */
    open(request: FastifyRequest, reply: FastifyReply): EventStream {
      if (open.size >= most) {
        const detail = 'As many readers follow the changes as this server takes; try again later, or ask /v1/changes from time to time.';
        throw new Problem('unavailable', detail, { headers: { 'retry-after': '30' } });
      }
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, headersOf(reply));
      const lastsUntil = request.principal === null ? Number.POSITIVE_INFINITY : performance.now() + bearer_ms;
      const stream = new EventStream(raw, lastsUntil, { most_waiting, stalled_ms });
      open.add(stream);
      if (request.principal !== null) bearers.add(request, stream);
      timer ??= setInterval(beat, heartbeat_ms).unref();
      raw.on('error', () => {});
      raw.once('close', () => {
        open.delete(stream);
        if (open.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
        // What ended as it should is logged as every answer is.
        if (!raw.writableFinished) logRequest(request, reply);
      });
      raw.write(`retry: ${RETRY_AFTER}\n\n`);
      return stream;
    },

    /** Ends all of them, for a server that is about to stop: it waits for no reader, who resumes elsewhere. */
    endAll(): void {
      for (const stream of open) stream.end(false);
    },
  };
}

/** Ends the streams of those whose key is no longer valid: each key is looked at once, however many streams it has. */
function createBearers(isAdmitted: (request: FastifyRequest) => Promise<boolean>, every: number) {
  const streams = new Map<string, { request: FastifyRequest; open: Set<EventStream> }>();
  let timer: NodeJS.Timeout | undefined;
  let isLooking = false;

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    for (const { request, open } of streams.values()) if (!(await isAdmitted(request))) for (const stream of open) stream.end(false);
    isLooking = false;
  }

  return {
    add(request: FastifyRequest, stream: EventStream): void {
      const credential = request.headers.authorization!;
      const of = streams.get(credential) ?? { request, open: new Set() };
      streams.set(credential, of);
      of.open.add(stream);
      timer ??= setInterval(() => void look(), every).unref();
      stream.onClose(() => {
        of.open.delete(stream);
        if (of.open.size === 0) streams.delete(credential);
        if (streams.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      });
    },
  };
}

/** What is sent before the first event, and what HEAD is answered. */
export const EVENT_STREAM_HEADERS = {
  'content-type': EVENT_STREAM,
  'cache-control': 'no-store',
  // Proxies pass each event on at once (nginx).
  'x-accel-buffering': 'no',
};

/** The connection ends with the stream: kept for a next request, it would hold up a server that is about to stop. */
const headersOf = (reply: FastifyReply) => ({
  ...(reply.getHeaders() as Record<string, string>),
  ...FOR_DATA,
  ...EVENT_STREAM_HEADERS,
  connection: 'close',
});

export class EventStream {
  /** The last id that was sent, and the one that the reader may go on from. */
  private sent: number | undefined;
  position: number | undefined;

  constructor(
    private readonly raw: ServerResponse,
    /** By the clock of `performance`. */
    readonly lastsUntil: number,
    private readonly bounds: { most_waiting: number; stalled_ms: number },
  ) {}

  get isOpen(): boolean {
    return !this.raw.writableEnded && !this.raw.destroyed;
  }

  /** Whether the reader lags: no more is to be sent until `taken`. */
  get isFull(): boolean {
    return this.raw.writableLength > this.bounds.most_waiting;
  }

  send(event: Buffer, id: number): void {
    this.raw.write(event);
    this.sent = id;
    this.position = id;
  }

  /** Waits until the reader has taken what was sent; one who takes too long is cut off. */
  async taken(): Promise<void> {
    if (!this.isOpen || this.raw.writableLength === 0) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.raw.off('drain', done).off('close', done);
        resolve();
      };
      const timer = setTimeout(() => this.raw.destroy(), this.bounds.stalled_ms).unref();
      this.raw.once('drain', done).once('close', done);
    });
  }

  /**
   * A comment; with it the position of a reader whom no event has concerned for long, so that it comes back there. An
   * event of an id alone is none to the reader.
   */
  beat(): void {
    if (this.raw.writableLength > 0) return;
    const moved = this.position !== undefined && this.position !== this.sent;
    this.raw.write(moved ? `:\nid: ${this.position}\n\n` : ':\n\n');
    this.sent = this.position;
  }

  onClose(closed: () => void): void {
    this.raw.once('close', closed);
  }

  /** @param waits whether the reader is given the time to take what was sent */
  end(waits = true): void {
    if (!this.isOpen) return;
    if (waits || this.raw.writableLength === 0) this.raw.end();
    else this.raw.destroy();
  }
}
