// An OpenID Connect issuer on this machine: its discovery document, its keys, and tokens that it signs.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

export interface Issuer {
  url: string;
  /** How often each of its addresses was asked for. */
  asked: Record<string, number>;
  /** What it answers instead, while it is set. */
  broken: { status: number; body: string } | null;
  /** What its discovery document says otherwise. */
  otherwise: object;
  publicKeys: JWK[];
  /** Adds a key. @returns its kid */
  addKey(alg: string): Promise<string>;
  /** @param claims beside iss, aud, sub, iat and exp, which are right unless they are given; null leaves one out */
  sign(claims?: Record<string, unknown>, header?: { kid?: string; alg?: string }): Promise<string>;
  close(): Promise<void>;
}

export const AUDIENCE = 'https://api.demarche.example';

export async function startIssuer(): Promise<Issuer> {
  const keys = new Map<string, { alg: string; privateKey: CryptoKey }>();
  const server = createServer((request, response) => {
    issuer.asked[request.url!] = (issuer.asked[request.url!] ?? 0) + 1;
    const answers: Record<string, object> = {
      '/.well-known/openid-configuration': { issuer: issuer.url, jwks_uri: `${issuer.url}/keys`, ...issuer.otherwise },
      '/keys': { keys: issuer.publicKeys },
    };
    const { status, body } = issuer.broken ?? { status: answers[request.url!] ? 200 : 404, body: JSON.stringify(answers[request.url!]) };
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer: Issuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: {},
    broken: null,
    otherwise: {},
    publicKeys: [],
    async addKey(alg) {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
      const kid = `${alg}-${keys.size + 1}`;
      keys.set(kid, { alg, privateKey });
      issuer.publicKeys.push({ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' });
      return kid;
    },
    async sign(claims = {}, { kid = [...keys.keys()][0]!, alg } = {}) {
      const now = Math.floor(Date.now() / 1000);
      const payload = { iss: issuer.url, aud: AUDIENCE, sub: 'user-1', iat: now, exp: now + 300, ...claims };
      const said = Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== null)) as JWTPayload;
      const key = keys.get(kid) ?? [...keys.values()][0]!;
      return new SignJWT(said).setProtectedHeader({ alg: alg ?? key.alg, kid }).sign(key.privateKey);
    },
    close: () => closeServer(server),
  };
  await issuer.addKey('RS256');
  return issuer;
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });
