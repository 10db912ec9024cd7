// Lists: one shape, one paging, for every resource.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';
import { prepare, RESOURCES } from './every-resource.js';

const api = useApp('empty');
const COUNT = 7;

interface Page {
  data: Record<string, unknown>[];
  page: { next: string | null; previous: string | null; limit: number; total?: number };
}
const read = async (url: string): Promise<Page> => {
  const response = await api.get(url);
  expect(response.statusCode).toBe(200);
  return response.json();
};
/** All pages from `url` on, in one direction. */
const walk = async (url: string, way: 'next' | 'previous'): Promise<Page[]> => {
  const pages = [await read(url)];
  for (let at = pages[0]!; at.page[way] !== null; pages.push(at)) at = await read(at.page[way]!);
  return pages;
};
const idsOf = (pages: Page[]) => pages.flatMap(({ data }) => data.map(({ id }) => id));

beforeAll(async () => {
  await prepare(api);
  for (const { path, whole } of RESOURCES) for (let n = 1; n <= COUNT; n++) await api.post(path, whole(n));
});

describe.each(RESOURCES)('$name', ({ path, sorts, entity }) => {
  const count = COUNT + (entity === 'action_plan' ? 1 : 0);

  test.each(sorts.flatMap((sort) => [sort, `-${sort}`]))('sorted by %s, pages have each once and in order, both ways', async (sort) => {
    const whole = await read(`${path}?sort=${sort}&limit=200&total=true`);
    expect(whole.page).toEqual({ next: null, previous: null, limit: 200, total: count });
    const column = sort.replace('-', '');
    const values = whole.data.map((one) => one[column] as string | number);
    const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    expect(values).toEqual(sort.startsWith('-') ? sorted.reverse() : sorted);
    const forwards = await walk(`${path}?sort=${sort}&limit=3`, 'next');
    expect(idsOf(forwards)).toEqual(idsOf([whole]));
    const backwards = await walk(forwards.at(-1)!.page.previous!, 'previous');
    expect(idsOf([...backwards.reverse(), forwards.at(-1)!])).toEqual(idsOf([whole]));
  });

  test('a cursor goes with the parameters that it was made for', async () => {
    const { page } = await read(`${path}?limit=2`);
    const cursor = new URL(page.next!, 'http://host').searchParams.get('cursor')!;
    expect((await api.get(`${path}?limit=4&cursor=${cursor}`)).statusCode).toBe(200);
    const answer = await api.get(`${path}?sort=-${sorts[0]}&cursor=${cursor}`);
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ parameter: 'cursor' }] });
  });

  test('the neighbours are in the Link header too', async () => {
    const response = await api.get(`${path}?limit=2`);
    expect(response.headers.link).toBe(`<${response.json().page.next}>; rel="next"`);
  });

  test('a limit that is too large is clamped, one that is none is refused', async () => {
    expect((await read(`${path}?limit=5000`)).page.limit).toBe(200);
    for (const limit of ['0', '-1', 'ten', '1.5', ''])
      expect((await api.get(`${path}?limit=${limit}`)).json()).toMatchObject({ status: 400, errors: [{ parameter: 'limit' }] });
  });

  test('a sort that is not offered is refused, and so are columns that no reader sees', async () => {
    for (const sort of ['deleted_at', 'id', 'title;drop table events', 'key_hash'])
      expect((await api.get(`${path}?sort=${encodeURIComponent(sort)}`)).json()).toMatchObject({
        status: 400,
        errors: [{ parameter: 'sort' }],
      });
  });
});

test('a list takes one statement with its total, however many it lists, and items two more to find their plan', async () => {
  for (const { path, entity } of RESOURCES)
    expect(await api.countStatements(() => api.get(`${path}?total=true`))).toHaveLength(entity === 'action_item' ? 3 : 1);
});
