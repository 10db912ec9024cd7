// Sends requests over a real socket and reads the answers; streams without an end are let go once they have begun.
import type { Answer } from './judge.js';
import type { Bearer, FuzzRequest } from './requests.js';

export type Send = (request: Pick<FuzzRequest, 'method' | 'url' | 'bearer'> & Partial<FuzzRequest>) => Promise<Answer>;

export interface Client {
  send: Send;
  /** How many were sent so far. */
  sent(): number;
  /** How many answers there were of each status. */
  statuses: Map<number, number>;
}

export function createClient(address: string, key: string): Client {
  const bearers: Record<Bearer, string | null> = { admin: key, nobody: null, unknown: `dmr_${'x'.repeat(43)}` };
  let sent = 0;
  const statuses = new Map<number, number>();
  return {
    sent: () => sent,
    statuses,
    async send({ method, url, bearer, headers, body }) {
      sent++;
      const given = bearers[bearer];
      const stop = new AbortController();
      const response = await fetch(`${address}${url}`, {
        method,
        headers: { ...headers, ...(given !== null && { authorization: `Bearer ${given}` }) },
        ...(body !== undefined && { body }),
        redirect: 'manual',
        signal: stop.signal,
      });
      const { status } = response;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (response.headers.get('content-type') !== 'text/event-stream')
        return { status, headers: response.headers, text: await response.text() };
      stop.abort();
      return { status, headers: response.headers, text: '' };
    },
  };
}
