// What the record lacks is counted and listed as it is now, and of what is not published nothing is told.

import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, test } from 'vitest';
import { EVENT_CHECKS } from '../../src/quality/schema.js';
import { monthsBefore } from '../../src/quality/store.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');

const overview = async (query = ''): Promise<Record<string, number>> => {
  const answer = await api.get(`/v1/quality${query}`);
  expect(answer.statusCode).toBe(200);
  return Object.fromEntries(answer.json().data.map(({ check, count }: { check: string; count: number }) => [check, count]));
};
const listed = async (check: string, query = '') =>
  (await api.get(`/v1/quality/${check}?${query}`)).json().data.map(({ slug }: { slug: string }) => slug);
const add = async (slug: string, members: object) => {
  const answer = await api.post('/v1/events', { slug, type: 'other', title: slug, date: '2020-01-01', ...members });
  expect(answer.statusCode).toBe(201);
};
const source = (name: string, more: object = {}) => ({
  source: { url: `https://example.org/${name}`, title: name, kind: 'media' },
  ...more,
});
const today = new Date().toISOString().slice(0, 10);

beforeAll(async () => {
  for (const slug of ['old', 'new', 'silent', 'hidden']) await api.post('/v1/initiatives', { slug, name: slug, kind: 'organisation' });
  await add('bare', {});
  await add('single', { sources: [source('a'), source('a', { claim: '/date' })], initiatives: ['old'] });
  await add('well', { sources: [source('a'), source('b')], initiatives: ['new'], date: today });
  await add('disputed', {
    sources: [source('a'), source('c', { claim: '/date', stance: 'disputes' })],
    initiatives: ['old'],
    date: '2019',
  });
  await add('doubtful', { sources: [source('a'), source('b')], certainty: 'disputed', initiatives: ['new'] });
  await add('draft', { state: 'draft', initiatives: ['hidden'], date: today });
});

describe('each check', () => {
  test.each<[string, string[]]>([
    ['events-without-sources', ['bare']],
    ['events-with-one-source', ['single']],
    ['events-with-disputes', ['disputed', 'doubtful']],
    ['events-without-links', ['bare']],
    ['stale-initiatives', ['hidden', 'old', 'silent']],
  ])('%s', async (check, slugs) => {
    expect((await listed(check)).sort()).toEqual(slugs);
    expect((await overview())[check]).toBe(slugs.length);
    expect((await api.get(`/v1/quality/${check}?total=true`)).json().page.total).toBe(slugs.length);
  });

  test('has a list at the address that the overview gives', async () => {
    for (const { check, count, url } of (await api.get('/v1/quality')).json().data) {
      const { page } = (await api.get(`${url}${url.includes('?') ? '&' : '?'}total=true`)).json();
      expect([check, page.total]).toEqual([check, count]);
    }
  });

  test('is answered page by page, both ways', async () => {
    for (const check of ['events-with-disputes', 'stale-initiatives']) {
      const whole = (await api.get(`/v1/quality/${check}`)).json().data;
      const seen = [];
      let page = (await api.get(`/v1/quality/${check}?limit=1`)).json();
      for (;;) {
        seen.push(...page.data);
        if (page.page.next === null) break;
        page = (await api.get(page.page.next)).json();
      }
      expect(seen).toEqual(whole);
      expect((await api.get(page.page.previous)).json().data).toEqual([whole.at(-2)]);
    }
  });
});

test('events are listed whole', async () => {
  expect((await api.get('/v1/quality/events-without-sources')).json().data).toEqual([(await api.get('/v1/events/bare')).json()]);
});

test('sources are counted by kind', async () => {
  expect(await overview()).toMatchObject({ 'sources-of-kind-media': 3 });
});

describe('an initiative is stale', () => {
  test('by the day on which its latest event happened, the longest silent first', async () => {
    const { data } = (await api.get('/v1/quality/stale-initiatives')).json();
    expect(data.at(-1)).toMatchObject({ slug: 'old', last_event: { slug: 'single', date: '2020-01-01', start_date: '2020-01-01' } });
    expect(data[0].last_event).toBeNull();
  });

  test('after as many months as are asked for', async () => {
    expect(await listed('stale-initiatives', 'months=600')).not.toContain('old');
    expect((await overview('?months=600'))['stale-initiatives']).toBe(2);
    for (const months of ['0', '601', 'x', '1.5']) expect((await api.get(`/v1/quality?months=${months}`)).statusCode).toBe(400);
  });

  test('counted in whole months, also from the end of a long one', () => {
    expect(monthsBefore(1, new Date('2026-03-31T12:00:00Z'))).toBe('2026-02-28');
    expect(monthsBefore(12, new Date('2024-02-29T00:00:00Z'))).toBe('2023-02-28');
    expect(monthsBefore(12, new Date('2026-11-25T23:59:59Z'))).toBe('2025-11-25');
  });
});

describe('a list as a table', () => {
  const tableOf = async (address: string) => {
    const answer = await api.get(address);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
    return { answer, rows: parse(answer.body, { bom: true, columns: true }) as Record<string, string>[] };
  };

  test.each([...Object.keys(EVENT_CHECKS), 'stale-initiatives'])('%s has a row for each, in the order of the list', async (check) => {
    const { answer, rows } = await tableOf(`/v1/quality/${check}.csv`);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ slug }) => slug)).toEqual(await listed(check));
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="${check}.csv"`);
    const again = await api.get(`/v1/quality/${check}.csv`, { headers: { 'if-none-match': String(answer.headers.etag) } });
    expect(again.statusCode).toBe(304);
  });

  test('says of an event what it rests on and what disputes it', async () => {
    const { rows } = await tableOf('/v1/quality/events-with-disputes.csv?sort=title');
    expect(rows[0]).toMatchObject({
      ...{ slug: 'disputed', date: '2019', type: 'other', title: 'disputed', certainty: 'confirmed', initiatives: 'old', sources: '2' },
      ...{ source_titles: 'a; c', source_urls: 'https://example.org/a; https://example.org/c', disputes: '/date: c', version: '1' },
    });
  });

  test('says of an initiative what was heard last', async () => {
    const { rows } = await tableOf('/v1/quality/stale-initiatives.csv');
    expect(rows.at(-1)).toMatchObject({ slug: 'old', kind: 'organisation', last_event: 'single', last_event_start_date: '2020-01-01' });
    expect(rows[0]).toMatchObject({ last_event: '', last_event_title: '' });
    expect((await tableOf('/v1/quality/stale-initiatives.csv?months=600')).rows.map(({ slug }) => slug)).not.toContain('old');
  });

  test('holds no formula', async () => {
    await add('formula', { title: '=HYPERLINK("https://example.org")', initiatives: ['new'] });
    const { rows } = await tableOf('/v1/quality/events-without-sources.csv');
    expect(rows.find(({ slug }) => slug === 'formula')!.title).toBe(`'=HYPERLINK("https://example.org")`);
    await api.delete('/v1/events/formula');
  });

  test('is all of it: no limit, no cursor', async () => {
    for (const parameter of ['limit=1', 'cursor=x', 'total=true'])
      expect((await api.get(`/v1/quality/events-without-sources.csv?${parameter}`)).statusCode).toBe(400);
  });
});

test('what is mended is counted no more, and a draft only once it is published', async () => {
  await api.patch('/v1/events/draft', { state: 'published' });
  expect(await listed('events-without-sources')).toEqual(['bare', 'draft']);
  expect(await listed('stale-initiatives')).not.toContain('hidden');
  await api.patch('/v1/events/draft', { sources: [source('a')] });
  expect((await overview())['events-without-sources']).toBe(1);
  await api.delete('/v1/events/draft');
  expect(await overview()).toMatchObject({ 'events-with-one-source': 1, 'stale-initiatives': 3 });
});

test('a cursor of another list is refused', async () => {
  const { page } = (await api.get('/v1/quality/events-with-disputes?limit=1')).json();
  const cursor = new URL(page.next, 'http://host').searchParams.get('cursor');
  for (const check of [...Object.keys(EVENT_CHECKS).filter((one) => one !== 'events-with-disputes'), 'stale-initiatives'])
    expect((await api.get(`/v1/quality/${check}?cursor=${cursor}`)).json()).toMatchObject({
      status: 400,
      errors: [{ parameter: 'cursor' }],
    });
});

describe('as of a moment', () => {
  let then: string;
  let before: { overview: unknown; tables: string[]; lists: unknown[] };
  const checks = [...Object.keys(EVENT_CHECKS), 'stale-initiatives'];
  const read = async (moment: string) => {
    const { data } = (await api.get(`/v1/quality?${moment}`)).json();
    const lists = await Promise.all(checks.map(async (check) => (await api.get(`/v1/quality/${check}?total=true&${moment}`)).json()));
    const tables = await Promise.all(checks.map(async (check) => (await api.get(`/v1/quality/${check}.csv?${moment}`)).body));
    const counts = data.map(({ check, count }: { check: string; count: number }) => [check, count]);
    return { overview: counts, lists: lists.map(({ data, page }) => [data, page.total]), tables };
  };

  beforeAll(async () => {
    before = await read('');
    await api.post('/v1/releases', { label: 'before' }, { as: 'admin' });
    then = (await api.get('/v1/changes?since=0&limit=1000')).json().data.at(-1).recorded_at;
    await api.patch('/v1/events/bare', { sources: [source('d')], initiatives: ['silent'], title: 'Renamed', date: today });
    await api.patch('/v1/events/disputed', { sources: [source('a')] });
    await api.delete('/v1/events/single');
    await api.patch('/v1/initiatives/old', { name: 'Renamed' });
    await api.post('/v1/initiatives', { slug: 'later', name: 'Later', kind: 'organisation' });
  });

  test.each(['known_at', 'release'])('%s: the counts, the lists and the tables are those of then', async (parameter) => {
    expect(await read('')).not.toEqual(before);
    expect(await read(`${parameter}=${parameter === 'release' ? 'before' : then}`)).toEqual(before);
  });

  test('the addresses in the overview lead to the lists of then', async () => {
    for (const { count, url } of (await api.get(`/v1/quality?known_at=${then}`)).json().data)
      expect((await api.get(`${url}&total=true`)).json().page.total, url).toBe(count);
  });

  test('it is paged by cursor, and a cursor of another moment is refused', async () => {
    for (const check of ['events-with-disputes', 'stale-initiatives']) {
      const { page } = (await api.get(`/v1/quality/${check}?limit=1&known_at=${then}`)).json();
      expect((await api.get(page.next)).json().data).toHaveLength(1);
      expect((await api.get(page.next.replace(/known_at=[^&]*&/, ''))).statusCode).toBe(400);
    }
  });

  test('a moment to come, and two moments, are refused', async () => {
    for (const check of ['', ...checks.map((one) => `/${one}`), ...checks.map((one) => `/${one}.csv`)])
      for (const moment of ['known_at=2999-01-01', `known_at=${then}&release=before`])
        expect((await api.get(`/v1/quality${check}?${moment}`)).statusCode, check).toBe(400);
  });
});

test('a table of many is sent as it is read, and holds each once', async () => {
  const many = Array.from({ length: 600 }, (_, n) => ({
    slug: `one-of-many-${n}`,
    type: 'other',
    title: `One of many ${n}`,
    date: '2020',
  }));
  expect((await api.post('/v1/events/batch?atomic=true', many)).json().summary).toMatchObject({ created: 600 });
  const answer = await api.get('/v1/quality/events-without-sources.csv');
  const rows = parse(answer.body, { bom: true, columns: true }) as { slug: string }[];
  const { total } = (await api.get('/v1/quality/events-without-sources?limit=1&total=true')).json().page;
  expect(rows).toHaveLength(total);
  expect(new Set(rows.map(({ slug }) => slug)).size).toBe(total);
  expect(many.every(({ slug }) => rows.some((row) => row.slug === slug))).toBe(true);
});
