// Every filter of the timeline against what the test computes itself from all events.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';
import { type Event, type Filters, meets, slugsOf } from './picking.js';

const api = useApp('seeded');

const all: Event[] = [];
beforeAll(async () => {
  for (let next: string | null = '/v1/timeline?limit=200'; next !== null; ) {
    const page: { data: Event[]; page: { next: string | null } } = (await api.get(next)).json();
    all.push(...page.data);
    next = page.page.next;
  }
});

const expected = (filters: Filters): string[] => slugsOf(all.filter(meets(filters)));

const answered = async (filters: Filters): Promise<string[]> => {
  const query = new URLSearchParams(Object.entries(filters).map(([name, values]) => [name, values.join(',')] as [string, string]));
  const slugs: string[] = [];
  for (let next: string | null = `/v1/timeline?limit=200&total=true&${query}`; next !== null; ) {
    const response = await api.get(next);
    expect(response.statusCode).toBe(200);
    const { data, page } = response.json();
    slugs.push(...data.map(({ slug }: Event) => slug));
    next = page.next;
    if (next === null) expect(page.total).toBe(slugs.length);
  }
  return slugs;
};

describe('one filter', () => {
  test.each<[Filters]>([
    [{ from: ['2025-07'] }],
    [{ to: ['2023'] }],
    [{ from: ['2025-07'], to: ['2025-08'] }],
    [{ from: ['2025-22'], to: ['2025-22'] }],
    [{ type: ['export_control'] }],
    [{ type: ['speech', 'pledge'] }],
    [{ exclude_type: ['export_control', 'legislation'] }],
    [{ actor: ['china'] }],
    [{ actor: ['qatar', 'nvidia'] }],
    [{ country: ['DE'] }],
    [{ country: ['CN', 'US'] }],
    [{ topic: ['export-controls'] }],
    [{ exclude_topic: ['export-controls'] }],
    [{ initiative: ['world-ai-cooperation-organization'] }],
    [{ plan: ['global-ai-governance-action-plan'] }],
    [{ plan: ['global-ai-governance-action-plan'], item: ['13', '2'] }],
    [{ certainty: ['reported', 'disputed'] }],
    [{ min_significance: ['5'] }],
  ])('%j', async (filters) => {
    const slugs = expected(filters);
    expect(slugs.length).toBeGreaterThan(0);
    expect(slugs.length).toBeLessThan(all.length);
    expect(await answered(filters)).toEqual(slugs);
  });
});

test('any of them together', async () => {
  const some = (values: string[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });
  const one = (values: string[]) => fc.constantFrom(...values).map((value) => [value]);
  const valuesOf = (pick: (event: Event) => (string | null)[]) => [...new Set(all.flatMap(pick).filter((value) => value !== null))];
  const topics = valuesOf(({ topics }) => topics.map(({ slug }) => slug));
  const filters = fc.record(
    {
      from: one(['2018', '2023-10', '2025-07-26', '2026']),
      to: one(['2026', '2027-24']),
      type: some(valuesOf(({ type }) => [type])),
      exclude_type: some(valuesOf(({ type }) => [type])),
      actor: some(valuesOf(({ actors }) => actors.map(({ slug }) => slug))),
      country: some(valuesOf(({ actors, place }) => [place?.country_code ?? null, ...actors.map(({ country_code }) => country_code)])),
      topic: some(topics),
      exclude_topic: some(topics),
      initiative: some(valuesOf(({ initiatives }) => initiatives.map(({ slug }) => slug))),
      plan: one(valuesOf(({ action_items }) => action_items.map(({ plan }) => plan))),
      item: some(valuesOf(({ action_items }) => action_items.map(({ item }) => String(item)))),
      certainty: some(['confirmed', 'reported', 'disputed', 'scheduled']),
      min_significance: one(['2', '3', '4']),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(filters, async ({ item, ...others }) => {
      const chosen = (others.plan === undefined || item === undefined ? others : { ...others, item }) as Filters;
      expect(await answered(chosen)).toEqual(expected(chosen));
    }),
    { numRuns: 60 },
  );
});

test('a country is also where something took place, whoever took part', async () => {
  const host = all.find(({ place, actors }) => place?.country_code && actors.every((actor) => actor.country_code !== place.country_code))!;
  expect(await answered({ country: [host.place!.country_code!] })).toContain(host.slug);
});

test('a country may be written small', async () => {
  expect(await answered({ country: ['de'] })).toEqual(await answered({ country: ['DE'] }));
});

test('a limit above 200 is 200', async () => {
  const { data, page } = (await api.get('/v1/timeline?limit=500')).json();
  expect(all.length).toBeGreaterThan(200);
  expect({ limit: page.limit, events: data.length }).toEqual({ limit: 200, events: 200 });
});

test('several values are separated by commas, repeated, or both', async () => {
  const slugs = expected({ type: ['speech', 'pledge', 'forum'] });
  for (const query of [
    'type=speech,pledge,forum',
    'type=speech&type=pledge&type=forum',
    'type=speech,pledge&type=forum,speech',
    'type=speech,%20pledge%20,forum',
  ])
    expect(
      (await api.get(`/v1/timeline?limit=200&${query}`)).json().data.map(({ slug }: Event) => slug),
      query,
    ).toEqual(slugs);
});

test('a slug that nobody has finds nothing', async () => {
  for (const name of ['actor', 'topic', 'initiative', 'plan']) expect(await answered({ [name]: ['nobody-has-this'] })).toEqual([]);
});

describe('what makes no sense is refused, and the parameter is named', () => {
  test.each([
    ['from=soon', 'from'],
    ['from=2026&to=2025', 'from'],
    ['to=2025-13-45', 'to'],
    ['type=speach', 'type'],
    ['type=', 'type'],
    ['country=Atlantis', 'country'],
    ['actor=Li%20Qiang', 'actor'],
    ['topic=a&topic=b;c', 'topic'],
    ['item=13', 'item'],
    ['plan=x&item=0', 'item'],
    ['certainty=maybe', 'certainty'],
    ['min_significance=6', 'min_significance'],
    ['order=up', 'order'],
    ['total=yes', 'total'],
    ['limit=0', 'limit'],
    ['limit=5&limit=6', 'limit'],
    [`actor=${Array.from({ length: 101 }, (_, n) => `a${n}`).join(',')}`, 'actor'],
    ['cursor=abc', 'cursor'],
    ['form=2025', 'form'],
    ['from=2025&from=2026', 'from'],
    [`topic=${'a'.repeat(10_000)}`, 'topic'],
    ['topic=a%00', 'topic'],
    ["topic=a'%20or%20'1'='1", 'topic'],
  ])('%s', async (query, parameter) => {
    const answer = await api.get(`/v1/timeline?${query}`);
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ parameter }] });
  });
});

test.each([
  ['from', '2025', '2026'],
  ['order', 'asc', 'desc'],
  ['total', 'true', 'true'],
  ['limit', '1', '2'],
])('a parameter that takes one value and is sent twice is told so: %s', async (name, one, other) => {
  expect((await api.get(`/v1/timeline?${name}=${one}&${name}=${other}`)).json()).toMatchObject({
    status: 400,
    errors: [{ parameter: name, detail: `${name} stands there more than once; send it once.` }],
  });
});
