// Follows the changes of a server as readers without a key are told of them, by its stream, and goes on where it was. What
// it does not know that it has seen, it takes for anything: then everything is dropped.
import { setTimeout as pause } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import { ALL, keysOf, type Told } from '../../contract/surrogate-keys.js';

interface Options {
  drop: (keys: string[]) => void;
  signal: AbortSignal;
  say: (line: string) => void;
}

/** A stream that says nothing for so long, not even that it is alive, is over; in milliseconds. */
const SILENT_MS = 45_000;
const RETRY_MS = 1000;

interface Reader {
  begun(): void;
  take(entry: Told & { seq: number }): void;
}

/** The server answers that there is no going on from there. */
class Lost extends Error {}

/** Until it is interrupted. @param url of the server itself */
export async function followChanges(url: string, { drop, signal, say }: Options): Promise<void> {
  let since: number | null = null;
  let isTold = false;
  while (!signal.aborted) {
    try {
      if (since === null) {
        since = await lastSeq(url, signal);
        drop([ALL]);
        say(`Following the changes of ${url} after ${since}.`);
      }
      await readOn(
        url,
        since,
        {
          begun() {
            if (isTold) say(`Following the changes of ${url} again.`);
            isTold = false;
          },
          take(entry) {
            since = entry.seq;
            drop(keysOf(entry));
          },
        },
        signal,
      );
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Lost) since = null;
      if (!isTold) say(`${messageOf(error)}; trying again. Meanwhile caches may hold what is no longer true, for CDN_MAX_AGE at most.`);
      isTold = true;
    }
    await pause(RETRY_MS, undefined, { signal }).catch(() => {});
  }
}

async function lastSeq(url: string, signal: AbortSignal): Promise<number> {
  const answer = await fetch(new URL('/v1/changes?limit=1', url), { signal: AbortSignal.any([signal, AbortSignal.timeout(SILENT_MS)]) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status} for its changes`);
  return ((await answer.json()) as { meta: { last_seq: number } }).meta.last_seq;
}

/** Reads the stream to its end. */
async function readOn(url: string, since: number, { begun, take }: Reader, signal: AbortSignal): Promise<void> {
  const silence = new AbortController();
  const listening = AbortSignal.any([signal, silence.signal]);
  const hear = () => setTimeout(() => silence.abort(new Error(`${url} has been silent for too long`)), SILENT_MS);
  let timer = hear();
  try {
    const answer = await fetch(new URL('/v1/changes/stream', url), { headers: { 'last-event-id': String(since) }, signal: listening });
    if (answer.status === 400 || answer.status === 410)
      throw new Lost(`${url} has no changes after ${since} to go on from; everything is dropped`);
    if (!answer.ok) throw new Error(`${url} answered ${answer.status} for its stream of changes`);
    begun();
    const parser = createParser({
      onEvent: ({ data }) => take(JSON.parse(data)),
    });
    const decoder = new TextDecoder();
    for await (const bytes of answer.body!) {
      clearTimeout(timer);
      timer = hear();
      parser.feed(decoder.decode(bytes as Uint8Array, { stream: true }));
    }
  } finally {
    clearTimeout(timer);
  }
}

const messageOf = (error: unknown): string => {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
};
