// Varnish in front, as deploy/cdn/ has it, with `demarche purge` beside it: most reads never reach the server, a change is
// seen as soon as it is purged, and nothing that a key was borne for is ever kept.
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { connectDatabase, type Database } from '../../src/database/connect.js';
import { begin, type Running } from '../cli/command.js';
import { openAppOn, type Tested, useDatabase } from '../support/app.js';
import { reaching } from '../support/databases.js';
import { hasVarnish, startVarnish, type Varnish } from '../support/varnish.js';

const isThere = hasVarnish();
if (!isThere) console.log('Varnish is not installed (Debian: apt-get install varnish); what a CDN keeps is not tested.');

const used = useDatabase('seeded');
let database: Database;
let api: Omit<Tested, 'url'>;
let varnish: Varnish;
let purging: Running;
/** What reached the server, in order. */
const reached: string[] = [];
const EVENT = 'li-qiang-waic-2025-keynote';

beforeAll(async () => {
  if (!isThere) return;
  database = await connectDatabase({ ...reaching(used.url, inject('pooler')), dataDir: '', databasePool: 4 });
  api = await openAppOn(database, { config: { cdnMaxAge: 3600, rateLimit: 100_000 } });
  api.app.server.prependListener('request', ({ url }) => {
    if (!url!.startsWith('/health/')) reached.push(url!);
  });
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  const origin = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
  varnish = await startVarnish(origin);
  purging = begin({}, ['purge', '--url', origin, '--to', varnish.url]);
  const holds = (what: () => unknown) => vi.waitFor(async () => expect(await what()).toBe(true), { timeout: 20_000, interval: 50 });
  await holds(() => purging.stderr().includes('Following the changes'));
  // Its first purge, and the one that follows it.
  await holds(() => isKept('/v1/topics/governance'));
  await holds(async () => !(await isKept('/v1/topics/governance')));
}, 60_000);
afterAll(async () => {
  purging?.process.kill('SIGTERM');
  await purging?.ended;
  await varnish?.stop();
  await api?.app.close();
  await database?.close();
});
beforeEach(() => {
  reached.length = 0;
});

const ask = (url: string, headers: Record<string, string> = {}) => fetch(`${varnish.url}${url}`, { headers, redirect: 'manual' });
/** Whether it was answered from what was kept. */
const isKept = async (url: string, headers?: Record<string, string>): Promise<boolean> => {
  const answer = await ask(url, headers);
  await answer.arrayBuffer();
  return answer.headers.get('x-cache') === 'hit';
};
const titleOf = async (url: string): Promise<string> => ((await (await ask(url)).json()) as { title: string }).title;

