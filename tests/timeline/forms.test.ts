// The same question in every form: by suffix and by Accept, whole or in pages, and streamed where there is much.
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FORMATS } from '../../src/timeline/formats/index.js';
import { useApp } from '../support/app.js';
import { makeCardsOfAll } from '../support/cards.js';
import { slugsIn } from './slugs-in-forms.js';

const api = useApp('seeded');
const QUESTION = 'type=export_control&from=2025';
const expected = async (query: string): Promise<string[]> =>
  (await api.get(`/v1/timeline?${query}&limit=200`)).json().data.map(({ slug }: { slug: string }) => slug);

describe.each(FORMATS)('$name', ({ suffix, media_type, parameters, is_feed }) => {
  test('holds the same events as JSON does', async () => {
    const answer = await api.get(`/v1/timeline.${suffix}?${QUESTION}`);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, `${media_type}${parameters}`]);
    const slugs = slugsIn[suffix]!(answer.body);
    expect(is_feed ? slugs.sort() : slugs).toEqual(is_feed ? (await expected(QUESTION)).sort() : await expected(QUESTION));
  });

  test('is answered to Accept too, byte for byte but for its own address', async () => {
    const bySuffix = await api.get(`/v1/timeline.${suffix}?${QUESTION}`);
    const byAccept = await api.get(`/v1/timeline?${QUESTION}`, { headers: { accept: media_type } });
    expect(byAccept.headers['content-type']).toBe(bySuffix.headers['content-type']);
    const plain = (text: string) => text.replace(/\r\n /g, '').replaceAll(`timeline.${suffix}`, 'timeline');
    expect(plain(byAccept.body)).toBe(plain(bySuffix.body));
    expect(byAccept.headers.vary).toContain('accept');
  });

  test('comes in pages where a limit is given, which lead on', async () => {
    const whole = slugsIn[suffix]!((await api.get(`/v1/timeline.${suffix}?${QUESTION}`)).body);
    const seen: string[] = [];
    for (let next: string | undefined = `/v1/timeline.${suffix}?${QUESTION}&limit=7`; next !== undefined; ) {
      const answer: Awaited<ReturnType<typeof api.get>> = await api.get(next);
      seen.push(...slugsIn[suffix]!(answer.body));
      next = /<([^>]+)>; rel="next"/.exec(String(answer.headers.link))?.[1];
    }
    expect(seen).toEqual(whole);
  });

  test('is not sent again to those who have it', async () => {
    const url = `/v1/timeline.${suffix}?${QUESTION}`;
    const { etag } = (await api.get(url)).headers;
    expect((await api.get(url, { headers: { 'if-none-match': String(etag) } })).statusCode).toBe(304);
  });

  test('refuses what JSON refuses', async () => {
    for (const query of ['form=2025', 'type=nothing', 'from=2026&to=2025', 'order=relevance', 'item=13'])
      expect((await api.get(`/v1/timeline.${suffix}?${query}`)).statusCode, query).toBe(400);
  });

  test('holds nothing where nothing matches', async () => {
    const answer = await api.get(`/v1/timeline.${suffix}?actor=nobody`);
    expect(answer.statusCode).toBe(200);
    if (suffix !== 'ndjson' && suffix !== 'atom') expect(slugsIn[suffix]!(answer.body)).toEqual([]);
  });
});

describe('Accept', () => {
  const typeOf = async (accept: string) => (await api.get('/v1/timeline?limit=1', { headers: { accept } })).headers['content-type'];
  test.each([
    ['*/*', 'application/json; charset=utf-8'],
    ['text/html, application/xhtml+xml, */*;q=0.8', 'application/json; charset=utf-8'],
    ['text/csv;q=0.5, application/atom+xml', 'application/atom+xml; charset=utf-8'],
    ['text/csv, application/json;q=0.9', 'text/csv; charset=utf-8; header=present'],
    ['text/*', 'text/csv; charset=utf-8; header=present'],
    ['application/json;q=0, text/calendar', 'text/calendar; charset=utf-8'],
  ])('%s', async (accept, type) => {
    expect(await typeOf(accept)).toBe(type);
  });
  test('for none that there is: 406, with those that there are', async () => {
    const answer = await api.get('/v1/timeline', { headers: { accept: 'image/png' } });
    expect(answer.json()).toMatchObject({
      status: 406,
      type: '/problems/not-acceptable',
      detail: expect.stringContaining('text/calendar'),
    });
  });
  test('counts go with JSON alone', async () => {
    expect((await api.get('/v1/timeline?total=true', { headers: { accept: 'text/csv' } })).json()).toMatchObject({
      status: 400,
      errors: [{ parameter: 'total' }],
    });
  });
});

