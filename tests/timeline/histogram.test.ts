// The histogram: every span of time once, empty ones too, and imprecise dates by the rule that the answer states.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const full = useApp('seeded');
interface Bucket {
  start_date: string;
  end_date: string;
  total: number;
  imprecise: number;
  by_type: Record<string, number>;
}
const read = async (query: string, from = api): Promise<Bucket[]> => {
  const response = await from.get(`/v1/timeline/histogram?${query}`);
  expect(response.statusCode).toBe(200);
  return response.json().data;
};
const totals = async (query: string) => (await read(query)).map(({ start_date, total, imprecise }) => [start_date, total, imprecise]);

beforeAll(async () => {
  for (const [type, date] of [
    ['speech', '2025-01-15'],
    ['pledge', '2025-01-15/2025-03-02'],
    ['speech', '2025-03'],
    ['speech', '2025-05-05'],
    ['other', '2025'],
    ['other', '../2024-12-20'],
    ['other', '2025-05-06/..'],
  ] as const)
    await api.post('/v1/events', { type, title: 'An event', date });
});

test('by month: each event once, where it begins, empty months too', async () => {
  expect(await totals('interval=month')).toEqual([
    ['2024-12-01', 1, 0],
    ['2025-01-01', 3, 1],
    ['2025-02-01', 0, 0],
    ['2025-03-01', 1, 0],
    ['2025-04-01', 0, 0],
    ['2025-05-01', 2, 0],
  ]);
});

test.each([
  [
    'year',
    [
      ['2024-01-01', 1, 0],
      ['2025-01-01', 6, 0],
    ],
  ],
  [
    'quarter',
    [
      ['2024-10-01', 1, 0],
      ['2025-01-01', 4, 1],
      ['2025-04-01', 2, 0],
    ],
  ],
])('by %s', async (interval, expected) => {
  expect(await totals(`interval=${interval}`)).toEqual(expected);
});

test('by week, from Monday; a month and a year are less precise than that', async () => {
  expect(await totals('interval=week&from=2024-12-30&to=2025-01-19')).toEqual([
    ['2024-12-30', 1, 1],
    ['2025-01-06', 0, 0],
    ['2025-01-13', 2, 0],
  ]);
});

test('by day, under filters, by type', async () => {
  expect(await read('interval=day&type=speech,pledge&from=2025-01-14&to=2025-01-16')).toEqual([
    { start_date: '2025-01-14', end_date: '2025-01-14', total: 0, imprecise: 0, by_type: {} },
    { start_date: '2025-01-15', end_date: '2025-01-15', total: 2, imprecise: 0, by_type: { pledge: 1, speech: 1 } },
    { start_date: '2025-01-16', end_date: '2025-01-16', total: 0, imprecise: 0, by_type: {} },
  ]);
});

test('what began before the window counts in its first bucket', async () => {
  expect(await totals('interval=month&from=2025-02&to=2025-03&type=pledge')).toEqual([
    ['2025-02-01', 1, 0],
    ['2025-03-01', 0, 0],
  ]);
});

test('an open beginning counts by its last day, under a filter, too', async () => {
  expect((await totals('interval=year&type=other')).filter(([, total]) => total !== 0)).toEqual([
    ['2024-01-01', 1, 0],
    ['2025-01-01', 2, 0],
  ]);
  expect(await totals('interval=year&type=other&from=2024-12&to=2024')).toEqual([['2024-01-01', 1, 0]]);
});

test('with nothing to count there are the buckets of the window, or none', async () => {
  expect(await totals('type=legislation&from=2025-01&to=2025-02')).toEqual([
    ['2025-01-01', 0, 0],
    ['2025-02-01', 0, 0],
  ]);
  expect(await totals('type=legislation')).toEqual([]);
});

describe.each(['year', 'quarter', 'month', 'week', 'day'])('by %s, the first data set', (interval) => {
  test('is counted whole, in buckets that follow one another', async () => {
    const buckets = await read(`interval=${interval}`, full);
    const { page } = (await full.get('/v1/timeline?limit=1&total=true')).json();
    expect(buckets.reduce((sum, { total }) => sum + total, 0)).toBe(page.total);
    for (const [index, { start_date, end_date, total, by_type }] of buckets.entries()) {
      expect(Object.values(by_type).reduce((sum, count) => sum + count, 0)).toBe(total);
      const next = new Date(Date.parse(end_date) + 86_400_000).toISOString().slice(0, 10);
      if (index + 1 < buckets.length) expect(buckets[index + 1]!.start_date).toBe(next);
      expect(start_date <= end_date).toBe(true);
    }
  });
});

describe.each(['year', 'month', 'day'])('what is kept of everything, by %s', (interval) => {
  // Every event has a significance, so these are counted one by one.
  const counted = (moment: string, from = full) => read(`interval=${interval}&min_significance=1${moment}`, from);

  test('is what is counted', async () => {
    expect(await read(`interval=${interval}`, full)).toEqual(await counted(''));
    expect(await read(`interval=${interval}`)).toEqual(await counted('', api));
  });
});

test('what is kept follows each change, and is told as it was', async () => {
  const changes = [
    () => api.post('/v1/events', { slug: 'moving', type: 'speech', title: 'It moves', date: '2025-01-20' }),
    () => api.patch('/v1/events/moving', { date: '2025-02' }),
    () => api.patch('/v1/events/moving', { type: 'pledge', title: 'It moves on' }),
    () => api.patch('/v1/events/moving', { state: 'withdrawn' }),
    () => api.patch('/v1/events/moving', { state: 'published', date: '../2025-04-02' }),
    () => api.delete('/v1/events/moving'),
  ];
  const then: [string, Bucket[]][] = [];
  for (const change of changes) {
    expect((await change()).statusCode).toBeLessThan(300);
    const { recorded_at } = (await api.get('/v1/changes?limit=200')).json().data.at(-1);
    const now = await read('interval=month');
    expect(now).toEqual(await read('interval=month&min_significance=1'));
    then.push([recorded_at, now]);
  }
  // Deleted it counts as before it was made.
  expect(new Set(then.map(([, buckets]) => JSON.stringify(buckets))).size).toBe(changes.length - 1);
  for (const [moment, buckets] of then) expect(await read(`interval=month&known_at=${moment}`)).toEqual(buckets);
});

test('the rule and the interval are told', async () => {
  expect((await api.get('/v1/timeline/histogram')).json().meta).toMatchObject({
    interval: 'month',
    rule: expect.stringContaining('first day'),
    as_of_seq: expect.any(Number),
  });
});

test.each([
  ['interval=hour', 'interval'],
  ['interval=day&from=1900&to=2025', 'interval'],
  ['from=2026&to=2025', 'from'],
  ['limit=5', 'limit'],
])('%s is refused', async (query, parameter) => {
  expect((await api.get(`/v1/timeline/histogram?${query}`)).json()).toMatchObject({ status: 400, errors: [{ parameter }] });
});
