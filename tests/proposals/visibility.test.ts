// Who is told what of a proposal: nothing until it is decided, but at its address; the verdict, then, for everybody; and of
// what was rejected never what it said.
import { beforeAll, describe, expect, test } from 'vitest';
import type { ChangeEntry } from '../../src/changes/schema.js';
import { listen } from '../changes/reader.js';
import { useApp } from '../support/app.js';
import { development, type Proposal, proposeChange, proposeNew, proposing } from './proposing.js';

const api = useApp('empty');
const { propose, take, read, list, event } = proposing(api);
let other: string;
const asOther = () => ({ as: null, headers: { authorization: `Bearer ${other}` } });
const feed = async (as: 'contributor' | 'editor' | null, query = ''): Promise<ChangeEntry[]> =>
  (await api.get(`/v1/changes?limit=1000&entity=proposal${query}`, { as })).json().data;
const ids = (entries: { id: string }[]) => entries.map(({ id }) => id);

const made = {} as Record<'open' | 'returned' | 'accepted' | 'rejected' | 'withdrawn' | 'ofDraft' | 'rejectedOfDraft', Proposal>;

beforeAll(async () => {
  other = (await api.post('/v1/keys', { name: 'Another', role: 'contributor' }, { as: 'admin' })).json().key;
  await event('draft-canary', { state: 'draft' });
  const said = { rationale: 'canary rationale', sources: ['https://example.org/canary-source'] };
  for (const name of ['open', 'returned', 'accepted', 'rejected', 'withdrawn'] as const)
    made[name] = await propose(proposeNew(development(`canary ${name}`), said));
  for (const name of ['ofDraft', 'rejectedOfDraft'] as const)
    made[name] = await propose(proposeChange('draft-canary', { summary: `canary ${name}` }, said));
  await take(made.rejected.id, 'comments', { text: 'canary comment' });
  await take(made.returned.id, 'request-changes', { reason: 'canary return' });
  await take(made.accepted.id, 'accept');
  await take(made.rejected.id, 'reject', { reason: 'Not verifiable', comment: 'Nobody else says so.' });
  await take(made.withdrawn.id, 'withdraw', {}, { as: 'contributor' });
  await take(made.ofDraft.id, 'accept');
  await take(made.rejectedOfDraft.id, 'reject', { reason: 'No' });
});

describe('the list', () => {
  test('shows readers without a key those that are decided, of what they may know', async () => {
    expect(ids(await list())).toEqual([made.accepted.id, made.rejected.id]);
    expect(await list('&state=open')).toEqual([]);
    expect(await list('&target=draft-canary')).toEqual([]);
    expect((await api.get('/v1/proposals?total=true')).json().page.total).toBe(2);
  });

  test('shows a contributor their own, and of others those that are decided', async () => {
    expect(ids(await list('', { as: 'contributor' }))).toEqual(ids(Object.values(made)));
    expect(ids(await list('', asOther()))).toEqual(ids([made.accepted, made.rejected, made.ofDraft, made.rejectedOfDraft]));
    expect(await list('&state=open,changes_requested,withdrawn', asOther())).toEqual([]);
    expect(ids(await list('&author=me', { as: 'contributor' }))).toHaveLength(7);
    expect(await list('&author=me', asOther())).toEqual([]);
  });

  test('shows editors all, oldest first, with filters, page by page', async () => {
    expect(ids(await list('', { as: 'editor' }))).toEqual(ids(Object.values(made)));
    expect(ids(await list('&sort=-created_at', { as: 'editor' }))).toEqual(ids(Object.values(made)).reverse());
    expect(ids(await list('&state=open,changes_requested', { as: 'editor' }))).toEqual(ids([made.open, made.returned]));
    expect(ids(await list('&target=draft-canary', { as: 'editor' }))).toEqual(ids([made.ofDraft, made.rejectedOfDraft]));
    expect(await list('&entity=topic', { as: 'editor' })).toEqual([]);
    expect(ids(await list('&author=test%20contributor&state=rejected', { as: 'editor' }))).toHaveLength(2);
    const seen: string[] = [];
    for (let url: string | null = '/v1/proposals?limit=2'; url !== null; ) {
      const answer = (await api.get(url, { as: 'editor' })).json() as { data: Proposal[]; page: { next: string | null } };
      seen.push(...ids(answer.data));
      url = answer.page.next;
    }
    expect(seen).toEqual(ids(Object.values(made)));
  });

  test('takes a filter by who looks at it from editors alone, and me from bearers of a key', async () => {
    expect((await api.get('/v1/proposals?taken_by=nobody')).statusCode).toBe(401);
    expect((await api.get('/v1/proposals?taken_by=nobody', { as: 'contributor' })).statusCode).toBe(403);
    expect((await api.get('/v1/proposals?author=me')).statusCode).toBe(400);
  });
});