describe('feeds', () => {
  test('begin with what was recorded last, and tell what was taken back', async () => {
    const add = async (slug: string, members: object = {}) =>
      api.post('/v1/events', { slug, type: 'other', title: slug, date: '2001', ...members });
    await add('first-recorded');
    await add('second-recorded');
    await add('never-seen', { state: 'draft' });
    await api.delete('/v1/events/first-recorded');
    await api.delete('/v1/events/never-seen');
    const gone = (await api.get('/v1/events/first-recorded')).json().tombstone;
    const { body } = await api.get('/v1/timeline.atom?to=2001');
    expect(body).toContain(`<at:deleted-entry ref="urn:uuid:${gone.id}" when="${gone.recorded_at}"/>`);
    expect(body.match(/deleted-entry/g)).toHaveLength(1);
    expect(body).not.toMatch(/never-seen|first-recorded/);
    expect(slugsIn.atom!((await api.get('/v1/timeline.atom?limit=1')).body.replace(/<at:.*?\/>/g, ''))).toEqual([]);
    expect(slugsIn['feed.json']!((await api.get('/v1/timeline.feed.json?limit=2')).body)).toEqual(['second-recorded']);
    await api.patch('/v1/events/li-qiang-waic-2025-keynote', { significance: 4 });
    expect(slugsIn.atom!((await api.get('/v1/timeline.atom?limit=1')).body)).toEqual(['li-qiang-waic-2025-keynote']);
  });
});

test('TimelineJS shows initiatives as eras where they are asked for', async () => {
  const { eras } = (await api.get('/v1/timeline.timelinejs.json?eras=true&initiative=world-ai-cooperation-organization')).json();
  expect(eras.length).toBeGreaterThan(0);
  expect(eras[0].start_date.year).toBeLessThanOrEqual(eras[0].end_date.year);
  expect((await api.get('/v1/timeline.csv?eras=true')).statusCode).toBe(400);
});

describe('where there is much', () => {
  const COUNT = 3000;
  beforeAll(async () => {
    await api.database.pool.query(`
      insert into events (id, slug, type, title, date, start_date, end_date, date_precision, significance, certainty, state, details, notes, version, created_at, updated_at, published_at)
      select gen_random_uuid(), 'many-' || n, 'consultation', repeat('An event ', 30), '1990', '1990-01-01', '1990-12-31', 'year', 3, 'confirmed', 'published', '{}', '[]', 1, now(), now(), now()
      from generate_series(1, ${COUNT}) n`);
    await makeCardsOfAll(api.database);
  });
  afterAll(() => api.app.server.close());

  test.each(['csv', 'ndjson', 'jsonld', 'timelinejs.json'])('%s is sent whole, each event once', async (suffix) => {
    const answer = await api.get(`/v1/timeline.${suffix}?type=consultation`);
    const slugs = slugsIn[suffix]!(answer.body).filter((slug) => slug.startsWith('many-'));
    expect(new Set(slugs).size).toBe(COUNT);
    expect(slugs).toHaveLength(COUNT);
    expect(answer.headers.etag).toMatch(/^W\/"/);
    const again = await api.get(`/v1/timeline.${suffix}?type=consultation`, { headers: { 'if-none-match': String(answer.headers.etag) } });
    expect([again.statusCode, again.headers.etag]).toEqual([304, answer.headers.etag]);
  });

  test('a reader who does not read holds no connection, and one who hangs up ends the reading', async () => {
    await api.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = api.app.server.address() as { port: number };
    const readers = Array.from({ length: 6 }, () => {
      const socket = connect(port, '127.0.0.1');
      socket.pause();
      socket.write('GET /v1/timeline.ndjson HTTP/1.1\r\nHost: x\r\n\r\n');
      return socket;
    });
    // More of them than the pool has connections; others are answered all the same.
    await expect.poll(() => readers.every((socket) => socket.bytesWritten > 0)).toBe(true);
    expect((await api.get('/v1/timeline?limit=1')).statusCode).toBe(200);
    await expect.poll(() => api.database.pool.totalCount - api.database.pool.idleCount).toBe(0);
    for (const socket of readers) socket.destroy();
    const open = () =>
      new Promise<number>((resolve, reject) => api.app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))));
    await expect.poll(open).toBe(0);
  });
});
