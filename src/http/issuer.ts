// The keys of an OpenID Connect issuer, found by its discovery document (OpenID Connect Discovery 1.0, section 4). Both are
// kept for a while; a key that is not among them is looked for once more, but not at every request.
import type { JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

/** It could not be asked, or did not answer as an issuer does. The token may well be right. */
export class IssuerUnreachable extends Error {
  override name = 'IssuerUnreachable';
}

/** All in milliseconds. */
const TIMEOUT = 3_000;
/** How long keys are taken for right. */
const KEPT = 600_000;
/** How long it is left alone after it was asked for keys, whatever tokens come. */
const COOLDOWN = 30_000;
/** How long it is left alone after it did not answer. */
const LEFT_ALONE = 2_000;
const discovery = z.looseObject({ issuer: z.string(), jwks_uri: z.url() });

/** @returns what finds the key that a token says it was signed with; throws IssuerUnreachable */
export function createIssuer(issuer: string): JWTVerifyGetKey {
  const ask = createAsking();
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    keys ??= findKeys(issuer, ask);
    const asked = keys;
    try {
      return await (await asked)(header, token);
    } catch (error) {
      // They may have moved: the next one begins with the discovery document.
      if (isUnreadable(error) && keys === asked) keys = undefined;
      throw isUnreadable(error) ? new IssuerUnreachable('The keys of the issuer cannot be read.', { cause: error }) : error;
    }
  };
}

type Ask = ReturnType<typeof createAsking>;

async function findKeys(issuer: string, ask: Ask): Promise<JWTVerifyGetKey> {
  const { createRemoteJWKSet, customFetch } = await import('jose');
  const answer = await ask(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const { success, data } = discovery.safeParse(await answer.json().catch(() => null));
  // Section 4.3: the document of another issuer would lead to another one's keys.
  if (!success || data.issuer !== issuer) throw new IssuerUnreachable('The discovery document is not that of the issuer.');
  const address = new URL(data.jwks_uri);
  if (address.protocol !== 'https:' && address.origin !== new URL(issuer).origin)
    throw new IssuerUnreachable('The keys of the issuer are at an address that is neither https nor its own.');
  return createRemoteJWKSet(address, { timeoutDuration: TIMEOUT, cooldownDuration: COOLDOWN, cacheMaxAge: KEPT, [customFetch]: ask });
}

/** Whether it is what the issuer answered that is wrong, or that it did not: of the errors of the library, by their code. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof IssuerUnreachable ||
  ['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT'].includes((error as { code?: string }).code ?? '');

/** Asks the issuer, unless it did not answer a moment ago: requests with tokens must not wait for it one by one. */
function createAsking() {
  let failedAt = Number.NEGATIVE_INFINITY;
  return async (url: string, { headers, signal = AbortSignal.timeout(TIMEOUT) }: { headers?: Headers; signal?: AbortSignal } = {}) => {
    if (performance.now() - failedAt < LEFT_ALONE) throw new IssuerUnreachable('The issuer did not answer a moment ago.');
    try {
      // Where a redirect leads, somebody else may answer.
      const answer = await fetch(url, { redirect: 'error', signal, ...(headers && { headers }) });
      if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}.`);
      return answer;
    } catch (cause) {
      failedAt = performance.now();
      throw new IssuerUnreachable('The issuer does not answer.', { cause });
    }
  };
}
