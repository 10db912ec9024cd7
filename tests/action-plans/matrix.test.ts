// The matrix of a plan's items against developments: what is counted where, what nothing touches, and what stands in the way.
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const plan = '/v1/action-plans/the-plan';
const read = async (query = '') => (await api.get(`${plan}/coverage?${query}`)).json();
const rowOf = async (number: number, query = '') => (await read(query)).items.find((item: { number: number }) => item.number === number);
const cellsOf = async (number: number, query = '') =>
  (await rowOf(number, query)).cells.map(({ column, events }: { column: string; events: number }) => [column, events]);

const add = (slug: string, date: string, links: [number, string][], members: object = {}) =>
  api.post('/v1/events', {
    slug,
    type: 'statement',
    title: `=${slug}`,
    date,
    action_items: links.map(([item, effect]) => ({ plan: 'the-plan', item, effect })),
    ...members,
  });

beforeAll(async () => {
  await api.post('/v1/action-plans', { slug: 'the-plan', title: 'The plan' });
  await api.post('/v1/action-plans', { slug: 'another-plan', title: 'Another plan' });
  await api.post('/v1/action-plans/another-plan/items', { number: 1, title: 'Of another plan' });
  for (const [number, title] of [
    [1, 'The first'],
    [2, '=HYPERLINK("x")'],
    [3, 'The third'],
  ])
    await api.post(`${plan}/items`, { number, title });
  for (const [slug, country_code] of [
    ['germany', 'DE'],
    ['france', 'FR'],
  ])
    await api.post('/v1/actors', { slug, kind: 'country', name: slug, country_code });
  const both = { actors: ['germany', 'france'].map((actor) => ({ actor, role: 'host' })) };
  await add('a', '2025-02-01', [[1, 'advances']], both);
  await add(
    'b',
    '2025-08',
    [
      [1, 'advances'],
      [1, 'hinders'],
      [2, 'hinders'],
    ],
    { type: 'speech' },
  );
  await add('c', '2026-01-01', [[1, 'mentions']], { actors: [{ actor: 'germany', role: 'host' }], place: { country_code: 'France' } });
  await add('d', '../2026-05', [[2, 'advances']]);
  await add('draft', '2026-02', [[3, 'advances']], { state: 'draft', ...both });
  await add('of-another', '2026-02', [], { action_items: [{ plan: 'another-plan', item: 1, effect: 'advances' }] });
});

describe('what is counted', () => {
  test('by the year of the first day, and of the last where the beginning is open', async () => {
    expect(await cellsOf(1)).toEqual([
      ['2025', 2],
      ['2026', 1],
    ]);
    expect(await cellsOf(2, 'by=year')).toEqual([
      ['2025', 1],
      ['2026', 1],
    ]);
  });
  test('by quarter, type, actor and country, in each to which an event belongs', async () => {
    expect(await cellsOf(1, 'by=quarter')).toEqual([
      ['2025-Q1', 1],
      ['2025-Q3', 1],
      ['2026-Q1', 1],
    ]);
    expect(await cellsOf(1, 'by=type')).toEqual([
      ['statement', 2],
      ['speech', 1],
    ]);
    expect(await cellsOf(1, 'by=actor')).toEqual([
      ['germany', 2],
      ['france', 1],
    ]);
    expect(await cellsOf(1, 'by=country')).toEqual([
      ['DE', 2],
      ['FR', 2],
    ]);
    expect((await read('by=country')).columns).toEqual([
      { value: 'DE', name: 'Germany', events: 2 },
      { value: 'FR', name: 'France', events: 2 },
    ]);
  });
  test('an event once in a cell, whatever its effects, and each effect for itself', async () => {
    expect(await rowOf(1)).toMatchObject({ events: 3, advances: 2, hinders: 1, mentions: 1, balance: 1, last_event_on: '2026-01-01' });
    expect((await rowOf(1)).cells[0]).toMatchObject({ column: '2025', events: 2, advances: 2, hinders: 1, mentions: 0 });
  });
  test('only the effects that are asked for', async () => {
    expect(await rowOf(1, 'effect=hinders')).toMatchObject({ events: 1, advances: 0, hinders: 1 });
    expect((await read('effect=mentions,hinders')).effects).toEqual(['hinders', 'mentions']);
  });
  test('the totals of an item stay whole where fewer columns are shown, and the answer says how many there were', async () => {
    const { columns, columns_total, items } = await read('by=type&columns=1');
    expect([columns.length, columns_total, items[0].events, items[0].cells.length]).toEqual([1, 2, 3, 1]);
    expect((await read('by=year&columns=1')).columns).toEqual([{ value: '2026', name: null, events: 2 }]);
  });
});

test('each cell names its newest events, the newest first', async () => {
  expect((await rowOf(1)).cells[0].newest).toEqual([
    { slug: 'b', title: '=b', date: '2025-08', effects: ['advances', 'hinders'] },
    { slug: 'a', title: '=a', date: '2025-02-01', effects: ['advances'] },
  ]);
  for (const n of [1, 2, 3]) await add(`more-${n}`, `2024-01-0${n}`, [[2, 'advances']]);
  await add('more-4', '2024-01-04', [[2, 'advances']]);
  const [cell] = (await rowOf(2)).cells;
  expect([cell.events, cell.newest.map(({ slug }: { slug: string }) => slug)]).toEqual([4, ['more-4', 'more-3', 'more-2']]);
});

