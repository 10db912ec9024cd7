// Puts real answers into the OpenAPI document: each operation's example is asked of a server that holds the first data
// set. Ids, instants and keys, which differ at each run, are replaced by fixed ones.
import type { FastifyInstance, InjectOptions } from 'fastify';
import type { Example } from '../http/operation.js';

// biome-ignore lint/suspicious/noExplicitAny: an OpenAPI document is walked as plain JSON, whatever its shape.
type Node = any;

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;

const SHA256 = /\b[0-9a-f]{64}\b/g;

/** Requests that show each problem, in an order in which each does its part. */
const PROBLEM_REQUESTS: Record<string, InjectOptions> = {
  Problem301: { url: '/v1/events/keynote-of-li-qiang' },
  Problem400: { url: '/v1/timeline?form=2025-07' },
  Problem401: { method: 'POST', url: '/v1/events', headers: { authorization: '' }, payload: {} },
  Problem403: { method: 'POST', url: '/v1/events', payload: {} },
  Problem404: { url: '/v1/events/li-qiang-keynote' },
  Problem406: { url: '/v1/timeline', headers: { accept: 'image/png' } },
  Problem409: { method: 'DELETE', url: '/v1/actors/li-qiang' },
  Problem410: { url: '/v1/topics/compute-thresholds' },
  Problem412: {
    method: 'PATCH',
    url: '/v1/events/li-qiang-waic-2025-keynote',
    headers: { 'if-match': '"999"' },
    payload: { significance: 5 },
  },
  Problem413: {
    method: 'POST',
    url: '/v1/events',
    headers: { 'content-type': 'application/json' },
    payload: `"${'x'.repeat(1024 * 1024)}"`,
  },
  Problem415: { method: 'POST', url: '/v1/events', headers: { 'content-type': 'text/plain' }, payload: 'news' },
  Problem429: { url: '/v1/timeline' },
  Problem422: {
    method: 'POST',
    url: '/v1/events',
    payload: { type: 'speach', title: 'A speech', date: '2025-07-26', actors: [{ actor: 'li-qiang', role: 'speaker' }] },
  },
};

/** An event that is there already. */
const TWICE = { slug: 'keynote-of-li-qiang', type: 'speech', title: 'Keynote of Li Qiang', date: '2025-07-26' };

interface Asked {
  app: FastifyInstance;
  /** Another one, which answers a single request. */
  limited: FastifyInstance;
  /** Keys by role. */
  keys: { admin: string; contributor: string };
  /** The examples that the routes declare, by operation. */
  examples: Map<string, Example>;
}

/** @param document as `describe` makes it; the examples are put into it */
export async function addExamples(document: Node, asked: Asked): Promise<void> {
  for (const operations of Object.values<Node>(document.paths)) {
    for (const [method, operation] of Object.entries<Node>(operations)) await addExample(operation, method, asked);
  }
  await addProblems(document.components.responses, asked);
  Object.assign(document, fix(document));
}

async function addExample(operation: Node, method: string, { app, keys, examples }: Asked): Promise<void> {
  const example = examples.get(operation.operationId);
  if (example === undefined) return;
  const authorization = `Bearer ${keys.admin}`;
  if (example.after !== undefined)
    await app.inject({ method: 'PATCH', url: example.after.url, headers: { authorization }, payload: example.after.body });
  if (example.body !== undefined)
    for (const media of Object.values<Node>(operation.requestBody.content))
      media.example = media.schema.type === 'string' ? inLines(example.body) : example.body;
  if (example.answer !== undefined) return showAnswer(operation, example.answer);
  const isPublic = operation.security.length !== 1;
  const isWrite = method !== 'get';
  // Neither can be asked of what is there and published.
  if (/^(restore|publish)/.test(operation.operationId)) {
    operation.responses[200].content['application/json'].example = await restored(app, keys.admin, example.url);
    return;
  }
  const validated = isWrite && operation.parameters?.some((parameter: Node) => parameter.name === 'validate_only');
  const answer = await app.inject({
    method: method.toUpperCase() as 'GET',
    url: validated ? `${example.url}?validate_only=true` : example.url,
    ...(!isPublic && { headers: { authorization } }),
    ...(example.body && { payload: example.body }),
  });
  if (method === 'delete') return;
  if (answer.statusCode >= 300)
    throw new Error(`The example of ${operation.operationId} was answered ${answer.statusCode}: ${answer.body}`);
  for (const status of ['200', '201']) {
    const [first] = Object.entries<Node>(operation.responses[status]?.content ?? {});
    if (first === undefined) continue;
    const [type, media] = first;
    media.example = type === 'application/json' ? answer.json() : withoutInstants(firstLines(answer.body, example.lines));
  }
}

