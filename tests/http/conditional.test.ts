// Entity tags: a reader who has an answer is not sent it again, and no change is made over another one.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('seeded');
const PAGES = [
  '/v1/timeline?limit=3',
  '/v1/events?limit=3',
  '/v1/events/li-qiang-waic-2025-keynote',
  '/v1/actors?limit=3',
  '/v1/actors/li-qiang',
  '/v1/sources?limit=3',
  '/v1/initiatives/world-ai-cooperation-organization',
  '/v1/action-plans/global-ai-governance-action-plan',
  '/v1/action-plans/global-ai-governance-action-plan/items?limit=3',
  '/v1/action-plans/global-ai-governance-action-plan/items/13',
  '/v1/topics?limit=3',
  '/openapi.json',
  '/problems/not-found',
];

describe.each(PAGES)('GET %s', (url) => {
  test('has a strong tag, and is not sent again to those who have it', async () => {
    const first = await api.get(url);
    const etag = String(first.headers.etag);
    expect(etag).toMatch(/^"[\w-]+"$/);
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await api.get(url, { headers: { 'if-none-match': header } });
      expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag]);
      expect(again.headers['cache-control']).toBe(first.headers['cache-control']);
    }
    expect((await api.get(url, { headers: { 'if-none-match': '"other"' } })).statusCode).toBe(200);
  });

  test('may be kept by shared caches for readers without a key, and by nobody else for those with one', async () => {
    const open = await api.get(url);
    expect(open.headers).toMatchObject({
      'cache-control': 'public, max-age=0, must-revalidate',
      vary: 'accept, accept-encoding, authorization',
    });
    if (url.startsWith('/v1/')) expect((await api.get(url, { as: 'editor' })).headers['cache-control']).toBe('private, no-cache');
  });
});

test('HEAD answers as GET does, without the body', async () => {
  const [get, head] = [await api.get(PAGES[0]!), await api.app.inject({ method: 'HEAD', url: PAGES[0]! })];
  expect([head.statusCode, head.headers.etag, head.body]).toEqual([200, get.headers.etag, '']);
});

test('the tag changes with the resource, and with what the answer shows of others', async () => {
  const url = '/v1/events/li-qiang-waic-2025-keynote';
  const tags = [(await api.get(url)).headers.etag];
  tags.push((await api.patch(url, { significance: 5, caveat: 'Seen twice' })).headers.etag);
  await api.patch('/v1/actors/li-qiang', { name: 'Premier Li Qiang' });
  tags.push((await api.get(url)).headers.etag);
  expect(new Set(tags).size).toBe(3);
});

describe('If-Match', () => {
  const url = '/v1/topics/held';
  const put = { slug: 'held', name: 'Held' };
  let number = 0;
  const fresh = () => ({ ...put, description: `Version ${++number}` });
  beforeAll(async () => void (await api.post('/v1/topics', put)));
  const writes: [string, (headers: Record<string, string>) => ReturnType<typeof api.get>][] = [
    ['PUT', (headers) => api.put(url, fresh(), { headers })],
    ['PATCH', (headers) => api.patch(url, { description: fresh().description }, { headers })],
    ['DELETE', (headers) => api.delete(`${url}?validate_only=true`, { headers })],
  ];

  test.each(writes)('%s goes through with the tag in force, a list that has it, or *', async (_, write) => {
    for (const header of [(tag: string) => tag, (tag: string) => `"77-x", ${tag}`, () => '*']) {
      const tag = String((await api.get(url)).headers.etag);
      expect((await write({ 'if-match': header(tag) })).statusCode).toBeLessThan(300);
    }
  });

  test.each(writes)('%s is refused with any other, and changes nothing', async (_, write) => {
    const before = await api.get(url);
    for (const header of ['"77-x"', '"nonsense"', `W/${String(before.headers.etag)}`, '']) {
      const answer = await write({ 'if-match': header });
      expect(answer.json()).toMatchObject({ status: 412, type: '/problems/precondition-failed' });
    }
    expect((await api.get(url)).body).toBe(before.body);
  });

  test('a change of what the answer shows of others is no lost update', async () => {
    const event = '/v1/events/ma-zhaoxu-roundtable-2025';
    const tag = String((await api.get(event)).headers.etag);
    await api.patch('/v1/actors/qatar', { name: 'State of Qatar' });
    expect((await api.patch(event, { caveat: 'One list of names' }, { headers: { 'if-match': tag } })).statusCode).toBe(200);
  });
});

test('an answer to a write is kept by nobody', async () => {
  const answers = [
    await api.post('/v1/topics', { name: 'New' }),
    await api.patch('/v1/topics/new', { name: 'Newer' }),
    await api.delete('/v1/topics/new'),
  ];
  expect(answers.map(({ headers }) => headers['cache-control'])).toEqual(['no-store', 'no-store', 'no-store']);
});
