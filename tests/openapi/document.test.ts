// The published contract: it is what the routes say, lacks nothing, and its examples are real.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { buildApp } from '../../src/app.js';
import { OPENAPI } from '../../src/files.js';
import { makeDocument } from '../../src/openapi/make.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');

interface Media {
  schema: object;
  example?: unknown;
}
interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters?: { name: string; in: string; description?: string; schema: object }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { $ref?: string; description?: string; content?: Record<string, Media> }>;
}
const text = readFileSync(OPENAPI, 'utf8');
const document = JSON.parse(text) as {
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; responses: Record<string, { description: string; content: Record<string, Media> }> };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

test('openapi/openapi.json is what npm run openapi writes', async () => {
  expect(await makeDocument()).toBe(text);
}, 120_000);

test('every route is in it, and nothing else', () => {
  const registered = api.routes
    .filter(({ config }) => config?.operation !== undefined)
    .flatMap(({ method, url, config }) =>
      [method]
        .flat()
        .filter((name) => name !== 'HEAD')
        .map((name) => `${name} ${url.replace(/:(\w+)/g, '{$1}')} ${config!.operation}`),
    );
  const described = operations.map(({ path, method, operation }) => `${method.toUpperCase()} ${path} ${operation.operationId}`);
  expect(described.sort()).toEqual(registered.sort());
});

test('operations are named once, and tags come in reading order', () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const order = document.tags.map(({ name }) => name);
  const places = operations.map(({ operation }) => order.indexOf(operation.tags[0]!));
  expect(places).not.toContain(-1);
  expect(order[0]).toBe('Timeline');
});

test('every POST, and nothing else, takes an Idempotency-Key and says what becomes of it', () => {
  for (const { method, operation } of operations) {
    const { parameters = [], responses, operationId } = operation;
    expect(
      parameters.some(({ name, in: place }) => name === 'Idempotency-Key' && place === 'header'),
      operationId,
    ).toBe(method === 'post');
    if (method === 'post') expect(Object.keys(responses), operationId).toEqual(expect.arrayContaining(['400', '409', '422']));
  }
});

describe.each(operations)('$operation.operationId', ({ method, operation }) => {
  test('says what it does, what it takes and what it answers', () => {
    expect(operation.summary).toMatch(/^[A-Z].{3,60}[^.]$/);
    expect(operation.description).toMatch(/[.]$/);
    expect(operation.security).toBeDefined();
    for (const { name, description } of operation.parameters ?? []) expect(description, name).toBeTruthy();
    for (const response of Object.values(operation.responses)) {
      const problem = response.$ref?.split('/').at(-1);
      if (problem !== undefined) expect(document.components.responses[problem]!.description).toBeTruthy();
      else expect(response.description).toBeTruthy();
    }
    if (operation.security.length === 1) expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403']));
  });

  test('shows an example of what is sent and what is answered', () => {
    for (const media of Object.values(operation.requestBody?.content ?? {})) expect(media.example).toBeDefined();
    const answers = Object.entries(operation.responses).filter(([status, { content }]) => Number(status) < 300 && content !== undefined);
    if (operation.operationId !== 'getOpenapi')
      for (const [, { content }] of answers) expect(Object.values(content!)[0]!.example).toBeDefined();
    if (method === 'get') expect(answers.length).toBeGreaterThan(0);
  });
});

describe('examples are valid', () => {
  /** As zod reads it; references stand inside the document's own schemas. */
  const schemaOf = (schema: object) => {
    const inlined = JSON.parse(
      JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll('#/components/schemas/', '#/$defs/'),
    );
    return z.fromJSONSchema(inlined);
  };
  test.each(operations)('$operation.operationId', ({ operation }) => {
    for (const { content } of [operation.requestBody, ...Object.values(operation.responses)].filter((part) => part !== undefined))
      for (const { schema, example } of Object.values(content ?? {})) if (example !== undefined) schemaOf(schema).parse(example);
  });
  test('problems too', () => {
    // A fault of the server cannot be asked for.
    const asked = Object.entries(document.components.responses).filter(([name]) => !['Problem500', 'Problem503'].includes(name));
    for (const [name, { content }] of asked)
      for (const { schema, example } of Object.values(content)) {
        expect(example, name).toBeDefined();
        schemaOf(schema).parse(example);
      }
  });
});

describe('Swagger UI', () => {
  let app: Awaited<ReturnType<typeof buildApp>>;
  beforeAll(async () => {
    app = await buildApp({ config: { logLevel: 'silent' }, database: api.database, services: api.services, openapi: text });
  });

  test('is served with all that it loads, from this server alone', async () => {
    const page = await app.inject('/docs/');
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, expect.stringContaining('text/html')]);
    const assets = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);
    expect(assets.length).toBeGreaterThan(3);
    for (const address of assets) {
      expect(address).not.toMatch(/^(https?:)?\/\//);
      expect((await app.inject(new URL(address, 'http://host/docs/').pathname)).statusCode, address).toBe(200);
    }
  });

  test('shows the document that /openapi.json answers', async () => {
    expect((await app.inject('/docs/json')).json()).toEqual(document);
    expect((await app.inject('/openapi.json')).json()).toEqual(document);
  });
});
