// Makes the OpenAPI document from the routes: what the schema library gives, put in the form that people and tools
// expect.
import type { FastifyInstance } from 'fastify';
import { PROBLEMS } from '../errors.js';

// biome-ignore lint/suspicious/noExplicitAny: an OpenAPI document is walked as plain JSON, whatever its shape.
type Node = any;

/** Titles of the statuses that are no problem. */
const SUCCESS: Record<string, string> = {
  200: 'Here it is.',
  201: 'Made.',
  204: 'Done.',
  304: 'Not modified: what you have is up to date.',
};

/** How many values a parameter takes (src/contract/page.ts). */
const MOST_VALUES = 100;

/** Headers of answers, by where they are sent. */
const ETAG = { description: 'Strong entity tag (RFC 9110).', schema: { type: 'string' } };
const LOCATION = { description: 'Address of what was made.', schema: { type: 'string', format: 'uri-reference' } };
const LINK = { description: 'Neighbouring pages (RFC 8288).', schema: { type: 'string' } };

const REPLAYED = {
  description: '`true` where the request was done before under the same `Idempotency-Key`, and this is what it was answered then.',
  schema: { type: 'string', enum: ['true'] },
};

/** What is told who asked too much; the last two with every answer, where there is a limit. */
const LIMITS = {
  'Retry-After': { description: 'How long to wait, in seconds.', schema: { type: 'integer' } },
  'RateLimit-Policy': {
    description: 'How many requests one may send in how many seconds: `"default";q=3000;w=60`.',
    schema: { type: 'string' },
  },
  RateLimit: { description: 'How many are left, and for how many seconds: `"default";r=2999;t=60`.', schema: { type: 'string' } },
};

/** What every POST takes. */
const IDEMPOTENCY_KEY = {
  in: 'header',
  name: 'Idempotency-Key',
  required: false,
  description:
    'A new one for each new request, such as a UUID. A request that is sent again under the same key within 24 hours is done once and answered the same again, with `Idempotency-Replayed: true` (409 where the answer showed a secret, or while the first still runs); another request under the key is answered 422. With `validate_only` it is ignored.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
};

/**
 * @param app in the mode in which it makes a document; ready
 * @param media what operations answer that is not JSON, by operation
 * @returns the document, without examples
 */
export function describe(app: FastifyInstance, media: Map<string, string[]>): Node {
  const document: Node = structuredClone(app.swagger());
  for (const [path, operations] of Object.entries<Node>(document.paths)) {
    for (const [method, operation] of Object.entries<Node>(operations)) {
      operation.parameters = parametersOf(operation.parameters ?? [], /\/(restore|revert)$/.test(path) ? 'change' : method);
      if (method === 'post') operation.parameters.push(IDEMPOTENCY_KEY);
      if (operation.parameters.length === 0) delete operation.parameters;
      if (operation.requestBody !== undefined)
        operation.requestBody = bodyOf(
          operation.requestBody.content['application/json'].schema,
          method,
          media.get(operation.operationId) ?? [],
        );
      operation.responses = responsesOf(operation, method, path, media.get(operation.operationId) ?? ['application/json']);
    }
  }
  document.components.responses = problemResponses(document);
  rename(document);
  prune(document);
  return document;
}

/** Lists as one parameter with commas, and no traces of the text that a number is read from. */
function parametersOf(parameters: Node[], method: string): Node[] {
  const plain = parameters.map(({ schema, ...parameter }) => {
    if (schema.list !== undefined)
      return { ...parameter, style: 'form', explode: false, schema: { type: 'array', maxItems: MOST_VALUES, items: schema.list } };
    if (schema.type === 'boolean') return { ...parameter, schema: { type: 'boolean', default: false } };
    if (schema.type === 'integer') delete schema.pattern;
    return { ...parameter, schema };
  });
  const header = (name: string, description: string) => ({ in: 'header', name, required: false, description, schema: { type: 'string' } });
  const conditional = { put: 'If-Match', patch: 'If-Match', delete: 'If-Match', change: 'If-Match' }[method];
  return [
    ...plain.filter((parameter) => parameter.in === 'path'),
    ...plain.filter((parameter) => parameter.in !== 'path'),
    ...(conditional === undefined || !plain.some(({ name }) => name === 'validate_only')
      ? []
      : [header(conditional, 'The `ETag` of the version that is to be changed; another one answers 412.')]),
  ];
}