describe('at its address', () => {
  test('whoever has it reads it, decided or not', async () => {
    for (const name of ['open', 'returned', 'withdrawn', 'accepted'] as const)
      expect(await read(made[name].id)).toMatchObject({
        content_hidden: false,
        rationale: 'canary rationale',
        comments: [],
        taken_by: null,
      });
  });

  test('nobody else is told that it is there', async () => {
    const told = async (id: string) => {
      const { statusCode, body, headers } = await api.get(`/v1/proposals/${id}`);
      return [statusCode, body.replaceAll(id, 'ID').replaceAll(String(headers['x-request-id']), 'REQUEST')];
    };
    expect(await told('00000000-0000-4000-8000-000000000000')).toEqual(await told('0b5f8e1c-6d0e-5c57-9a3b-2f6f1d1c7a40'));
  });

  test('no cache that others share keeps it', async () => {
    expect((await api.get(`/v1/proposals/${made.open.id}`)).headers['cache-control']).toBe('private, no-cache');
  });
});

describe('what a rejected proposal said', () => {
  const hidden = { content_hidden: true, change: null, rationale: null, reason: null, sources: [], comments: [] };
  test('is for its author and for editors; why it was rejected, for all', async () => {
    const { id } = made.rejected;
    for (const sending of [{}, asOther()]) {
      const found = await read(id, sending);
      expect(found).toMatchObject({
        ...hidden,
        state: 'rejected',
        verdict: { reason: 'Not verifiable', comment: 'Nobody else says so.', by: 'test editor' },
      });
      expect(JSON.stringify(found)).not.toContain('canary');
    }
    for (const as of ['contributor', 'editor', 'admin'] as const)
      expect(await read(id, { as })).toMatchObject({
        content_hidden: false,
        rationale: 'canary rationale',
        comments: [{ text: 'canary comment' }],
      });
  });

  test('is in no list, no feed and no history of others', async () => {
    for (const sending of [{}, asOther()]) {
      const said = JSON.stringify([
        (await list('', sending)).filter(({ id }) => id === made.rejected.id),
        (await api.get(`/v1/proposals/${made.rejected.id}/revisions`, sending)).json(),
        (await api.get(`/v1/proposals/${made.rejected.id}/revisions/3`, sending)).json(),
      ]);
      expect(said).toContain('Not verifiable');
      expect(said).not.toContain('canary');
    }
    for (const as of [null, 'contributor', 'editor'] as const)
      expect(JSON.stringify(await feed(as))).not.toMatch(/canary (rationale|comment)|canary-source|for the time/);
  });
});

describe('the history', () => {
  test('before the verdict is for its author and for editors; for others there is none', async () => {
    for (const sending of [{}, asOther()])
      for (const name of ['open', 'returned', 'withdrawn', 'rejectedOfDraft'] as const)
        for (const below of ['', '/1', '?diff=1..2'])
          expect((await api.get(`/v1/proposals/${made[name].id}/revisions${below}`, sending)).statusCode, `${name}${below}`).toBe(404);
    const versions = async (sending: object) =>
      (await api.get(`/v1/proposals/${made.rejected.id}/revisions`, sending))
        .json()
        .data.map(({ version }: { version: number }) => version);
    expect(await versions({})).toEqual([3]);
    expect(await versions({ as: 'contributor' })).toEqual([3, 2, 1]);
    expect(await versions({ as: 'editor' })).toEqual([3, 2, 1]);
    const ids = JSON.stringify((await api.get(`/v1/proposals/${made.rejected.id}/revisions/1`, { as: 'editor' })).json().state.author);
    expect(ids).toBe('"test contributor"');
  });
});

