// Readers and writers who go on whatever happens, and remember each answer.
import { setTimeout as wait } from 'node:timers/promises';

export interface Answered {
  /** What was asked, such as "GET /v1/events". */
  what: string;
  /** Null where the connection failed. */
  status: number | null;
  type: string | null;
  retryAfter: string | null;
  ms: number;
  /** When it was answered, by performance.now(). */
  at: number;
  /** What was written. */
  slug: string | null;
}

export async function ask(address: string, path: string, { key, body }: { key?: string; body?: object } = {}): Promise<Answered> {
  const beganAt = performance.now();
  const told = { what: `${body === undefined ? 'GET' : 'POST'} ${path}`, slug: (body as { slug?: string } | undefined)?.slug ?? null };
  const timing = () => ({ ms: performance.now() - beganAt, at: performance.now() });
  try {
    const response = await fetch(`${address}${path}`, {
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(60_000),
    });
    await response.arrayBuffer();
    const { status, headers } = response;
    return { ...told, status, type: headers.get('content-type'), retryAfter: headers.get('retry-after'), ...timing() };
  } catch {
    return { ...told, status: null, type: null, retryAfter: null, ...timing() };
  }
}

export interface Load {
  answers: Answered[];
  stop(): Promise<Answered[]>;
}

/** @param readers what each of them reads again and again */
export function startLoad(address: string, { key, readers, writers }: { key: string; readers: string[]; writers: number }): Load {
  const answers: Answered[] = [];
  let isStopped = false;
  const goOn = async (next: () => Promise<Answered>) => {
    while (!isStopped) {
      const answer = await next();
      answers.push(answer);
      // A reader who is refused does not come back at once.
      await wait(answer.status === null || answer.status >= 500 ? 20 : 2);
    }
  };
  const running = [
    ...readers.map((path) => goOn(() => ask(address, path))),
    ...Array.from({ length: writers }, () => goOn(() => ask(address, '/v1/events', { key, body: nextEvent() }))),
  ];
  return {
    answers,
    async stop() {
      isStopped = true;
      await Promise.all(running);
      return answers;
    },
  };
}

const RUN = Date.now().toString(36);
let written = 0;

/** An event with links of several kinds, so that half of it could be missing. */
export const nextEvent = () => {
  const number = ++written;
  return {
    slug: `written-${RUN}-${number}`,
    type: 'statement',
    title: `Written under load, number ${number}`,
    date: '2025-07-26',
    topics: ['chips'],
    actors: [{ actor: 'country', role: 'speaker' }],
    sources: [{ source: { url: `https://example.org/${RUN}/${number}`, title: `Source ${number}`, kind: 'media' } }],
  };
};

/** What those events name. */
export const GROUND: [path: string, body: object][] = [
  ['/v1/topics', { slug: 'chips', name: 'Chips' }],
  ['/v1/actors', { slug: 'country', name: 'Country', kind: 'country', country_code: 'CN' }],
];

export async function layGround(address: string, key: string): Promise<void> {
  for (const [path, body] of GROUND) {
    const { status } = await ask(address, path, { key, body });
    if (status !== 201) throw new Error(`POST ${path} answered ${status}`);
  }
}

/** What was refused although it should be 503 with its marks, or was answered with something else than 2xx and 503. */
export const wronglyAnswered = (answers: Answered[]): Answered[] =>
  answers.filter(
    ({ status, type, retryAfter }) =>
      !(status !== null && status < 300) && !(status === 503 && type === 'application/problem+json' && /^\d+$/.test(retryAfter ?? '')),
  );

export const slowest = (answers: Answered[]): number => Math.round(Math.max(0, ...answers.map(({ ms }) => ms)));
