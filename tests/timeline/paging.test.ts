// Pages of the timeline: whatever the events and the limit, following them gives each event once and in order.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');

interface Page {
  data: { slug: string }[];
  page: { next: string | null; previous: string | null; limit: number };
}
const read = async (url: string): Promise<Page> => {
  const response = await api.get(url);
  expect(response.statusCode).toBe(200);
  return response.json();
};
const slugsOf = (pages: Page[]) => pages.flatMap(({ data }) => data.map(({ slug }) => slug));
const walk = async (from: Page, way: 'next' | 'previous'): Promise<Page[]> => {
  const pages = [from];
  for (let at = from; at.page[way] !== null; pages.push(at)) at = await read(at.page[way]!);
  return pages;
};
let count = 0;
const add = async (date: string, topic: string): Promise<string> => {
  const made = await api.post('/v1/events', { type: 'other', title: 'An event', slug: `event-${++count}`, date, topics: [topic] });
  expect(made.statusCode).toBe(201);
  return made.json().slug;
};
const makeTopic = async (): Promise<string> => (await api.post('/v1/topics', { name: 'A set of events' })).json().slug;

// Few days, so that many stand on one.
const date = fc.constantFrom('2025-07-25', '2025-07-26', '2025-07', '2025', '2025-07~', '../2024', '2025-07-26/..', '2025-22');

test('following next gives each event once and in order; following previous leads back', async () => {
  const order = fc.constantFrom('asc', 'desc');
  await fc.assert(
    fc.asyncProperty(fc.array(date, { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), order, async (dates, limit, order) => {
      const topic = await makeTopic();
      for (const one of dates) await add(one, topic);
      const whole = await read(`/v1/timeline?topic=${topic}&limit=200&order=${order}`);
      expect(new Set(slugsOf([whole])).size).toBe(dates.length);
      const forwards = await walk(await read(`/v1/timeline?topic=${topic}&limit=${limit}&order=${order}`), 'next');
      expect(slugsOf(forwards)).toEqual(slugsOf([whole]));
      expect(forwards[0]!.page.previous).toBeNull();
      const backwards = await walk(forwards.at(-1)!, 'previous');
      expect(backwards.every(({ data }) => data.length > 0 || dates.length === 0)).toBe(true);
      for (const { page } of backwards.slice(1)) expect(page.next).not.toBeNull();
      expect(slugsOf(backwards.reverse())).toEqual(slugsOf([whole]));
    }),
    { numRuns: 15 },
  );
});

test('pages stay right while events are added and taken away between them', async () => {
  const topic = await makeTopic();
  const slugs: string[] = [];
  for (const day of ['01', '03', '05', '07', '09']) slugs.push(await add(`2025-03-${day}`, topic));
  const first = await read(`/v1/timeline?topic=${topic}&limit=2`);
  await add('2025-03-02', topic);
  const later = await add('2025-03-06', topic);
  await api.delete(`/v1/events/${slugs[1]}`);
  const rest = (await walk(first, 'next')).slice(1);
  expect(slugsOf(rest)).toEqual([slugs[2], later, slugs[3], slugs[4]]);
});

describe('a cursor', () => {
  const cursorOf = async (query: string) =>
    new URL((await read(`/v1/timeline?${query}`)).page.next!, 'http://host').searchParams.get('cursor')!;
  const refused = async (query: string) => {
    const answer = await api.get(`/v1/timeline?${query}`);
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ parameter: 'cursor' }] });
    return answer.json().detail as string;
  };

  test('may go with another limit', async () => {
    await add('2020', await makeTopic());
    await add('2021', await makeTopic());
    const cursor = await cursorOf('limit=1');
    expect((await read(`/v1/timeline?limit=3&cursor=${cursor}`)).page.limit).toBe(3);
  });

  test('of other filters or another order is refused', async () => {
    const cursor = await cursorOf('limit=1');
    for (const query of ['type=other', 'order=desc', 'from=2020', 'exclude_topic=x'])
      expect(await refused(`${query}&cursor=${cursor}`)).toMatch(/other filters/);
  });

  test('that is damaged or forged is refused', async () => {
    const cursor = await cursorOf('limit=1');
    const forged = (key: unknown[]) => {
      const [towards, bound] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
      return Buffer.from(JSON.stringify([towards, bound, key])).toString('base64url');
    };
    const id = '01985c2e-0000-7000-8000-000000000001';
    for (const text of [
      cursor.slice(0, -5),
      `${cursor.slice(0, 10)}A${cursor.slice(11)}`,
      forged(['2025-02-31', 0, id]),
      forged(['today', 0, id]),
      forged(['2025-01-01', 9, id]),
      forged(['2025-01-01', 0, 'x']),
      forged(['2025-01-01', 0]),
    ])
      await refused(`limit=1&cursor=${encodeURIComponent(text)}`);
  });
});

test('addresses of neighbours are relative, keep the question, and stand in Link too', async () => {
  const topic = await makeTopic();
  for (const day of ['01', '02', '03']) await add(`2025-04-${day}`, topic);
  const response = await api.get(`/v1/timeline?topic=${topic}&limit=1`);
  const { next } = (response.json() as Page).page;
  expect(next).toMatch(new RegExp(`^/v1/timeline\\?topic=${topic}&limit=1&cursor=[\\w-]+$`));
  expect(response.headers.link).toBe(`<${next}>; rel="next"`);
  const second = await api.get(next!);
  const { page } = second.json() as Page;
  expect(second.headers.link).toBe(`<${page.next}>; rel="next", <${page.previous}>; rel="prev"`);
});