test('what nothing touches is a gap, and what is hindered is told', async () => {
  const all = await read();
  expect([all.gaps, all.hindered]).toEqual([[3], [1, 2]]);
  expect(all.items[2]).toMatchObject({ number: 3, events: 0, is_gap: true, is_hindered: false, last_event_on: null, cells: [] });
  expect((await read('effect=mentions')).gaps).toEqual([2, 3]);
});

test('what readers may not see leaves no trace: the bytes are those of a plan without it', async () => {
  const queries = ['', 'by=actor', 'by=country', 'by=type', 'effect=advances'];
  // The number of the last change is told anywhere, so it is what differs.
  const told = async () => Promise.all(queries.map(async (query) => JSON.stringify({ ...(await read(query)), meta: null })));
  const before = await told();
  await add('hidden', '2026-03', [[3, 'hinders']], { state: 'draft', actors: [{ actor: 'france', role: 'host' }] });
  await add('taken-back', '2026-03', [[3, 'hinders']], { actors: [{ actor: 'france', role: 'host' }] });
  expect(await told()).not.toEqual(before);
  await api.patch('/v1/events/taken-back', { state: 'withdrawn' });
  await add('deleted', '2026-03', [[3, 'hinders']], { actors: [{ actor: 'france', role: 'host' }] });
  await api.delete('/v1/events/deleted');
  expect(await told()).toEqual(before);
});

test('as of a moment it is answered with what was known then, by the names of then', async () => {
  const { recorded_at } = (await api.get('/v1/changes?limit=200')).json().data.at(-1);
  const then = await read(`by=actor&known_at=${recorded_at}`);
  await api.patch('/v1/actors/germany', { name: 'Deutschland' });
  await add('later', '2026-04', [[3, 'advances']], { actors: [{ actor: 'germany', role: 'host' }] });
  expect(await read(`by=actor&known_at=${recorded_at}`)).toEqual(then);
  expect((await read('by=actor')).gaps).toEqual([]);
  expect((await read('by=actor')).columns[0]).toEqual({ value: 'germany', name: 'Deutschland', events: 3 });
  await api.delete('/v1/events/later');
});

test('a reader who has it is told so, and a change makes another answer', async () => {
  const { etag } = (await api.get(`${plan}/coverage`)).headers;
  expect((await api.get(`${plan}/coverage`, { headers: { 'if-none-match': String(etag) } })).statusCode).toBe(304);
  expect(await api.countStatements(() => api.get(`${plan}/coverage`))).toEqual([]);
  await add('newer', '2026-05', [[2, 'mentions']]);
  expect((await api.get(`${plan}/coverage`, { headers: { 'if-none-match': String(etag) } })).statusCode).toBe(200);
  expect((await rowOf(2)).mentions).toBe(1);
});

test('it takes three statements: two to find the plan, one for the whole matrix', async () => {
  for (const query of ['by=actor&columns=7', 'by=country&columns=7', 'by=type&columns=7'])
    expect(await api.countStatements(() => read(query))).toHaveLength(3);
});

describe('as CSV', () => {
  test('it is a full table with a row for each item, and no cell is a formula', async () => {
    const answer = await api.get(`${plan}/coverage.csv?by=country`);
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers['content-disposition']).toBe('attachment; filename="the-plan-coverage.csv"');
    const rows = parse(answer.body, { bom: true, columns: true }) as Record<string, string>[];
    expect(rows).toHaveLength(3);
    expect(rows[1]!.title).toBe(`'=HYPERLINK("x")`);
    expect(rows[2]).toMatchObject({ number: '3', events: '0', gap: 'yes', hindered: 'no', DE: '0', FR: '0' });
    expect(rows[0]).toMatchObject({ number: '1', gap: 'no', hindered: 'yes', DE: '2', FR: '2' });
  });
});

describe('what is asked wrongly', () => {
  test.each([
    ['by=topic', 'by'],
    ['effect=helps', 'effect'],
    ['columns=0', 'columns'],
    ['colour=red', 'colour'],
    ['known_at=2999-01-01', 'known_at'],
  ])('%s', async (query, parameter) => {
    for (const suffix of ['', '.csv'])
      expect((await api.get(`${plan}/coverage${suffix}?${query}`)).json()).toMatchObject({ status: 400, errors: [{ parameter }] });
  });
  test('a plan that is not there, or is gone', async () => {
    expect((await api.get('/v1/action-plans/nothing/coverage')).statusCode).toBe(404);
    await api.post('/v1/action-plans', { slug: 'gone', title: 'Gone' });
    expect((await api.get('/v1/action-plans/gone/coverage')).json()).toMatchObject({ items: [], columns: [], gaps: [] });
    await api.delete('/v1/action-plans/gone');
    expect((await api.get('/v1/action-plans/gone/coverage')).statusCode).toBe(410);
  });
});
