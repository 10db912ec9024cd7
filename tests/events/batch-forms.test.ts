// Many events at once: who may send them and how, in which forms they are taken and answered, what the history says of
// them, and what becomes of a batch that is sent again.
import { describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';
import { batchesOn, counts, event, inLines, type Line, NDJSON } from './batches.js';

const api = useApp('seeded');
const { send, sendLines, exists, seq } = batchesOn(api);

describe('history', () => {
  test('each event has one entry in the feed, with the reason import and who sent it; a line may say another reason', async () => {
    const before = await seq();
    await sendLines([event('feed-1'), event('feed-2', { reason: 'correction', comment: 'Of this line.' })], '?comment=Of%20all');
    const { data } = (await api.get(`/v1/changes?since=${before}`)).json();
    const said = data.map(({ slug, operation, reason, version }: Record<string, unknown>) => [slug, operation, reason, version]);
    expect(said).toEqual([
      ['feed-1', 'created', 'import', 1],
      ['feed-2', 'created', 'correction', 1],
    ]);
    const comments = await Promise.all(
      ['feed-1', 'feed-2'].map(async (slug) => (await api.get(`/v1/events/${slug}/revisions`)).json().data[0]),
    );
    expect(comments.map(({ comment, author }) => [comment, author])).toEqual([
      ['Of all', 'test editor'],
      ['Of this line.', 'test editor'],
    ]);
  });
  test('the reason of all may be another one', async () => {
    const before = await seq();
    await sendLines([event('feed-3')], '?reason=new_source');
    expect((await api.get(`/v1/changes?since=${before}`)).json().data).toMatchObject([{ slug: 'feed-3', reason: 'new_source' }]);
  });
});

describe('forms', () => {
  test('an array and lines give the same, and either is answered as it was sent or as Accept asks', async () => {
    const values = (prefix: string) => [event(`${prefix}-1`), { type: 'x' }, event(`${prefix}-2`)];
    const asArray = await api.post('/v1/events/batch', values('form-a'));
    const asLines = await api.post('/v1/events/batch', inLines(values('form-b')), { headers: { 'content-type': 'application/jsonl' } });
    expect(asArray.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(asLines.headers['content-type']).toBe(NDJSON);
    const lines = asLines.body
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(lines.at(-1)).toEqual({ summary: counts({ lines: 3, created: 2, invalid: 1 }) });
    const plain = (data: Line[]) => data.map(({ line, status, errors }) => ({ line, status, errors })).sort((a, b) => a.line - b.line);
    expect(plain(lines.slice(0, -1))).toEqual(plain(asArray.json().data));
    const other = await api.post('/v1/events/batch', values('form-c'), { headers: { accept: 'application/ndjson' } });
    expect(other.headers['content-type']).toBe('application/ndjson');
    const none = await api.post('/v1/events/batch', values('form-d'), { headers: { accept: 'text/csv' } });
    expect([none.statusCode, await exists('form-d-1')]).toEqual([406, false]);
  });
  test('nothing at all', async () => {
    expect((await send([])).summary).toEqual(counts({}));
    const empty = await api.post('/v1/events/batch', '', { headers: { 'content-type': NDJSON } });
    expect([400, 415]).toContain(empty.statusCode);
  });
  test('the address is no event, and no event may have it', async () => {
    const answer = await api.get('/v1/events/batch');
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'POST']);
    const { data } = await send([{ type: 'meeting', title: 'Batch', date: '2026' }, event('batch')]);
    expect(data.map(({ status, slug }) => [status, slug]).sort()).toEqual([
      ['created', 'batch-2'],
      ['invalid', undefined],
    ]);
  });
});

test.each([
  ['nobody', null, 401],
  ['a contributor', 'contributor', 403],
  ['an editor', 'editor', 200],
] as const)('%s may or may not', async (_, as, status) => {
  const answer = await api.post('/v1/events/batch?validate_only=true', [event('by-role')], { as });
  expect(answer.statusCode).toBe(status);
});

describe('Idempotency-Key', () => {
  const keyed = (key: string, body: unknown, headers = {}) =>
    api.post('/v1/events/batch', body, { headers: { 'idempotency-key': key, ...headers } });
  test('what is sent again is done once, and answered the same', async () => {
    const lines = [{ type: 'meeting', title: 'Keyed', date: '2026' }, { type: 'x' }];
    const first = await keyed('batch-1', lines);
    const before = await seq();
    const second = await keyed('batch-1', lines);
    expect([second.statusCode, second.headers['idempotency-replayed'], second.body]).toEqual([200, 'true', first.body]);
    expect(second.headers['content-type']).toBe(first.headers['content-type']);
    expect(await seq()).toBe(before);
  });
  test('another body under the key is refused; a refusal frees it', async () => {
    expect((await keyed('batch-1', [event('keyed-other')])).json().type).toBe('/problems/key-reused');
    expect((await keyed('batch-2', '[', { 'content-type': 'application/json' })).statusCode).toBe(400);
    const atomic = await api.post('/v1/events/batch?atomic=true', [{}], { headers: { 'idempotency-key': 'batch-2' } });
    expect(atomic.statusCode).toBe(422);
    expect((await keyed('batch-2', [event('keyed-2')])).json().summary).toMatchObject({ created: 1 });
  });
});

test.each(['application/json', NDJSON])('the answer of an atomic one is kept in its transaction, as %s too', async (accept) => {
  const lines = [{ ...event('kept-within'), slug: `kept-within-${accept.length}` }, event(`kept-too-${accept.length}`)];
  const send = () => api.post('/v1/events/batch?atomic=true', lines, { headers: { accept, 'idempotency-key': `atomic-${accept.length}` } });
  const answers: Awaited<ReturnType<typeof send>>[] = [];
  const statements = await api.countStatements(async () => answers.push(await send()));
  const [first] = answers;
  expect(first!.statusCode).toBe(200);
  const kept = statements.flatMap((text, index) =>
    /insert into idempotency_keys \(principal_id, key, fingerprint, status/.test(text) ? [index] : [],
  );
  expect(kept).toHaveLength(1);
  expect(statements[kept[0]! + 1]).toMatch(/\bcommit\b/);
  const again = await send();
  expect([again.statusCode, again.headers['idempotency-replayed'], again.headers['content-type'], again.body]).toEqual([
    200,
    'true',
    first!.headers['content-type'],
    first!.body,
  ]);
});
