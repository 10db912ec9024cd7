// Counts over all that match, against what the test counts itself.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('seeded');
interface Event {
  type: string;
  start_date: string | null;
  place: { country_code: string | null } | null;
  topics: { slug: string; name: string }[];
  actors: { slug: string; name: string; country_code: string | null }[];
  initiatives: { slug: string; name: string }[];
}
type Counts = { value: string; name: string | null; count: number }[];
const readAll = async (query: string): Promise<Event[]> => {
  const events: Event[] = [];
  for (let next: string | null = `/v1/timeline?limit=200&${query}`; next !== null; ) {
    const { data, page }: { data: Event[]; page: { next: string | null } } = (await api.get(next)).json();
    events.push(...data);
    next = page.next;
  }
  return events;
};
const VALUES: Record<string, (event: Event) => (string | null | undefined)[]> = {
  type: ({ type }) => [type],
  topic: ({ topics }) => topics.map(({ slug }) => slug),
  actor: ({ actors }) => actors.map(({ slug }) => slug),
  country: ({ place, actors }) => [place?.country_code, ...actors.map(({ country_code }) => country_code)],
  initiative: ({ initiatives }) => initiatives.map(({ slug }) => slug),
  year: ({ start_date }) => [start_date?.slice(0, 4)],
};
const NAMES = Object.keys(VALUES);
const countedBy = (events: Event[], name: string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const event of events)
    for (const value of new Set(VALUES[name]!(event))) if (value != null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};

describe.each(['', 'type=export_control', 'from=2025-07&to=2025-08&country=CN', 'q=governance', 'actor=nobody'])('?%s', (query) => {
  let events: Event[];
  beforeAll(async () => {
    events = await readAll(query);
  });
  test.each(NAMES)('%s counts each event once, over the whole set, whatever the page', async (name) => {
    const { facets } = (await api.get(`/v1/timeline?${query}&facets=${name}&limit=1`)).json() as { facets: Record<string, Counts> };
    expect(Object.keys(facets)).toEqual([name]);
    const expected = countedBy(events, name);
    expect(new Map(facets[name]!.map(({ value, count }) => [value, count]))).toEqual(expected);
    const counts = facets[name]!.map(({ count }) => count);
    if (name === 'year') expect(facets[name]!.map(({ value }) => value)).toEqual([...expected.keys()].sort());
    else expect(counts).toEqual([...counts].sort((a, b) => b - a));
  });
});

test('several at once take no statement more, and have names for people', async () => {
  let facets: Record<string, Counts> = {};
  const statements = await api.countStatements(async () => {
    facets = (await api.get('/v1/timeline?facets=country,topic,type&limit=1')).json().facets;
  });
  expect(statements).toHaveLength(1);
  expect(Object.keys(facets)).toEqual(['type', 'topic', 'country']);
  expect(facets.country!.find(({ value }) => value === 'DE')!.name).toBe('Germany');
  expect(facets.topic!.find(({ value }) => value === 'export-controls')!.name).toBeTruthy();
  expect(facets.type![0]!.name).toBeNull();
});

test('a facet that is not offered is refused', async () => {
  expect((await api.get('/v1/timeline?facets=state')).json()).toMatchObject({ status: 400, errors: [{ parameter: 'facets' }] });
});
