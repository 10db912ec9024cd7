// Where a webhook may be sent to: https to addresses of the public internet, so that nobody can make this server talk
// to the network that it stands in. A name is resolved once for each attempt, all its addresses are looked at, and the
// connection goes to those and to no others. ALLOW_PRIVATE_WEBHOOKS lets in http and private addresses.
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface Address {
  address: string;
  family: number;
}

/** Finds all addresses of a name. */
export type Resolve = (name: string) => Promise<Address[]>;

/** The endpoint may not be sent to; the message is for people. */
export class Refused extends Error {}

/** What is not of the public internet (IANA's registries of special-purpose addresses). */
const SPECIAL = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  SPECIAL.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  SPECIAL.addSubnet(network, prefix, 'ipv6');

/** All that is given out for the public internet in IPv6; what carries an IPv4 address in it lies outside. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');

export function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !SPECIAL.check(address, 'ipv4');
  // With a zone it is one of this link.
  return family === 6 && !address.includes('%') && GLOBAL.check(address, 'ipv6') && !SPECIAL.check(address, 'ipv6');
}

export type Guard = ReturnType<typeof createGuard>;

/** How long a request waits to know where a name leads. */
const LOOK_FOR_MS = 3000;

const PRIVATE = 'The endpoint has a private or special address; give one of the public internet.';
const ON_INTRANETS = 'The server may be set to allow such addresses (ALLOW_PRIVATE_WEBHOOKS).';

export function createGuard({
  allowPrivate,
  resolve = (name) => lookup(name, { all: true }),
}: {
  allowPrivate: boolean;
  resolve?: Resolve;
}) {
  function readUrl(text: string): URL {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null || !['http:', 'https:'].includes(url.protocol))
      throw new Refused('The url is not an https address, such as https://example.org/hooks.');
    if (url.protocol === 'http:' && !allowPrivate) throw new Refused('The url begins with http; use https.');
    if (url.username !== '' || url.password !== '')
      throw new Refused('The url holds a name or a password; take them out, and verify signatures instead.');
    if (url.hash !== '') throw new Refused('The url has a part after #, which is never sent; take it out.');
    return url;
  }

  /**
   * Resolves the name of the endpoint, once; connect to these addresses only.
   * @throws Refused where one of them is not allowed; what the resolver throws where there are none
   */
  async function addressesOf(url: URL): Promise<Address[]> {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const family = isIP(host);
    const addresses = family === 0 ? await resolve(host) : [{ address: host, family }];
    if (!allowPrivate && !addresses.every(({ address }) => isPublic(address))) throw new Refused(`${PRIVATE} ${ON_INTRANETS}`);
    return addresses;
  }

  return {
    readUrl,
    addressesOf,

    /** @returns what is to be mended about the url, or null. A name that cannot be resolved now may be so later. */
    async faultOf(text: string): Promise<string | null> {
      try {
        await Promise.race([addressesOf(readUrl(text)), wait(LOOK_FOR_MS, undefined, { ref: false })]);
        return null;
      } catch (error) {
        return error instanceof Refused ? error.message : null;
      }
    },
  };
}
