// The application under test: on a database of its own, with keys, and with every answer held against the schema that
// its route declares.
import { randomBytes } from 'node:crypto';
import type { Writable } from 'node:stream';
import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Response } from 'light-my-request';
import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import type { z } from 'zod';
import { type AppOptions, buildApp } from '../../src/app.js';
import { problem } from '../../src/contract/problem.js';
import type { Database } from '../../src/database/connect.js';
import { connectDatabase } from '../../src/database/connect.js';
import { createServices, type Services } from '../../src/services.js';
import { copyDatabase, databaseUrl, dropDatabase, reaching } from './databases.js';

type ServiceSettings = Parameters<typeof createServices>[1];

type Role = 'contributor' | 'editor' | 'admin';

export interface Sending {
  /** Whose key is sent; `null` for none. GET sends none, all else sends the editor's. */
  as?: Role | null;
  headers?: Record<string, string>;
}

export interface Tested {
  app: FastifyInstance;
  database: Database;
  /** Of the database. */
  url: string;
  services: Services;
  keys: Record<Role, string>;
  routes: RouteOptions[];
  get(url: string, sending?: Sending): Promise<Response>;
  post(url: string, body?: unknown, sending?: Sending): Promise<Response>;
  put(url: string, body: unknown, sending?: Sending): Promise<Response>;
  patch(url: string, body: unknown, sending?: Sending): Promise<Response>;
  delete(url: string, sending?: Sending): Promise<Response>;
  /** How many statements the database was sent while `work` ran; begin and commit count. */
  countStatements(work: () => Promise<unknown>): Promise<string[]>;
}

/** @returns what `beforeAll` fills in; one for a test file */
export function useApp(template: 'empty' | 'seeded', settings?: ServiceSettings): Tested {
  const tested = {} as Tested;
  let name: string;
  beforeAll(async () => {
    name = `demarche_test_${randomBytes(6).toString('hex')}`;
    await copyDatabase(inject('server'), inject('templates')[template], name);
    Object.assign(tested, await openApp(databaseUrl(inject('server'), name), settings));
  });
  afterAll(async () => {
    await tested.app?.close();
    await tested.database?.close();
    await dropDatabase(inject('server'), name);
  });
  return tested;
}

/** @returns a database of its own for a test file, without an application */
export function useDatabase(template: 'empty' | 'seeded' | 'template0'): { url: string; database: Database } {
  const used = {} as { url: string; database: Database };
  let name: string;
  beforeAll(async () => {
    name = `demarche_test_${randomBytes(6).toString('hex')}`;
    await copyDatabase(inject('server'), template === 'template0' ? template : inject('templates')[template], name);
    used.url = databaseUrl(inject('server'), name);
    used.database = await connectDatabase({ ...reaching(used.url, inject('pooler')), dataDir: '', databasePool: 4 });
  });
  afterAll(async () => {
    await used.database?.close();
    await dropDatabase(inject('server'), name);
  });
  return used;
}

async function openApp(url: string, settings?: ServiceSettings): Promise<Tested> {
  const database = await connectDatabase({ ...reaching(url, inject('pooler')), dataDir: '', databasePool: 4 });
  return { ...(await openAppOn(database, settings)), url };
}

/** The application on a database that is there already, such as the embedded one. */
export async function openAppOn(
  database: Database,
  { logTo, config, ...settings }: { logTo?: Writable; config?: Partial<AppOptions['config']> } & ServiceSettings = {},
): Promise<Omit<Tested, 'url'>> {
  const services = createServices(database, settings);
  const routes: RouteOptions[] = [];
  const app = await buildApp({
    config: { logLevel: logTo === undefined ? 'silent' : 'trace', cacheMb: 16, ...config },
    logTo,
    database,
    services,
    openapi: '{"openapi":"3.1.0"}',
    onRoute: (route) => routes.push(route),
  });
  await app.ready();
  const keyOf = async (role: Role) => (await services.keys.create({ name: `test ${role}`, role, expires_at: null })).key;
  const keys = { contributor: await keyOf('contributor'), editor: await keyOf('editor'), admin: await keyOf('admin') };

  const send = async (
    method: string,
    url: string,
    payload: unknown,
    { as, headers }: Sending,
    otherwise: Role | null,
  ): Promise<Response> => {
    const role = as === undefined ? otherwise : as;
    const response = await app.inject({
      method: method as 'GET',
      url,
      headers: { ...(role !== null && { authorization: `Bearer ${keys[role]}` }), ...headers },
      ...(payload !== undefined && { payload: payload as object }),
    });
    holdAgainstSchema(routes, method, url, response);
    return response;
  };
  return {
    app,
    database,
    services,
    keys,
    routes,
    get: (url, sending = {}) => send('GET', url, undefined, sending, null),
    post: (url, body, sending = {}) => send('POST', url, body, sending, 'editor'),
    put: (url, body, sending = {}) => send('PUT', url, body, sending, 'editor'),
    patch: (url, body, sending = {}) => send('PATCH', url, body, sending, 'editor'),
    delete: (url, sending = {}) => send('DELETE', url, undefined, sending, 'editor'),
    countStatements,
  };
}

/** Every answer has the shape that its route declares for its status, with nothing beside it; every error is a problem. */
function holdAgainstSchema(routes: RouteOptions[], method: string, url: string, response: Response): void {
  const status = response.statusCode;
  if (status >= 400) {
    if (response.headers['content-type'] !== 'application/problem+json')
      throw new Error(`${method} ${url} answered ${status} as ${response.headers['content-type']}`);
    problem.parse(response.json());
  }
  const path = url.split('?')[0]!;
  const route = routes.find((candidate) => [candidate.method].flat().includes(method) && patternOf(candidate.url).test(path));
  const schemas = (route?.schema?.response ?? {}) as Record<string, z.ZodType>;
  if (route?.config?.operation === undefined) return;
  const undeclared = [404, 405, 406, 413, 414, 415].includes(status);
  const schema = schemas[status];
  if (schema === undefined && !undeclared)
    throw new Error(`${method} ${url} answered ${status}, which its route does not declare: ${response.body}`);
  const media = String(response.headers['content-type']).split(';')[0]!;
  const isJson = media === 'application/json';
  if (!isJson && status === 200 && !route.config.media?.includes(media))
    throw new Error(`${method} ${url} answered ${media}, which its route does not declare`);
  if (schema !== undefined && response.body !== '' && (isJson || status >= 400)) schema.parse(response.json());
}

const patternOf = (url: string): RegExp => new RegExp(`^${url.replace(/:\w+/g, '[^/]+')}$`);

async function countStatements(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const prototype = pg.Client.prototype as unknown as { query: (...input: unknown[]) => unknown };
  const original = prototype.query;
  prototype.query = function (this: unknown, ...input: unknown[]) {
    const [first] = input as [string | { text: string; name?: string; unsentName?: string }];
    // The looks at the last change and at whether the server is there belong to no request, and no request waits until it is
    // noted that a key was used.
    if (typeof first === 'string' || !['last change', 'pulse', 'last use'].includes(first.name ?? first.unsentName ?? ''))
      statements.push(typeof first === 'string' ? first : first.text);
    return original.apply(this, input);
  };
  try {
    await work();
  } finally {
    prototype.query = original;
  }
  return statements;
}
