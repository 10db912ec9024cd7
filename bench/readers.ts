// Readers of a tracker as there are many: most ask for what most ask for. What is asked is found in the server itself (pages of
// the timeline, filters, single events, feeds, pages for people), and drawn by Zipf within each kind.
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** Of a hundred questions so many are of each kind. */
const SHARES = { timeline: 25, filters: 25, events: 30, feeds: 10, pages: 10 } as const;
type Questions = Record<keyof typeof SHARES, string[]>;

/** The most pages that somebody leafs through, and the most names of each kind that filters are made of. */
const MOST = { pages: 40, names: 30, events: 2000 };
/** How many draws are made ahead; then they come again. */
const DRAWS = 50_000;
const CONNECTIONS = 32;
const TRIES = 20;
/** As browsers and libraries send it. */
export const ENCODINGS = { 'accept-encoding': 'gzip, br' };

interface List {
  data: { slug: string; type?: string }[];
  page: { next: string | null };
}

/** @returns what may be asked, the most asked first */
export async function findQuestions(address: string): Promise<Questions> {
  const read = async (path: string): Promise<List> => {
    for (let tries = 1; ; tries++) {
      const answer = await fetch(address + path);
      if (answer.ok) return (await answer.json()) as List;
      // A server that has just started on a busy machine may have too much to do for a moment.
      if (answer.status !== 503 || tries === TRIES) throw new Error(`${path} answered ${answer.status}.`);
      await pause(1000);
    }
  };
  const timeline = ['/v1/timeline', '/v1/timeline?order=desc'];
  const types = new Set<string>();
  for (let path: string | null = '/v1/timeline'; path !== null && timeline.length < MOST.pages; ) {
    const { data, page }: List = await read(path);
    for (const { type } of data) types.add(type!);
    path = page.next;
    if (path !== null) timeline.push(path);
  }
  const slugs: string[] = [];
  for (let path: string | null = '/v1/events?limit=200'; path !== null && slugs.length < MOST.events; ) {
    const { data, page }: List = await read(path);
    slugs.push(...data.map(({ slug }) => slug));
    path = page.next;
  }
  const names = async (what: string) => (await read(`/v1/${what}?limit=${MOST.names}`)).data.map(({ slug }) => slug);
  const [topics, actors] = [await names('topics'), await names('actors')];
  return {
    timeline,
    filters: inTurns([
      topics.map((slug) => `/v1/timeline?topic=${slug}`),
      actors.map((slug) => `/v1/timeline?actor=${slug}&order=desc`),
      [...types].map((type) => `/v1/timeline?type=${type}&min_significance=3`),
      ['/v1/timeline/histogram?interval=year', '/v1/timeline?facets=type,country&limit=20', '/v1/timeline?q=governance', '/v1/stats'],
    ]),
    events: slugs.map((slug) => `/v1/events/${slug}`),
    feeds: [
      '/v1/timeline.atom',
      '/v1/timeline.feed.json',
      '/v1/timeline.ics?limit=50',
      ...topics.map((slug) => `/v1/timeline.atom?topic=${slug}`),
    ],
    pages: ['/', ...slugs.slice(0, 200).map((slug) => `/events/${slug}`)],
  };
}

const inTurns = (lists: string[][]): string[] =>
  Array.from({ length: Math.max(...lists.map((list) => list.length)) }).flatMap((_, index) =>
    lists.flatMap((list) => (index < list.length ? [list[index]!] : [])),
  );

/** The same at each run: the numbers of a linear congruential generator, from 0 to below 1. */
function createDraws(): () => number {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** @returns paths as readers ask for them: a kind by its share, then the n-th of it as often as 1/n says */
export function drawPaths(questions: Questions): string[] {
  const draw = createDraws();
  const kinds = Object.entries(SHARES).flatMap(([kind, share]) => Array<keyof Questions>(share).fill(kind as keyof Questions));
  const sums = new Map(
    Object.entries(questions).map(([kind, paths]) => {
      let sum = 0;
      return [kind, paths.map((_, index) => (sum += 1 / (index + 1)))];
    }),
  );
  return Array.from({ length: DRAWS }, () => {
    const kind = kinds[Math.floor(draw() * kinds.length)]!;
    const upTo = sums.get(kind)!;
    const wanted = draw() * upTo.at(-1)!;
    return questions[kind][upTo.findIndex((sum) => sum > wanted)]!;
  });
}

/** For wrk, which asks for one after another. */
export function writeScript(file: string, paths: string[]): void {
  writeFileSync(
    file,
    `local paths = {${paths.map((path) => JSON.stringify(path)).join(',')}}
local asked, at = {}, 0
function init()
  for i, path in ipairs(paths) do asked[i] = wrk.format('GET', path) end
end
function request()
  at = at % #asked + 1
  return asked[at]
end
`,
  );
}

export interface Read {
  requests: number;
  failed: number;
  p50_ms: number;
  p99_ms: number;
}

/** Asks at a steady pace, whether or not what was asked before is answered. @param rate requests a second */
export async function readAtPace(address: string, paths: string[], rate: number, seconds: number): Promise<Read> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const taken: number[] = [];
  let failed = 0;
  const ask = (path: string): Promise<void> =>
    new Promise((resolve) => {
      const began = performance.now();
      const fail = () => {
        failed++;
        resolve();
      };
      const sent = request(address + path, { agent, headers: ENCODINGS }, (answer) => {
        answer.on('error', fail).on('end', () => {
          if (answer.statusCode !== 200) return fail();
          taken.push(performance.now() - began);
          resolve();
        });
        answer.resume();
      });
      sent.on('error', fail).end();
    });
  const began = performance.now();
  const asked: Promise<void>[] = [];
  for (let at = 0; performance.now() - began < seconds * 1000; ) {
    for (const due = ((performance.now() - began) / 1000) * rate; at < due; at++) asked.push(ask(paths[at % paths.length]!));
    await pause(5);
  }
  await Promise.all(asked);
  agent.destroy();
  const sorted = taken.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { requests: asked.length, failed, p50_ms: at(0.5), p99_ms: at(0.99) };
}
