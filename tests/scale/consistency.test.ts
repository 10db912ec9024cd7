// Two processes on one database: what a reader has seen at one of them it never unsees at the other.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connectDatabase, type Database } from '../../src/database/connect.js';
import { openAppOn, type Sending, type Tested, useApp } from '../support/app.js';

const here = useApp('seeded');
let there: Omit<Tested, 'url'>;
let database: Database;

beforeAll(async () => {
  database = await connectDatabase({ databaseUrl: here.url, dataDir: '', databasePool: 4 });
  there = await openAppOn(database);
});
afterAll(async () => {
  await there?.app.close();
  await database?.close();
});

const PAGE = '/v1/timeline?topic=conference&limit=5';
const FORMS = [PAGE, '/v1/timeline.ndjson?topic=conference&limit=5', '/v1/timeline/histogram?topic=conference'];
const seqOf = (token: unknown) => Number(String(token).split('-')[0]);
let written = 0;
const write = async (sending: Sending = {}) =>
  here.post(
    '/v1/events',
    { slug: `seen-${++written}`, type: 'other', title: `Seen ${written}`, date: '2001-01-01', topics: ['conference'] },
    sending,
  );
/** Until it is answered from what is kept. */
const warm = async (url: string) => expect.poll(async () => there.countStatements(() => there.get(url)), { interval: 20 }).toEqual([]);

/** The other process keeps an answer from before, and has not looked since. */
beforeEach(async () => {
  for (const url of FORMS) await warm(url);
});

test.each(FORMS)('with the token of a write, %s knows it at once, at the other process', async (url) => {
  const before = (await there.get(url)).body;
  const token = (await write()).headers['consistency-token'] as string;
  const after = await there.get(url, { headers: { 'consistency-token': token } });
  expect(after.body).not.toBe(before);
  expect(after.body).toBe((await here.get(url)).body);
});

test.each(FORMS)('with the tag of what was seen, %s is never answered from before', async (url) => {
  const { headers: before } = await there.get(url);
  await write();
  const seen = await here.get(url);
  const tag = seen.headers.etag as string;
  expect(tag).not.toBe(before.etag);
  const again = await there.get(url, { headers: { 'if-none-match': `"other", ${tag}` } });
  expect([again.statusCode, again.headers.etag]).toEqual([304, tag]);
  // A third state is newer than both.
  await write();
  const newest = (await here.get(url)).body;
  await there.get(url, { headers: { 'if-none-match': (await here.get(url)).headers.etag as string } });
  expect((await there.get(url)).body).toBe(newest);
});

test('each kind of write answers a token, and the next one a later one', async () => {
  const tokens = [
    await write(),
    await here.patch(`/v1/events/seen-${written}`, { title: 'Changed' }),
    await here.put(`/v1/events/seen-${written}`, { type: 'other', title: 'Put', date: '2001' }),
    await here.delete(`/v1/events/seen-${written}`),
    await here.post(`/v1/events/seen-${written}/restore`),
  ].map(({ headers }) => String(headers['consistency-token']));
  for (const token of tokens) expect(token).toMatch(/^\d+-[0-9a-f]+$/);
  expect(tokens.map(seqOf)).toEqual([...new Set(tokens.map(seqOf))].sort((a, b) => a - b));
  const { rows } = await here.database.pool.query('select max(seq)::int as seq from revisions');
  expect(seqOf(tokens.at(-1))).toBe(rows[0].seq);
});

test('a write that is answered again by another process answers a token that knows it', async () => {
  const first = await write({ headers: { 'idempotency-key': 'seen' } });
  const body = { slug: `seen-${written}`, type: 'other', title: `Seen ${written}`, date: '2001-01-01', topics: ['conference'] };
  const headers = { 'idempotency-key': 'seen', authorization: `Bearer ${here.keys.editor}` };
  const again = await there.post('/v1/events', body, { as: null, headers });
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect(seqOf(again.headers['consistency-token'])).toBeGreaterThanOrEqual(seqOf(first.headers['consistency-token']));
});

test('a read, and a write that is refused, answer none', async () => {
  expect((await here.get(PAGE)).headers).not.toHaveProperty('consistency-token');
  expect((await here.post('/v1/events', { type: 'other' })).headers).not.toHaveProperty('consistency-token');
});

test('a token that was made up is answered from the present, and keeps nobody else from what is kept', async () => {
  const answer = await there.get(PAGE, { headers: { 'consistency-token': '999999999999999-ffffffffffffffff' } });
  expect(answer.statusCode).toBe(200);
  expect(await there.countStatements(() => there.get(PAGE))).toEqual([]);
});

test.each(['', '12', 'x-1', '1-g', '-1-1', '1-10000000000000000'])('what is no token is refused: %j', async (token) => {
  const { statusCode, ...answer } = await here.get(PAGE, { headers: { 'consistency-token': token } });
  expect([statusCode, answer.json().errors]).toEqual([400, [expect.objectContaining({ parameter: 'Consistency-Token' })]]);
});
