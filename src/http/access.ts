// Who may do what: each route declares its access, and one hook holds it before any effect. Reading is open unless the
// server is a private one; a key that is sent is always checked, so that a wrong one is noticed.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../errors.js';

export const ROLES = ['contributor', 'editor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who sends a request: the bearer of an API key or of an access token. */
export interface Principal {
  /** Of the key, or made of what the token calls them. */
  id: string;
  name: string;
  role: Role;
}

/** What a route asks for: nothing, or a role that is at least this one. */
export type Access = 'public' | Role;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Null for what is open to everybody, also on a private server, and never looks at a key. */
    access?: Access | null;
    /** The operation's name in the log; the route's operationId. */
    operation?: string;
  }
  interface FastifyRequest {
    principal: Principal | null;
  }
}

/** Finds who bears a key or a token; null when it is unknown, expired or revoked. @throws Problem where more can be told */
export type Authenticate = (key: string) => Promise<Principal | null>;

interface AccessOptions {
  /** Whether reading, too, needs a key of any role. Health, the document and the like stay open: they say so themselves. */
  needsKeyForReads?: boolean | undefined;
}

/** @returns whether the bearer who sent a request is still admitted: for answers that go on after it */
export function registerAccess(
  app: FastifyInstance,
  authenticate: Authenticate,
  { needsKeyForReads = false }: AccessOptions = {},
): (request: FastifyRequest) => Promise<boolean> {
  app.decorateRequest('principal', null);
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/v1/') && route.config?.access === undefined)
      throw new Error(`The route ${String(route.method)} ${route.url} does not say who may use it.`);
  });
  /** A route that does not say who may use it is none for everybody on a private server. */
  const unsaid: Access | null = needsKeyForReads ? 'public' : null;
  app.addHook('onRequest', (request, _reply, done) => {
    const { access = unsaid } = request.routeOptions.config;
    if (access === null || request.is404) return done();
    // Most readers have no key; they wait for nobody.
    if (access === 'public' && !needsKeyForReads && request.headers.authorization === undefined) return done();
    admit(request, access).then(() => done(), done);
  });

  async function admit(request: FastifyRequest, access: Access): Promise<void> {
    request.principal = await identify(request, authenticate);
    if (access !== 'public') requireRole(request, access);
    else if (needsKeyForReads) requireRole(request, ROLES[0]);
  }

  return async (request) => {
    try {
      await identify(request, authenticate);
      return true;
    } catch (error) {
      // While nobody can tell, they stay.
      return !(error instanceof Problem && (error.status === 401 || error.status === 403));
    }
  };
}

async function identify(request: FastifyRequest, authenticate: Authenticate): Promise<Principal | null> {
  const header = request.headers.authorization;
  if (header === undefined) return null;
  const key = /^Bearer +(\S+)$/i.exec(header)?.[1];
  const principal = key === undefined ? null : await authenticate(key);
  if (principal === null)
    throw unauthorized('The API key is not known, has expired or was revoked; send a valid one as "Authorization: Bearer <key>".');
  return principal;
}

/** @throws Problem 401 without a key, 403 with one of a lesser role */
export function requireRole(request: FastifyRequest, role: Role): Principal {
  const { principal } = request;
  if (principal === null) throw unauthorized('This needs an API key; send it as "Authorization: Bearer <key>".');
  if (ROLES.indexOf(principal.role) < ROLES.indexOf(role)) {
    throw new Problem('forbidden', `This needs a key of the role ${role}; yours has the role ${principal.role}.`);
  }
  return principal;
}

/** @param more further parameters of the challenge (RFC 6750, section 3) */
export const unauthorized = (detail: string, more = '') =>
  new Problem('unauthorized', detail, { headers: { 'www-authenticate': `Bearer realm="demarche"${more}` } });
