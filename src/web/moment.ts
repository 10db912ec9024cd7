// As of which moment the site is looked at: the present, a day (`known_at`) or a release. It is part of the address, and
// every link on a page carries it on.

export interface Moment {
  known_at?: string | undefined;
  release?: string | undefined;
}

/** From the question of a page. */
export function momentOf(query: URLSearchParams): Moment {
  const [known_at, release] = [query.get('known_at') || undefined, query.get('release') || undefined];
  return { ...(known_at !== undefined && { known_at }), ...(release !== undefined && { release }) };
}

/** @param address with or without a question of its own. @returns the address as of the moment */
export function asOf(address: string, moment: Moment): string {
  const [path = '', fragment] = address.split('#');
  const asked = new URLSearchParams(moment as Record<string, string>).toString();
  if (asked === '') return address;
  return `${path}${path.includes('?') ? '&' : '?'}${asked}${fragment === undefined ? '' : `#${fragment}`}`;
}
