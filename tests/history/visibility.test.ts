// Who bears no key learns from history what was public, and nothing of what was not: not by a version, a page, a
// difference, an address or a refusal.
import type { Response } from 'light-my-request';
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const event = { type: 'statement', title: 'A statement', date: '2025-07-26' };
const itself = '/v1/events/grown';
const versionsIn = (answer: Response) => answer.json().data.map(({ version }: { version: number }) => version);

/** The same for two answers, but for the id of the request. */
const textOf = (answer: Response) => `${answer.statusCode} ${answer.body.replace(/urn:request:[\w-]+/, '')}`;

beforeAll(async () => {
  await api.post('/v1/events', { ...event, slug: 'draft', title: 'Nobody knows', state: 'draft' });
  await api.post('/v1/events', { ...event, slug: 'grown', summary: 'A secret plan', state: 'draft' });
  await api.patch(itself, { summary: 'A plan', state: 'in_review' });
  await api.patch(itself, { state: 'published' });
  await api.patch(itself, { significance: 5 });
  await api.patch(itself, { state: 'draft', summary: 'A second secret' });
  await api.patch(itself, { state: 'published', summary: 'A public plan' });
  await api.patch(itself, { state: 'draft', summary: 'A third secret' });
});

describe('an event that was never published', () => {
  test.each(['revisions', 'revisions?limit=1', 'revisions/1', 'revisions/2', 'revisions?diff=1..1', 'revisions?diff=1..9'])(
    'answers %s like one that is not there',
    async (url) => {
      const hidden = await api.get(`/v1/events/draft/${url}`);
      const missing = await api.get(`/v1/events/other/${url}`);
      expect(textOf(hidden)).toBe(textOf(missing).replace('other', 'draft'));
      expect(textOf(hidden)).toBe(textOf(await api.get('/v1/events/draft')));
    },
  );

  test('stays hidden when it is deleted', async () => {
    await api.delete('/v1/events/draft');
    for (const url of ['revisions', 'revisions/1', 'revisions/2']) expect((await api.get(`/v1/events/draft/${url}`)).statusCode).toBe(404);
    await api.post('/v1/events/draft/restore');
  });

  test('is shown to the bearer of a key', async () => {
    expect(versionsIn(await api.get('/v1/events/draft/revisions', { as: 'contributor' })).at(-1)).toBe(1);
    expect((await api.get('/v1/events/draft/revisions/1', { as: 'contributor' })).json().state.title).toBe('Nobody knows');
  });
});

describe('an event that was published after a draft', () => {
  test('shows the versions that were public, and all of them to the bearer of a key', async () => {
    expect(versionsIn(await api.get(`${itself}/revisions`))).toEqual([6, 4, 3]);
    expect(versionsIn(await api.get(`${itself}/revisions`, { as: 'contributor' }))).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });

  test('tells nothing of a draft by what changed since', async () => {
    const changed = async (version: number, as: 'editor' | null) =>
      (await api.get(`${itself}/revisions/${version}`, { as })).json().changed.sort();
    const all = Object.keys((await api.get(`${itself}/revisions/3`)).json().state).sort();
    expect(await changed(3, null)).toEqual(all);
    expect(await changed(6, null)).toEqual(all);
    expect(await changed(4, null)).toEqual(['significance']);
    expect(await changed(6, 'editor')).toEqual(['state', 'summary']);
    const { data } = (await api.get(`${itself}/revisions`)).json();
    expect(data.map((entry: { changed: string[] }) => entry.changed.sort())).toEqual([all, ['significance'], all]);
  });

  test('steps over hidden versions from one to the next', async () => {
    expect((await api.get(`${itself}/revisions/4`)).json()).toMatchObject({
      previous: `${itself}/revisions/3`,
      next: `${itself}/revisions/6`,
    });
    expect((await api.get(`${itself}/revisions/3`)).json().previous).toBeNull();
    expect((await api.get(`${itself}/revisions/6`)).json().next).toBeNull();
  });

  test('has no hidden version, in words that an absent one would have', async () => {
    for (const [hidden, absent] of [
      ['revisions/7', 'revisions/8'],
      ['revisions?diff=3..7', 'revisions?diff=3..8'],
    ]) {
      const answer = textOf(await api.get(`${itself}/${hidden}`));
      expect(answer).toBe(textOf(await api.get(`${itself}/${absent}`)).replaceAll('version 8', 'version 7'));
      expect(answer).toContain('there are versions from 3 to 6');
    }
    for (const range of ['1..3', '3..1', '5..6', '2..2']) expect((await api.get(`${itself}/revisions?diff=${range}`)).statusCode).toBe(404);
  });

  test('never speaks of what only drafts said', async () => {
    const urls = ['', '/3', '/4', '/6', '?diff=3..6', '?diff=6..3', '?diff=4..6', '/5', '?diff=5..6'];
    for (const url of urls) expect((await api.get(`${itself}/revisions${url}`)).body, url).not.toContain('secret');
    expect((await api.get(`${itself}/revisions?diff=5..6`, { as: 'editor' })).body).toContain('secret');
  });

  test('a cursor of one who sees all shows no more to one who does not', async () => {
    const { page } = (await api.get(`${itself}/revisions?limit=2`, { as: 'editor' })).json();
    expect(versionsIn(await api.get(page.next))).toEqual([4, 3]);
  });
});

describe('a relation to an event that is hidden', () => {
  const referring = '/v1/events/referring';
  beforeAll(async () => {
    const related = [
      { event: 'grown', relation: 'follows_up' },
      { event: 'draft', relation: 'responds_to' },
    ];
    await api.post('/v1/events', { ...event, slug: 'referring', related });
    await api.patch(referring, { related: [{ event: 'draft', relation: 'amends' }] });
  });

  test('is not in what readers without a key are told', async () => {
    for (const url of ['/1', '/2', '?diff=1..2']) {
      expect((await api.get(`${referring}/revisions${url}`)).body, url).not.toContain('draft');
      expect((await api.get(`${referring}/revisions${url}`, { as: 'contributor' })).body, url).toContain('draft');
    }
    expect((await api.get(`${referring}/revisions/1`)).json().state.related).toEqual([{ event: 'grown', relation: 'follows_up' }]);
  });
});

test('the author is told by name, never by key', async () => {
  const { rows } = await api.database.pool.query<{ author_id: string }>(
    'select distinct author_id from revisions where author_id is not null',
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const url of ['', '/3', '?diff=3..6']) {
    const { body } = await api.get(`${itself}/revisions${url}`, { as: 'admin' });
    for (const { author_id } of rows) expect(body).not.toContain(author_id);
  }
});

test('answers to a key are kept by nobody else', async () => {
  expect((await api.get(`${itself}/revisions`)).headers['cache-control']).toMatch(/^public/);
  expect((await api.get(`${itself}/revisions`, { as: 'editor' })).headers['cache-control']).toMatch(/^private/);
});