/** What takes a list takes its elements one in each line, too, in the forms in which it answers. */
const bodyOf = (schema: Node, method: string, media: string[]): Node => ({
  required: true,
  content: {
    'application/json': { schema },
    ...(method === 'patch' && { 'application/merge-patch+json': { schema } }),
    ...(schema.type === 'array' && Object.fromEntries(media.slice(1).map((type) => [type, { schema: { type: 'string' } }]))),
  },
});

/** What is no resource of the data set has no tag when it is written: keys, webhooks and batches. */
const isUntagged = (path: string, method: string): boolean => /^\/v1\/(keys|webhooks|events\/batch)/.test(path) && method !== 'get';

const isProblem = (status: string): boolean => Number(status) >= 400 || status === '301';

function responsesOf({ operationId, responses }: Node, method: string, path: string, media: string[]): Node {
  const headers = (status: string) => ({
    ...(status !== '204' && path.startsWith('/v1/') && !isUntagged(path, method) && { ETag: ETAG }),
    ...(status === '201' && { Location: LOCATION }),
    ...(method === 'post' && status === (responses['201'] ? '201' : '200') && { 'Idempotency-Replayed': REPLAYED }),
    ...(status === '200' && /^(list|getTimeline)(?!Histogram)|Revision$/.test(operationId) && operationId !== 'listKeys' && { Link: LINK }),
  });
  return Object.fromEntries(
    Object.entries<Node>(responses).map(([status, response]) => {
      if (isProblem(status)) return [status, { $ref: `#/components/responses/Problem${status}` }];
      const description =
        method === 'post' && status === '200' && responses['201']
          ? 'With validate_only: what would have been.'
          : (SUCCESS[status] ?? 'An answer.');
      // Beside JSON, other forms are text to OpenAPI; a form alone is what its operation says.
      const schemaFor = (type: string) =>
        media.length > 1 && type !== 'application/json' ? { type: 'string' } : response.content['application/json'].schema;
      const body =
        status === '204' || status === '304'
          ? {}
          : { content: Object.fromEntries(media.map((type) => [type, { schema: schemaFor(type) }])) };
      const sent = headers(status);
      return [status, { description, ...(Object.keys(sent).length > 0 && { headers: sent }), ...body }];
    }),
  );
}

/** One answer for each status of a problem that some operation may answer. */
function problemResponses(document: Node): Node {
  const statuses = new Set(
    Object.values<Node>(document.paths).flatMap((operations) =>
      Object.values<Node>(operations).flatMap(({ responses }) => Object.keys(responses)),
    ),
  );
  const kinds = (status: number) => Object.values(PROBLEMS).filter((problem) => problem.status === status);
  return Object.fromEntries(
    [...statuses]
      .filter(isProblem)
      .sort()
      .map((status) => [
        `Problem${status}`,
        {
          description: kinds(Number(status)).map(({ title, text }) => `${title}. ${text}`)[0],
          ...(status === '429' && { headers: LIMITS }),
          ...(status === '301' && { headers: { Location: LOCATION } }),
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      ]),
  );
}

/** What is sent is named as it was meant: EventBody, not EventBodyInput. */
function rename(document: Node): void {
  const { schemas } = document.components;
  const used = references(document);
  for (const name of Object.keys(schemas)) {
    const plain = name.replace(/Input$/, '');
    if (plain === name || !used.has(name) || !/(Body|Patch)$/.test(plain)) continue;
    schemas[plain] = schemas[name];
    replaceReference(document, name, plain);
  }
}

/** Leaves out what nothing refers to. */
function prune(document: Node): void {
  const { schemas } = document.components;
  const used = new Set<string>();
  const follow = (node: Node): void => {
    for (const name of references(node)) {
      if (used.has(name)) continue;
      used.add(name);
      follow(schemas[name]);
    }
  };
  follow(document.paths);
  follow(document.components.responses);
  document.components.schemas = Object.fromEntries([...used].sort().map((name) => [name, schemas[name]]));
}

/** The names of the schemas that a part of the document refers to. */
function references(node: Node): Set<string> {
  const found = new Set<string>();
  walk(node, (value) => {
    if (typeof value.$ref === 'string' && value.$ref.startsWith('#/components/schemas/'))
      found.add(value.$ref.slice('#/components/schemas/'.length));
  });
  return found;
}

function replaceReference(node: Node, from: string, to: string): void {
  walk(node, (value) => {
    if (value.$ref === `#/components/schemas/${from}`) value.$ref = `#/components/schemas/${to}`;
  });
}

function walk(node: Node, visit: (value: Node) => void): void {
  if (typeof node !== 'object' || node === null) return;
  visit(node);
  for (const value of Object.values(node)) walk(value, visit);
}
