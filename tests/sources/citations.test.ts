// A source tells what cites it, and only what readers may see.
import { beforeAll, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
interface Citing {
  entity: string;
  slug: string;
  claim: string | null;
}
const read = async (query = '') => {
  const response = await api.get(`/v1/sources/an-article/citations?${query}`);
  expect(response.statusCode).toBe(200);
  return response.json() as { data: Citing[]; page: { next: string | null; previous: string | null } };
};
const told = async (query = '') => (await read(query)).data.map(({ slug, claim }) => `${slug} ${claim}`);
const cite = (...citations: object[]) => citations.map((citation) => ({ source: 'an-article', ...citation }));
const add = (slug: string, date: string, citations: object[], members: object = {}) =>
  api.post('/v1/events', { slug, type: 'other', title: slug, date, sources: cite(...citations), ...members });
const dispute = {
  claim: '/date',
  stance: 'disputes',
  value: '2024',
  quote: 'Last year',
  locator: 'p. 2',
  note: 'Why not.',
  access: 'seen',
};

beforeAll(async () => {
  await api.post('/v1/sources', { slug: 'an-article', title: 'An article' });
  await api.post('/v1/sources', { slug: 'another', title: 'Another' });
  await add('later', '2026-03', [{}]);
  await add('earlier', '2024-05-01', [{ claim: '/title' }, dispute, { claim: '/date' }]);
  await add('elsewhere', '2025', [], { sources: [{ source: 'another' }] });
  await api.post('/v1/action-plans', { slug: 'plan', title: 'Plan', issued_on: '2025-07', sources: cite({ claim: '/title' }) });
  await api.post('/v1/action-plans', { slug: 'undated', title: 'Undated', sources: cite({}) });
});

test('events and plans, the latest first, the citations of one in their order', async () => {
  expect(await told()).toEqual(['later null', 'plan /title', 'earlier /title', 'earlier /date', 'earlier /date', 'undated null']);
});

test('each with what it is cited for', async () => {
  const { id } = (await api.get('/v1/events/earlier')).json();
  expect((await read('stance=disputes')).data).toEqual([
    { entity: 'event', id, slug: 'earlier', title: 'earlier', date: '2024-05-01', ...dispute },
  ]);
  expect((await read('claim=/title')).data).toMatchObject([
    { entity: 'action_plan', slug: 'plan', title: 'Plan', date: '2025-07' },
    { entity: 'event', slug: 'earlier' },
  ]);
});

test('by stance and by member', async () => {
  expect(await told('claim=/date&stance=supports')).toEqual(['earlier /date']);
  expect(await told('claim=/summary')).toEqual([]);
  for (const query of ['stance=doubts', 'claim=date', 'sort=title'])
    expect((await api.get(`/v1/sources/an-article/citations?${query}`)).statusCode, query).toBe(400);
});

test('page by page, both ways, stable while some are added', async () => {
  const whole = (await read()).data;
  const pages = [];
  let page = await read('limit=1');
  const pageOf = async (url: string) => (await api.get(url)).json() as typeof page;
  for (;;) {
    pages.push(...page.data);
    if (page.page.next === null) break;
    if (pages.length === 2) await add('the-latest', '2027', [{}]);
    page = await pageOf(page.page.next);
  }
  expect(pages).toEqual(whole);
  const back = [];
  while (page.page.previous !== null) {
    page = await pageOf(page.page.previous);
    back.unshift(...page.data);
  }
  expect(back.map(({ slug }) => slug)).toEqual(['the-latest', ...whole.slice(0, -1).map(({ slug }) => slug)]);
  await api.delete('/v1/events/the-latest');
});

test('a cursor of another source or other filters is refused', async () => {
  const cursor = new URL((await read('limit=1')).page.next!, 'http://host').searchParams.get('cursor');
  for (const url of [
    `another/citations?cursor=${cursor}`,
    `an-article/citations?stance=supports&cursor=${cursor}`,
    'an-article/citations?cursor=x',
  ])
    expect((await api.get(`/v1/sources/${url}`)).json()).toMatchObject({ status: 400, errors: [{ parameter: 'cursor' }] });
});

test('of what readers may not see, nothing is told, whoever asks', async () => {
  const before = await told();
  await add('secret', '2026', [{}], { state: 'draft' });
  await add('mistake', '2026', [{}], { state: 'withdrawn' });
  await add('doubled', '2026', [{}]);
  await api.delete('/v1/events/doubled');
  expect(await told()).toEqual(before);
  const asEditor = await api.get('/v1/sources/an-article/citations', { as: 'editor' });
  expect(asEditor.json().data).toHaveLength(before.length);
});

test('a source that nobody cites has an empty list, a deleted one is gone, an unknown one is not there', async () => {
  await api.post('/v1/sources', { slug: 'uncited', title: 'Uncited' });
  expect((await api.get('/v1/sources/uncited/citations')).json().data).toEqual([]);
  await api.delete('/v1/sources/uncited');
  expect((await api.get('/v1/sources/uncited/citations')).statusCode).toBe(410);
  expect((await api.get('/v1/sources/nothing/citations')).statusCode).toBe(404);
});

test('who has it already is told so', async () => {
  const { headers } = await api.get('/v1/sources/an-article/citations');
  const again = await api.get('/v1/sources/an-article/citations', { headers: { 'if-none-match': String(headers.etag) } });
  expect(again.statusCode).toBe(304);
});
