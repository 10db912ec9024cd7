// Looks for what may be the same development, and sends one: as an event, or as a proposal.
import type { Document } from '../kinds.js';
import { ask, type Client, mustAsk, type ProblemBody, refused } from '../target/client.js';

export interface Similar {
  slug: string;
  title: string;
  date: string;
  score: number;
  likely: boolean;
  reasons: { detail: string }[];
}

export interface Sent {
  kind: 'event' | 'proposal';
  /** Where it is. */
  address: string;
  slug: string | null;
  state: string;
}

export interface SendingOptions {
  reason: string;
  comment?: string;
  rationale?: string;
}

type Citation = { source: string | { url?: string } };

const sourcesOf = (event: Document): string[] =>
  ((event.sources ?? []) as Citation[]).flatMap(({ source }) => (typeof source === 'string' ? source : (source.url ?? [])));

/** The likeliest first; an older server that cannot tell has none. */
export async function findSimilar(client: Client, event: Document): Promise<Similar[]> {
  const actors = ((event.actors ?? []) as { actor: unknown }[]).map(({ actor }) => actor).filter((actor) => typeof actor === 'string');
  const query = new URLSearchParams({
    title: String(event.title),
    date: String(event.date),
    type: String(event.type),
    ...(actors.length > 0 && { actor: actors.join(',') }),
    limit: '5',
  });
  for (const source of sourcesOf(event)) query.append('source', source);
  const { status, value } = await ask<{ data: Similar[] }>(client, 'GET', `/v1/events/similar?${query}`);
  if (status === 404 || status === 400) return [];
  if (status >= 400) throw refused(status, value as unknown as ProblemBody);
  return value.data;
}

/** As an event; where the key may not, as a proposal. */
export async function publish(client: Client, event: Document, options: SendingOptions): Promise<Sent> {
  const { reason, comment } = options;
  const body = { ...event, reason, ...(comment !== undefined && { comment }) };
  const { status, headers, value } = await ask<{ slug: string; state: string }>(client, 'POST', '/v1/events', { body });
  if (status === 403) return propose(client, event, options);
  if (status >= 400) throw refused(status, value as unknown as ProblemBody);
  return { kind: 'event', address: String(headers.location ?? `/v1/events/${value.slug}`), slug: value.slug, state: value.state };
}

export async function propose(client: Client, event: Document, { reason, comment, rationale }: SendingOptions): Promise<Sent> {
  const { state: _, ...change } = event;
  const why = rationale ?? comment ?? 'A new development.';
  const body = { target: { entity: 'event' }, change, rationale: why, reason };
  const { url, state } = await mustAsk<{ url: string; state: string }>(client, 'POST', '/v1/proposals', { body });
  return { kind: 'proposal', address: url, slug: null, state };
}
