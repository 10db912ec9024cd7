// What was in force on a day.
import { beforeAll, describe, expect, test } from 'vitest';
import { validityOf } from '../../src/events/validity.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const inForce = async (day: string) =>
  (await api.get(`/v1/timeline?valid_at=${day}`)).json().data.map(({ slug }: { slug: string }) => slug);

describe('an event is in force', () => {
  test.each([
    [
      'from its effective day',
      { type: 'legislation', action: 'adopted', date: '2025-01-01', details: { effective_on: '2025-03' } },
      { valid_from: '2025-03-01', valid_to: null },
    ],
    [
      'until it expires',
      { type: 'agreement', action: 'signed', date: '2025', details: { effective_on: '2025-02-01', expires_on: '2025-12' } },
      { valid_from: '2025-02-01', valid_to: '2025-12-31' },
    ],
    [
      'from its date where it marks that',
      { type: 'legislation', action: 'in_force', date: '2024-08-01', details: {} },
      { valid_from: '2024-08-01', valid_to: null },
    ],
    [
      'at once where its type is of that kind',
      { type: 'export_control', action: null, date: '2023-10-17', details: {} },
      { valid_from: '2023-10-17', valid_to: null },
    ],
    ['not while it is only announced', { type: 'export_control', action: 'announced', date: '2023-10-17', details: {} }, null],
    ['not when it is a law that was adopted and says no day', { type: 'legislation', action: 'adopted', date: '2024', details: {} }, null],
    ['not when it is words', { type: 'speech', action: null, date: '2025-07-26', details: {} }, null],
  ])('%s', (_, event, validity) => {
    expect(validityOf(event as never)).toEqual(validity);
  });
});

beforeAll(async () => {
  const control = (slug: string, date: string, members: object = {}) =>
    api.post('/v1/events', { slug, type: 'export_control', title: slug, date, action: 'adopted', ...members });
  await control('first-rule', '2022-10-07');
  await control('second-rule', '2023-10-17', { related: [{ event: 'first-rule', relation: 'supersedes' }] });
  await control('short-rule', '2023-01-01', { details: { expires_on: '2023-06-30' } });
  await control('truce', '2025-11-10', { action: 'suspended', related: [{ event: 'second-rule', relation: 'amends' }] });
  await control('draft-end', '2022-12-01', { state: 'draft', related: [{ event: 'first-rule', relation: 'supersedes' }] });
});

test.each([
  ['2022-10-06', []],
  ['2022-10-07', ['first-rule']],
  ['2023-06-30', ['first-rule', 'short-rule']],
  ['2023-07-01', ['first-rule']],
  ['2023-10-17', ['second-rule']],
  ['2025-11-09', ['second-rule']],
  ['2025-11-10', []],
  ['2023', ['first-rule', 'short-rule', 'second-rule']],
])('on %s: %j', async (day, slugs) => {
  expect(await inForce(day)).toEqual(slugs);
});

test('taking the end back puts it in force again', async () => {
  await api.patch('/v1/events/truce', { state: 'withdrawn' });
  expect(await inForce('2025-12-01')).toEqual(['second-rule']);
  await api.post('/v1/events/truce/restore');
  expect(await inForce('2025-12-01')).toEqual([]);
});

test('it goes with other filters, and a day that is none is refused', async () => {
  expect((await api.get('/v1/timeline?valid_at=2023-02-01&from=2023')).json().data).toHaveLength(1);
  expect((await api.get('/v1/timeline?valid_at=today')).json()).toMatchObject({ status: 400, errors: [{ parameter: 'valid_at' }] });
});
