// Sends batches of events, and reads what came of each line.
import { expect } from 'vitest';
import type { useApp } from '../support/app.js';

export interface Line {
  line: number;
  status: string;
  id?: string;
  slug?: string;
  version?: number;
  errors?: { pointer?: string; detail: string }[];
}
interface Answer {
  data: Line[];
  summary: Record<string, unknown>;
}

export const NDJSON = 'application/x-ndjson';
export const event = (slug: string, more: object = {}) => ({
  slug,
  type: 'meeting',
  title: `Event ${slug}`,
  date: '2026-05-05',
  ...more,
});
export const inLines = (values: unknown[]) => values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join('\n');
export const counts = (of: object) => ({
  lines: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  invalid: 0,
  conflict: 0,
  kept: true,
  complete: true,
  ...of,
});

export function batchesOn(api: ReturnType<typeof useApp>) {
  async function send(payload: unknown, query = '', headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await api.post(`/v1/events/batch${query}`, payload, { headers: { accept: 'application/json', ...headers } });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    return answer.json();
  }
  return {
    send,
    sendLines: (values: unknown[], query = '') => send(inLines(values), query, { 'content-type': NDJSON }),
    exists: async (slug: string) => (await api.get(`/v1/events/${slug}`)).statusCode === 200,
    seq: async () => Number((await api.database.pool.query('select max(seq) as seq from revisions')).rows[0].seq),
  };
}
