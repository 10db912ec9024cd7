// Runs the fuzzer against a server: so many requests to every operation, and lives of resources from end to end.
import fc from 'fast-check';
import { createChains } from './chains.js';
import { createClient } from './client.js';
import { readDocument } from './document.js';
import { createJudge } from './judge.js';
import { createRequests, type FuzzRequest } from './requests.js';

interface Options {
  address: string;
  /** The key of an admin. */
  key: string;
  /** How many requests, about. */
  runs: number;
  /** The same seed makes up the same requests. */
  seed: number;
  /** Only operations and lives whose name holds this. */
  only?: string;
}

export interface Fuzzed {
  requests: number;
  /** How many answers there were of each status. */
  statuses: Map<number, number>;
  /** How many resources of each kind lived from end to end. */
  lived: Map<string, number>;
  /** What went wrong, where, and the smallest request that shows it. */
  failures: { id: string; complaint: string; example: unknown }[];
}

/** The part of the requests that the lives are to have, and how many one of them takes. */
const FOR_LIVES = 0.25;
const OF_A_LIFE = 12;

export async function fuzz({ address, key, runs, seed, only = '' }: Options): Promise<Fuzzed> {
  const document = readDocument();
  const judge = createJudge(document);
  const client = createClient(address, key);
  const keys = await keysBy(client.send);
  const requests = createRequests(document, (prefix) => keys.get(prefix) ?? [], judge.validate);
  const ofOperations = document.operations.map((operation) => ({
    id: operation.id,
    property: fc.asyncProperty(requests.requestTo(operation), async (request: FuzzRequest) => {
      const answer = await client.send(request);
      const complaint = judge.complaintOf(operation, request, answer);
      if (complaint !== null) throw new Error(complaint);
    }),
  }));
  const { lives: ofLives, lived } = createChains(document, requests, judge, client);
  const chosen = <Named extends { id: string }>(all: Named[]) => all.filter(({ id }) => id.includes(only));
  const [operations, lives] = [chosen(ofOperations), chosen(ofLives)];
  const failures: Fuzzed['failures'] = [];
  const run = async <Input>({ id, property }: { id: string; property: fc.IAsyncProperty<Input> }, numRuns: number) => {
    const result = await fc.check(property, { seed, numRuns: Math.max(1, numRuns) });
    if (!result.failed) return;
    const complaint = result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
    failures.push({ id, complaint, example: result.counterexample });
  };
  const forLives = operations.length === 0 ? runs : runs * FOR_LIVES;
  for (const one of operations) await run(one, Math.round((lives.length === 0 ? runs : runs - forLives) / operations.length));
  for (const one of lives) await run(one, Math.round(forLives / lives.length / OF_A_LIFE));
  return { requests: client.sent(), statuses: client.statuses, lived, failures };
}

/** What is there to be named in paths, by the path before it; a webhook, a key and a release are made for it. */
async function keysBy(send: ReturnType<typeof createClient>['send']): Promise<Map<string, string[]>> {
  const ask = async (method: string, url: string, body?: object) => {
    const headers = { 'content-type': 'application/json' };
    const { text } = await send({ method, url, bearer: 'admin', ...(body && { headers, body: JSON.stringify(body) }) });
    return JSON.parse(text);
  };
  const slugs = async (path: string): Promise<[string, string[]]> => {
    const { data } = await ask('GET', `${path}?limit=40`);
    return [`${path}/`, data.map(({ slug }: { slug: string }) => slug)];
  };
  const collections = ['/v1/events', '/v1/initiatives', '/v1/action-plans', '/v1/actors', '/v1/sources', '/v1/topics'];
  const webhook = await ask('POST', '/v1/webhooks', { url: 'https://demarche.example/hook' });
  const key = await ask('POST', '/v1/keys', { name: 'to be revoked', role: 'contributor' });
  const release = await ask('POST', '/v1/releases', { label: 'fuzzed' });
  return new Map([
    ...(await Promise.all(collections.map(slugs))),
    ['/v1/webhooks/', [webhook.id].filter(Boolean)],
    ['/v1/keys/', [key.id].filter(Boolean)],
    ['/v1/releases/', [release.label, 'fuzzed'].filter(Boolean)],
    ['/problems/', ['not-found', 'gone', 'validation-error']],
  ]);
}