describe('the feed', () => {
  test('tells readers without a key of each verdict, and of nothing before it', async () => {
    const entries = await feed(null);
    expect(entries.map(({ id, operation }) => [id, operation])).toEqual([
      [made.accepted.id, 'accepted'],
      [made.rejected.id, 'rejected'],
    ]);
    expect(entries[1]).toMatchObject({ url: `/v1/proposals/${made.rejected.id}`, tombstone: null, slug: null });
    expect(Object.keys(entries[1]!.changed).sort()).toEqual(['kind', 'state', 'target', 'verdict']);
    expect(entries[1]!.changed.state).toEqual({ from: null, to: 'rejected' });
    for (const query of ['&operation=created', '&operation=updated', '&operation=withdrawn']) expect(await feed(null, query)).toEqual([]);
  });

  test('tells the bearer of another key of each verdict, too', async () => {
    expect((await feed('contributor')).map(({ operation }) => operation)).toEqual(['accepted', 'rejected', 'accepted', 'rejected']);
  });

  test('tells editors of every step', async () => {
    const steps = (await feed('editor')).map(({ id, operation }) => [Object.values(made).findIndex((one) => one.id === id), operation]);
    expect(steps.filter(([, operation]) => operation === 'created').map(([index]) => index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(steps.slice(7).map(([, operation]) => operation)).toEqual([
      'updated',
      'updated',
      'accepted',
      'rejected',
      'withdrawn',
      'accepted',
      'rejected',
    ]);
  });

  test('page by page nobody misses a change, whoever asks', async () => {
    for (const as of [null, 'contributor', 'editor'] as const) {
      const whole = (await api.get('/v1/changes?limit=1000', { as })).json().data as ChangeEntry[];
      const seen: ChangeEntry[] = [];
      for (let url = '/v1/changes?limit=1'; seen.length < whole.length; ) {
        const { data, page } = (await api.get(url, { as })).json();
        seen.push(...data);
        url = page.next;
      }
      expect(seen).toEqual(whole);
    }
  });

  test('as a stream, live and from the beginning, tells the same', async () => {
    const { address } = await listen(api);
    const keys = [undefined, api.keys.contributor, api.keys.editor];
    const readers = keys.flatMap((key) => [address.read({ since: 0, ...(key && { key }) }), address.read({ ...(key && { key }) })]);
    await expect.poll(() => readers[4]!.entries.length).toBeGreaterThan(10);
    const { id } = await propose(proposeNew(development('canary live')));
    await take(id, 'reject', { reason: 'No' });
    await api.post('/v1/topics', { name: 'After', slug: 'after' });
    await expect.poll(() => readers.every(({ entries }) => entries.at(-1)?.slug === 'after')).toBe(true);
    const told = readers.map(({ entries }) => entries.filter((entry) => entry.id === id).map(({ operation }) => operation));
    expect(told).toEqual([['rejected'], ['rejected'], ['rejected'], ['rejected'], ['created', 'rejected'], ['created', 'rejected']]);
    await address.close();
  });
});

test('what an accepted one says does not tell of drafts that it names', async () => {
  await event('named-canary', { state: 'draft' });
  await event('naming');
  const { id } = await propose(proposeChange('naming', { related: [{ event: 'named-canary', relation: 'amends' }] }));
  await take(id, 'accept');
  for (const body of [
    await read(id),
    await list(),
    (await api.get(`/v1/proposals/${id}/revisions`)).json(),
    (await api.get(`/v1/proposals/${id}/revisions/2`)).json(),
  ])
    expect(JSON.stringify(body)).not.toContain('named-canary');
  expect(JSON.stringify(await read(id, { as: 'editor' }))).toContain('named-canary');
});
