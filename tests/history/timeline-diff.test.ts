// What came, changed and went between two moments: no more and no less than two answers differ in.
import { beforeAll, expect, test } from 'vitest';
import { useApp } from '../support/app.js';
import { asOf, type Then, writeAndRemember } from './then.js';

const api = useApp('seeded');
let history: Then[];
beforeAll(async () => {
  history = await writeAndRemember(api, []);
}, 120_000);

interface Diff {
  data: { change: string; changed: Record<string, { from: unknown; to: unknown }>; event: { slug: string; title: string } }[];
  page: { next: string | null };
  meta: { from_seq: number; to_seq: number; added: number; changed: number; withdrawn: number };
}
const diff = async (from: string, to: string, query = ''): Promise<Diff> =>
  (await api.get(`/v1/timeline/diff?known_from=${from}&known_to=${to}&limit=200${query}`)).json();
const eventsAt = async (moment: string, query: string) =>
  new Map<string, string>(
    (await api.get(asOf(`/v1/timeline?limit=200${query}`, moment)))
      .json()
      .data.map((event: { slug: string }) => [event.slug, JSON.stringify(event)]),
  );

test.each([
  '&country=CN',
  '&actor=nvidia',
  '&type=forum,agreement',
  '&topic=export-controls',
  '&from=2026',
  '&valid_at=2025-08-01',
  '&q=governance',
])('is what the two answers differ in: %s', async (query) => {
  for (const [a, b] of [
    [0, history.length - 1],
    [1, 2],
    [6, 7],
    [7, 10],
    [10, 11],
  ] as const) {
    const [before, after] = [await eventsAt(history[a]!.moment, query), await eventsAt(history[b]!.moment, query)];
    const plain = (text?: string) => text?.replace(/,"snippet":"(\\.|[^"\\])*"/, '');
    const expected = [...new Set([...before.keys(), ...after.keys()])]
      .filter((slug) => plain(before.get(slug)) !== plain(after.get(slug)))
      .map((slug) => `${before.has(slug) ? (after.has(slug) ? 'changed' : 'withdrawn') : 'added'} ${slug}`);
    const { data, meta } = await diff(history[a]!.moment, history[b]!.moment, query);
    expect(data.map(({ change, event }) => `${change} ${event.slug}`).sort()).toEqual(expected.sort());
    expect(meta.added + meta.changed + meta.withdrawn).toBe(expected.length);
  }
});

test('tells which members differ, names of actors among them', async () => {
  const { data } = await diff(history[0]!.moment, history[1]!.moment, '&actor=nvidia');
  expect(Object.keys(data[0]!.changed)).toEqual(['actors']);
  expect(JSON.stringify(data[0]!.changed.actors!.from)).toContain('"Nvidia"');
  expect(JSON.stringify(data[0]!.changed.actors!.to)).toContain('"NVIDIA Corporation"');
});

test('is paged', async () => {
  const whole = await diff('2020-01-01', history.at(-1)!.moment);
  const slugs: string[] = [];
  for (let url: string | null = `/v1/timeline/diff?known_from=2020-01-01&known_to=${history.at(-1)!.moment}&limit=90`; url !== null; ) {
    const { data, page }: Diff = (await api.get(url)).json();
    slugs.push(...data.map(({ event }) => event.slug));
    url = page.next;
  }
  expect(slugs.length).toBe(whole.meta.added);
  expect(slugs.slice(0, 200)).toEqual(whole.data.map(({ event }) => event.slug));
});

test.each([
  ['', /known_from/],
  ['known_from=2025-01-01&known_to=2024-01-01', /lies after known_to|^/],
  ['known_from=soon', /known_from is a day/],
  ['known_from=2999-01-01', /known_from \(2999-01-01\) lies in the future/],
  ['known_from=2025-01-01&known_at=2025-01-01', /no parameter known_at/],
])('%s is refused where it is wrong', async (query, sentence) => {
  const answer = await api.get(`/v1/timeline/diff?${query}`);
  if (query.includes('2024')) return expect(answer.statusCode).toBe(200);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().detail).toMatch(sentence);
});

test('the end before the beginning is refused', async () => {
  const answer = await api.get(`/v1/timeline/diff?known_from=${history[3]!.moment}&known_to=${history[1]!.moment}`);
  expect([answer.statusCode, answer.json().errors[0].parameter]).toEqual([400, 'known_from']);
  expect(answer.json().detail).toMatch(/swap them/);
});