describe.runIf(isThere)('behind a cache', () => {
  test('readers reach the server once for each question, whatever they ask and however often', async () => {
    const questions = [
      '/v1/timeline?limit=3',
      '/v1/timeline.csv?type=speech',
      `/v1/events/${EVENT}`,
      '/v1/actors?limit=5',
      '/v1/stats',
      '/',
      `/events/${EVENT}`,
      '/v1/timeline/histogram',
      '/v1/releases/none',
    ];
    for (let times = 0; times < 10; times++) for (const url of questions) await (await ask(url)).arrayBuffer();
    // What is not there is asked for each time.
    expect(reached.filter((url) => url === '/v1/releases/none')).toHaveLength(10);
    expect(reached.filter((url) => url !== '/v1/releases/none').sort()).toEqual(questions.slice(0, -1).sort());
    await (await ask('/v1/timeline?type=speech&limit=3')).arrayBuffer();
    expect(await isKept('/v1/timeline?limit=3&type=speech')).toBe(true);
  });

  test('a change is seen once it is purged, in all that shows it; what it does not touch stays', async () => {
    const other = '/v1/events/unga-resolution-78-311';
    const places = [`/v1/events/${EVENT}`, '/v1/timeline?actor=li-qiang', `/events/${EVENT}`, '/v1/timeline.atom?actor=li-qiang'];
    for (const url of [...places, other]) await (await ask(url)).arrayBuffer();
    for (const url of [...places, other]) expect(await isKept(url), url).toBe(true);
    expect((await api.patch(`/v1/events/${EVENT}`, { title: 'Seen through the cache' })).statusCode).toBe(200);
    for (const url of places)
      await expect.poll(async () => (await ask(url)).text(), { timeout: 10_000, interval: 20 }).toContain('Seen through the cache');
    expect(await isKept(other)).toBe(true);
  });

  test('a name is changed in the events that show it, and in no other', async () => {
    const [shows, other] = [`/v1/events/${EVENT}`, '/v1/events/unga-resolution-78-311'];
    for (const url of [shows, other]) await (await ask(url)).arrayBuffer();
    await api.patch('/v1/actors/li-qiang', { name: 'Li Qiang, Premier' });
    await expect.poll(async () => (await ask(shows)).text(), { timeout: 10_000, interval: 20 }).toContain('Li Qiang, Premier');
    expect(await isKept(other)).toBe(true);
  });

  test('an event that comes into sight is shown by those that named it before', async () => {
    const draft = await api.post('/v1/events', {
      slug: 'draft',
      type: 'other',
      title: 'Hidden so far',
      date: '2026-01-01',
      state: 'draft',
    });
    expect(draft.statusCode).toBe(201);
    await api.post('/v1/events', {
      ...{ slug: 'naming', type: 'other', title: 'Naming', date: '2026-01-02' },
      related: [{ event: 'draft', relation: 'follows_up' }],
    });
    await expect.poll(() => isKept('/v1/events/naming'), { timeout: 10_000 }).toBe(true);
    expect((await api.post('/v1/events/draft/publish')).statusCode).toBe(200);
    await expect.poll(async () => (await ask('/v1/events/naming')).text(), { timeout: 10_000, interval: 20 }).toContain('Hidden so far');
    await api.delete('/v1/events/naming');
    await expect.poll(async () => (await ask('/v1/events/naming')).status, { timeout: 10_000, interval: 20 }).toBe(410);
  });

  test('whoever sends the token of a write is answered from after it, at once', async () => {
    for (let times = 0; times < 10; times++) {
      await titleOf(`/v1/events/${EVENT}`);
      const { headers } = await api.patch(`/v1/events/${EVENT}`, { title: `Title ${times}` });
      const answer = await ask(`/v1/events/${EVENT}`, { 'consistency-token': headers['consistency-token'] as string });
      expect(((await answer.json()) as { title: string }).title).toBe(`Title ${times}`);
    }
  });

  test('whoever has an answer is told so by the cache, in each of its encodings', async () => {
    for (const encoding of ['identity', 'gzip', 'br']) {
      const headers = { 'accept-encoding': encoding };
      const first = await ask('/v1/timeline?limit=20', headers);
      const text = await first.text();
      expect(first.headers.get('content-encoding') ?? 'identity').toBe(encoding);
      expect(JSON.parse(text).data).toHaveLength(20);
      reached.length = 0;
      const again = await ask('/v1/timeline?limit=20', { ...headers, 'if-none-match': first.headers.get('etag')! });
      expect([again.status, again.headers.get('etag'), reached]).toEqual([304, first.headers.get('etag'), []]);
    }
  });

  test('each form of the timeline is kept apart, by Accept and by suffix', async () => {
    const forms = ['application/json', 'text/csv', 'application/atom+xml', 'text/calendar'];
    for (let times = 0; times < 2; times++)
      for (const media of forms)
        expect((await ask('/v1/timeline?limit=2', { accept: media })).headers.get('content-type')).toContain(media);
    expect(await isKept('/v1/timeline?limit=2', { accept: 'text/csv' })).toBe(true);
    expect((await ask('/v1/timeline.ics?limit=2', { accept: 'text/csv' })).headers.get('content-type')).toContain('text/calendar');
    expect((await ask('/v1/timeline?limit=2', { accept: 'image/png' })).status).toBe(406);
  });

  test('answers to a key pass by, and nobody else is shown them', async () => {
    const hidden = await api.post('/v1/events', {
      slug: 'secret',
      type: 'other',
      title: 'For editors',
      date: '2026-01-03',
      state: 'draft',
    });
    expect(hidden.statusCode).toBe(201);
    const bearing = { authorization: `Bearer ${api.keys.editor}` };
    const urls = ['/v1/events/secret', '/v1/events?state=draft', '/v1/events/secret/revisions', `/v1/events/${EVENT}`];
    for (let times = 0; times < 3; times++)
      for (const url of urls) {
        const answer = await ask(url, bearing);
        await answer.arrayBuffer();
        expect([answer.status, answer.headers.get('x-cache'), answer.headers.get('cache-control')], url).toEqual([
          200,
          'miss',
          'private, no-cache',
        ]);
      }
    const statuses = [];
    for (const url of urls.slice(0, 3)) {
      const answer = await ask(url);
      statuses.push(answer.status);
      expect(await answer.text(), url).not.toContain('For editors');
    }
    expect(statuses).toEqual([404, 401, 404]);
  });

  test('what is kept shows neither its keys nor how much another reader may still ask', async () => {
    const { headers } = await ask(`/v1/events/${EVENT}`);
    for (const name of ['surrogate-key', 'cache-tag', 'ratelimit', 'ratelimit-policy']) expect(headers.get(name), name).toBeNull();
  });

  test('purges are taken from where they may come from, in words that are keys', async () => {
    const purge = (keys: string) => fetch(varnish.url, { method: 'PURGE', headers: { 'surrogate-key': keys } });
    expect((await purge('event/a overview')).status).toBe(200);
    for (const keys of ['.*', 'a|b', '']) expect((await purge(keys)).status, keys).toBe(400);
  });
});
