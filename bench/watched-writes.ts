// Writes at a pace, each of which is looked for through the cache until it is seen, and for a while after: a cache may keep an
// answer from before a change that was on its way when the purge came, and show that again.
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** How long after a write is looked for an answer from before it, in milliseconds: longer than the second purge takes to come. */
const WATCHED_MS = 3000;
/** Between two looks until the write is seen, and from then on. */
const LOOK_MS = { until: 2, after: 250 };
/** How many events are written to in turn, so that none is watched twice at a time. */
const EVENTS = 64;
/** How often a write that a busy server does not take is sent again. */
const TRIES = 20;

export interface Watched {
  writes: number;
  /** From the answer to a write until the last answer through the cache that was from before it, in milliseconds; 0 for none. */
  stale_ms: number[];
  /** How many of them were seen, and then not any more. */
  reverted: number;
  /** Looks through the cache, which are no readers': what was kept, and what was fetched. */
  hits: number;
  misses: number;
}

export interface Writer {
  /** Writes `rate` times a second for so long, and waits until each is looked for long enough. */
  write(rate: number, seconds: number): Promise<Watched>;
  close(): void;
}

/** @param origin and cache: addresses; without a cache nothing is looked for */
export async function createWriter(origin: string, cache: string | null, key: string): Promise<Writer> {
  const agent = new Agent({ keepAlive: true });
  const run = `watched-${Date.now().toString(36)}`;
  let number = 0;

  const ask = (url: string, method = 'GET', body?: object): Promise<{ status: number; isKept: boolean; text: string }> =>
    new Promise((resolve, reject) => {
      const headers = body && { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      const sent = request(url, { agent, method, ...(headers && { headers }) }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (data) => (text += data));
        answer.on('end', () => resolve({ status: answer.statusCode!, isKept: answer.headers['x-cache'] === 'hit', text }));
      });
      sent.on('error', reject).end(body && JSON.stringify(body));
    });
  async function told(path: string, method: string, body: object): Promise<void> {
    let { status, text } = await ask(`${origin}${path}`, method, body);
    for (let tries = 1; status === 503 && tries < TRIES; tries++) {
      await pause(1000);
      ({ status, text } = await ask(`${origin}${path}`, method, body));
    }
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text.slice(0, 200)}`);
  }

  const names = Array.from({ length: EVENTS }, (_, index) => `${run}-${index}`);
  for (const name of names) {
    await told('/v1/topics', 'POST', { slug: name, name });
    await told('/v1/events', 'POST', { slug: name, type: 'other', title: 'number 0', date: '2025', topics: [name] });
  }

  async function watch(watched: Watched): Promise<void> {
    const now = ++number;
    const name = names[now % EVENTS]!;
    const place = [`/v1/events/${name}`, `/v1/timeline?topic=${name}`, `/events/${name}`, `/v1/timeline.atom?topic=${name}`][
      (now + (now >> 6)) % 4
    ]!;
    // So that there is something to be dropped.
    const look = async (): Promise<boolean> => {
      const { isKept, text } = await ask(cache + place);
      watched[isKept ? 'hits' : 'misses']++;
      return new RegExp(`number ${now}\\b`).test(text);
    };
    if (cache !== null) await look();
    await told(`/v1/events/${name}`, 'PATCH', { title: `number ${now}` });
    if (cache === null) return;
    const written = performance.now();
    let [lastOld, isSeen, isReverted] = [0, false, false];
    while (performance.now() - written < WATCHED_MS || !isSeen) {
      const asked = performance.now();
      if (await look()) isSeen = true;
      else {
        lastOld = asked - written;
        isReverted ||= isSeen;
      }
      await pause(isSeen ? LOOK_MS.after : LOOK_MS.until);
    }
    watched.stale_ms.push(lastOld);
    if (isReverted) watched.reverted++;
  }

  return {
    async write(rate, seconds) {
      const watched: Watched = { writes: 0, stale_ms: [], reverted: 0, hits: 0, misses: 0 };
      const began = performance.now();
      const running: Promise<void>[] = [];
      while (performance.now() - began < seconds * 1000) {
        if (((performance.now() - began) / 1000) * rate >= watched.writes) {
          watched.writes++;
          running.push(watch(watched));
        }
        await pause(5);
      }
      await Promise.all(running);
      return watched;
    },
    close: () => agent.destroy(),
  };
}
