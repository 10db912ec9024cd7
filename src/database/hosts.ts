// The servers that an address names. There may be several, with commas, as libpq has it (PostgreSQL, section 34.1.1.3):
// a primary and its standbys, of which the one that takes writes is used, whichever that is at the time.

export interface Hosts {
  /** An address for each. */
  readonly all: readonly string[];
  /** The one that took writes last, as far as is known. */
  current(): string;
  /** It does not, or does not answer: the next is tried. */
  turnFrom(address: string): void;
}

const PARTS = /^(\w+:\/\/(?:[^@/]*@)?)([^/?]*)(.*)$/s;

export function hostsOf(url: string): Hosts {
  const [, before = '', hosts = '', after = ''] = PARTS.exec(url) ?? [];
  const all = hosts.split(',').map((host) => `${before}${host}${after}`);
  let at = 0;
  return {
    all,
    current: () => all[at]!,
    turnFrom(address) {
      if (all[at] === address) at = (at + 1) % all.length;
    },
  };
}
