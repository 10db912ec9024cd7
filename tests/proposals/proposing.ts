// Sends proposals and takes the steps of their review, in short.
import { expect } from 'vitest';
import type { Proposal } from '../../src/proposals/schema.js';
import type { Sending, Tested } from '../support/app.js';

export type { Proposal };

/** A development that could be proposed. */
export const development = (n: number | string, more: object = {}) => ({
  ...{ type: 'statement', title: `Something is said for the time ${n}`, date: '2026-02-03' },
  ...more,
});

export const SOURCE = 'https://example.org/backing';

export const why = { rationale: 'It is known by now.', sources: [SOURCE] };
export const proposeNew = (change: object, more: object = {}) => ({ target: { entity: 'event' }, change, ...why, ...more });
export const proposeChange = (id: string, change: object | null, more: object = {}, version?: number) => ({
  ...{ target: { entity: 'event', id, ...(version !== undefined && { version }) }, change },
  ...why,
  ...more,
});

export function proposing(api: Tested) {
  /** Sends what is taken. */
  const propose = async (body: object, { as = 'contributor', ...sending }: Sending = {}): Promise<Proposal> => {
    const answer = await api.post('/v1/proposals', body, { as, ...sending });
    expect(answer.statusCode, answer.body).toBe(201);
    return answer.json();
  };
  const step = (id: string, name: string, body: object = {}, sending: Sending = {}) =>
    api.post(`/v1/proposals/${id}/${name}`, body, sending);
  /** Takes a step that can be taken. */
  const take = async (id: string, name: string, body: object = {}, sending: Sending = {}): Promise<Proposal> => {
    const answer = await step(id, name, body, sending);
    expect(answer.statusCode, answer.body).toBe(200);
    return answer.json();
  };
  const read = async (id: string, sending: Sending = {}): Promise<Proposal> => (await api.get(`/v1/proposals/${id}`, sending)).json();
  const list = async (query = '', sending: Sending = {}): Promise<Proposal[]> =>
    (await api.get(`/v1/proposals?limit=200${query}`, sending)).json().data;
  const event = async (slug: string, more: object = {}) => {
    const answer = await api.post('/v1/events', development(slug, { slug, ...more }));
    expect(answer.statusCode, answer.body).toBe(201);
    return answer.json();
  };
  return { propose, step, take, read, list, event };
}

/** How many rows there are, of all that is recorded. */
export const recorded = async (api: Tested): Promise<number> =>
  (await api.database.pool.query('select count(*)::int as n from revisions')).rows[0].n;