const inLines = (body: object): string => (body as object[]).map((one) => `${JSON.stringify(one)}\n`).join('');

function showAnswer(operation: Node, answer: string | object): void {
  for (const status of ['200', '201'])
    for (const media of Object.values<Node>(operation.responses[status]?.content ?? {})) media.example = answer;
}

/** What restoring and publishing answer is the resource. */
async function restored(app: FastifyInstance, key: string, url: string): Promise<unknown> {
  const answer = await app.inject({ url: url.replace(/\/(restore|publish)$/, ''), headers: { authorization: `Bearer ${key}` } });
  return answer.json();
}

async function addProblems(responses: Node, { app, limited, keys }: Asked): Promise<void> {
  const admin = { authorization: `Bearer ${keys.admin}` };
  await app.inject({ method: 'POST', url: '/v1/topics', headers: admin, payload: { name: 'Compute thresholds' } });
  await app.inject({ method: 'DELETE', url: '/v1/topics/compute-thresholds?reason=correction', headers: admin });
  await app.inject({ method: 'POST', url: '/v1/events', headers: admin, payload: TWICE });
  const into = { into: 'li-qiang-waic-2025-keynote' };
  await app.inject({ method: 'POST', url: `/v1/events/${TWICE.slug}/merge`, headers: admin, payload: into });
  await limited.inject('/v1/timeline');
  for (const [name, { headers, ...request }] of Object.entries(PROBLEM_REQUESTS)) {
    const authorization =
      name === 'Problem403'
        ? `Bearer ${keys.contributor}`
        : request.method === undefined || headers?.authorization === ''
          ? undefined
          : admin.authorization;
    const { authorization: _, ...rest } = headers ?? {};
    const asked = name === 'Problem429' ? limited : app;
    const answer = await asked.inject({ ...request, headers: { ...rest, ...(authorization && { authorization }) } });
    if (`Problem${answer.statusCode}` !== name) throw new Error(`The example of ${name} was answered ${answer.statusCode}: ${answer.body}`);
    responses[name].content['application/problem+json'].example = answer.json();
  }
}

const firstLines = (text: string, lines: number | undefined): string =>
  lines === undefined ? text : `${text.split('\n', lines).join('\n')}\n`;

/** Text in which instants, which have no name there, are replaced by a fixed one. */
const withoutInstants = (text: string): string =>
  text.replace(/\d{4}-\d{2}-\d{2}T[\d:]{8}\.\d{3}Z/g, '2025-07-27T08:00:00.000Z').replace(/\b\d{8}T\d{6}Z/g, '20250727T080000Z');

/** The same document with what differs at each run replaced. */
function fix(document: Node): Node {
  const ids = new Map<string, string>();
  const idOf = (id: string): string => {
    if (!ids.has(id)) ids.set(id, `01985c2e-0000-7000-8000-${String(ids.size + 1).padStart(12, '0')}`);
    return ids.get(id)!;
  };
  return JSON.parse(
    JSON.stringify(document, (name, value) => {
      if (typeof value !== 'string') return value;
      if (/_at$/.test(name) && name !== 'expires_at' && name !== 'retrieved_at') return '2025-07-27T08:00:00.000Z';
      if (/^dmr_/.test(value)) return 'dmr_shown-once-and-stored-only-as-a-digest';
      return value
        .replace(UUID, idOf)
        .replace(SHA256, (digest) => `${digest.replace(/./g, '0').slice(4)}5ea1`)
        .replace(/\bcursor=[\w-]+/, 'cursor=WyJuZXh0Il0')
        .replace(/(was (?:deleted|withdrawn) on )\d{4}-\d{2}-\d{2}/, '$12025-07-27');
    }),
  );
}
