// Where an event stands on the timeline, and when its date overlaps what is asked for.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');

/** In the order in which they belong. Those of one first day and one precision are recorded as they stand here. */
const ORDERED = [
  '../2019',
  '1999',
  '2025-06',
  '2025-22/2025-23',
  '2025-07-01',
  '2025-07-01/2025-07-03',
  '2025-07',
  '2025-07~',
  '2025-07/2025-09',
  '2025-07-26',
  '2025-08/..',
  '2026-01-01',
  '2026-01',
  '2026',
];
/** The less precise first, and the later first, but for what stands in the order in which it was recorded. */
const RECORDED = [13, 12, 11, 10, 9, 6, 7, 8, 4, 5, 3, 2, 1, 0];

const datesOf = async (query: string): Promise<string[]> =>
  (await api.get(`/v1/timeline?${query}`)).json().data.map(({ date }: { date: string }) => date);

beforeAll(async () => {
  for (const place of RECORDED)
    await api.post('/v1/events', { type: 'other', title: `On ${ORDERED[place]}`, slug: `on-${place}`, date: ORDERED[place] });
});

test('events stand by their first day, then the less precise after the more precise, then as they were recorded', async () => {
  expect(await datesOf('')).toEqual(ORDERED);
});

test('desc is the same order from its end', async () => {
  expect(await datesOf('order=desc')).toEqual((await datesOf('')).reverse());
});

describe('a date overlaps what is asked for where some day of it may lie in there', () => {
  const overlapping: [string, string[]][] = [
    ['from=2025-07-02&to=2025-07-02', ['2025-22/2025-23', '2025-07-01/2025-07-03', '2025-07', '2025-07~', '2025-07/2025-09']],
    ['from=2025-06-30&to=2025-06-30', ['2025-06', '2025-22/2025-23']],
    ['from=2018&to=2018', ['../2019']],
    ['to=1998', ['../2019']],
    ['from=2040', ['2025-08/..']],
    ['from=2026&to=2026', ['2025-08/..', '2026-01-01', '2026-01', '2026']],
    ['from=2026-02', ['2025-08/..', '2026']],
    ['from=2025-11-30&to=2025-12-31', ['2025-22/2025-23', '2025-08/..']],
    ['from=2025-12&to=2025-12', ['2025-08/..']],
    ['from=2025-24&to=2025-24', ['2025-08/..', '2026-01-01', '2026-01', '2026']],
    ['from=2025-07-26/2025-07-27&to=2025-07-26', ['2025-22/2025-23', '2025-07', '2025-07~', '2025-07/2025-09', '2025-07-26']],
  ];
  test.each(overlapping)('%s', async (query, dates) => {
    expect(await datesOf(query)).toEqual(dates);
  });
});

test('an event says which days its date may mean', async () => {
  expect((await api.get('/v1/events/on-10')).json()).toMatchObject({
    date: '2025-08/..',
    start_date: '2025-08-01',
    end_date: null,
    date_precision: 'month',
  });
});

test('moving an event moves it on the timeline at once', async () => {
  await api.patch('/v1/events/on-1', { date: '2030' });
  expect((await datesOf('')).at(-1)).toBe('2030');
  await api.patch('/v1/events/on-1', { date: '1999' });
  expect(await datesOf('')).toEqual(ORDERED);
});
