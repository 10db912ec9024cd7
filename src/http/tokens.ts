// Sign-in of organisations: beside keys, access tokens are taken that an OpenID Connect issuer gave out for this API (JWTs;
// RFC 7519, RFC 9068). Who bears one is told by the token; what they may do, by one of its claims.
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import type { SignIn } from '../config.js';
import { idOfName } from '../contract/ids.js';
import { Problem } from '../errors.js';
import { type Authenticate, type Principal, ROLES, type Role, unauthorized } from './access.js';
import { createIssuer, IssuerUnreachable } from './issuer.js';

/** What is signed with a key that the issuer alone has: never a secret that both know, never nothing. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
/** How far the clock of the issuer may be off, in seconds. */
const CLOCK_TOLERANCE = 30;
/** As long as the name of a key. */
const LONGEST_NAME = 100;
const RETRY_AFTER = '5';

/** A token is three parts, the first of which begins with `{"`; no key has that form. */
const TOKEN = /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/;

/** Tokens are told from keys by their form, so that neither is ever tried as the other. */
export function takeTokens(signIn: SignIn, authenticateKey: Authenticate): Authenticate {
  const keysOfIssuer = createIssuer(signIn.issuer);
  return (credential) => (TOKEN.test(credential) ? bearerOf(credential, signIn, keysOfIssuer) : authenticateKey(credential));
}

/** @throws Problem 401 where it is not valid, 403 where it gives no role, 503 where the issuer cannot be asked for its keys */
async function bearerOf(token: string, signIn: SignIn, getKey: JWTVerifyGetKey): Promise<Principal> {
  const { jwtVerify, errors } = await import('jose');
  const { issuer, audience } = signIn;
  try {
    const options = { issuer, audience, algorithms: ALGORITHMS, clockTolerance: CLOCK_TOLERANCE, requiredClaims: ['sub', 'exp'] };
    const { payload } = await jwtVerify(token, getKey, options);
    return principalOf(payload, signIn);
  } catch (error) {
    if (error instanceof IssuerUnreachable)
      throw new Problem('unavailable', 'The issuer of the token cannot be asked for its keys right now; try again in a moment.', {
        headers: { 'retry-after': RETRY_AFTER },
        cause: error,
      });
    if (error instanceof errors.JWTExpired) throw invalidToken('The access token has expired; sign in again.');
    if (error instanceof errors.JWTClaimValidationFailed)
      throw invalidToken(`The access token does not fit: its claim "${error.claim}" is missing or not the one that this server takes.`);
    if (error instanceof errors.JOSEError)
      throw invalidToken('The access token is not valid: it was not signed by the issuer as it should be.');
    throw error;
  }
}

const invalidToken = (detail: string) => unauthorized(detail, ', error="invalid_token"');

function principalOf(payload: JWTPayload, signIn: SignIn): Principal {
  const { sub } = payload;
  if (typeof sub !== 'string' || sub === '') throw invalidToken('The access token does not say whose it is: "sub" is no text.');
  const role = roleOf(claimAt(payload, signIn.rolesClaim), signIn.roleMap);
  if (role === null)
    throw new Problem(
      'forbidden',
      `The access token is valid, but its claim "${signIn.rolesClaim}" gives none of the roles ${ROLES.join(', ')}.`,
    );
  const id = idOfName(`${signIn.issuer} ${sub}`);
  return { id, name: nameOf(payload) ?? `Signed in as ${id.slice(0, 8)}`, role };
}

/** A claim by its name, which may itself have dots in it, or by the path to it. */
function claimAt(payload: JWTPayload, claim: string): unknown {
  if (Object.hasOwn(payload, claim)) return payload[claim];
  return claim
    .split('.')
    .reduce<unknown>(
      (value, name) => (value instanceof Object && Object.hasOwn(value, name) ? value[name as keyof object] : undefined),
      payload,
    );
}

/** The highest of the roles that the values give: a list, or text with spaces as `scope` has it. */
function roleOf(claim: unknown, roleMap: SignIn['roleMap']): Role | null {
  const values = (typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : []) as unknown[];
  const given = roleMap === undefined ? values : roleMap.filter(([value]) => values.includes(value)).map(([, role]) => role);
  return ROLES.findLast((role) => given.includes(role)) ?? null;
}

/** What goes into the history for all to read: a name, never an address of e-mail. */
function nameOf({ name, preferred_username }: JWTPayload): string | undefined {
  return [name, preferred_username]
    .filter((text) => typeof text === 'string')
    .map((text) => [...text.replace(/[\p{C}\s]+/gu, ' ').trim()].slice(0, LONGEST_NAME).join(''))
    .find((text) => text !== '' && !text.includes('@'));
}
