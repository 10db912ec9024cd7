// The way of a proposal through the pages, in a browser: a change is suggested from a development's page, discussed, checked,
// revised, taken; with what is new described on the way, and what others changed meanwhile shown. Also without a key.
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { useApp } from '../support/app.js';
import { fitsIts, hasBrowser, useBrowser, violationsOf } from './browser.js';

const api = useApp('seeded');
/** In milliseconds; other machines are slower. */
const SLOW = 120_000;
const STEP = 30_000;
const LI = 'li-qiang-waic-2025-keynote';
const HOSTILE = '</textarea></script><img src=x onerror="document.title=1">';

describe.skipIf(!hasBrowser)('in a browser', () => {
  const looking = useBrowser(api);
  const signedIn = async (path: string, role: 'contributor' | 'editor', options = {}): Promise<Page> => {
    const page = await looking.open(path, options);
    page.setDefaultTimeout(STEP);
    await page.getByLabel('API key').fill(api.keys[role]);
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.waitForSelector('[data-signed-in]:not([hidden])');
    return page;
  };
  const holds = async (page: Page): Promise<void> => {
    expect(await violationsOf(page)).toEqual([]);
    expect(await fitsIts(page)).toBe(true);
    expect(await page.locator('main img, main script, main [style]').count()).toBe(0);
  };

  test(
    'a change is suggested on the page of a development, sent back, revised and accepted; each sees what was said',
    async () => {
      const before = (await api.get(`/v1/events/${LI}`)).json();
      const opened = await looking.open(`/events/${LI}`);
      const link = await opened.getByRole('link', { name: 'Suggest a change' }).getAttribute('href');
      const page = await signedIn(link!, 'contributor');
      await page.waitForSelector('form[data-add]:not([hidden])');
      // All that is on record is in the form.
      expect(await page.getByLabel('Title').first().inputValue()).toBe(before.title);
      expect(await page.locator('[data-list="actors"] [data-row]').count()).toBe(before.actors.length);
      expect(await page.locator('[data-list="sources"] [data-member="source"]').first().inputValue()).toMatch(/^https?:/);
      await holds(page);
      await page.getByRole('button', { name: 'Propose', exact: true }).click();
      await page.locator('[data-faults]:not([hidden])').waitFor();
      await page.getByLabel('Summary').first().fill(`Told otherwise. ${HOSTILE}`);
      await page.getByLabel('Why it should be recorded so').fill('Another paper has it.');
      await page.locator('[data-list="backing"] input').first().fill('https://example.org/another');
      await page.getByRole('button', { name: 'Propose', exact: true }).click();
      await page.getByRole('link', { name: 'Follow it' }).click();
      await page.waitForURL('**/review/*');
      await page.locator('.proposal ins', { hasText: 'Told otherwise.' }).waitFor();
      const id = page.url().split('/').at(-1)!;
      const { change } = (await api.get(`/v1/proposals/${id}`)).json();
      expect(change).toEqual({ summary: `Told otherwise. ${HOSTILE}` });

      const desk = await signedIn('/review', 'editor');
      const card = desk.locator(`#p-${id}`);
      await card.getByText('it can be accepted as it stands').waitFor();
      await card.getByRole('textbox', { name: 'Comment' }).fill(`Which paper? ${HOSTILE}`);
      await card.getByRole('button', { name: 'Comment' }).click();
      await card.locator('.talk li', { hasText: 'Which paper?' }).waitFor();
      await holds(desk);
      await card.getByLabel('Why').fill('Name the paper in the summary.');
      await card.getByRole('button', { name: 'Ask for changes' }).click();
      await card.locator('.badge', { hasText: 'changes requested' }).waitFor();

      await page.reload();
      const own = page.locator(`#p-${id}`);
      await own.locator('.talk li', { hasText: 'Which paper?' }).waitFor();
      await own.getByRole('textbox', { name: 'Comment' }).fill('The Herald.');
      await own.getByRole('button', { name: 'Comment' }).click();
      await own.locator('.talk li', { hasText: 'The Herald.' }).waitFor();
      await holds(page);
      await own.getByRole('link', { name: 'Revise it' }).click();
      await page.waitForSelector('form[data-add="revision"]:not([hidden])');
      expect(await page.getByLabel('Summary').first().inputValue()).toContain('Told otherwise.');
      expect(await page.locator('[data-list="backing"] input').first().inputValue()).toBe('https://example.org/another');
      await holds(page);
      await page.getByLabel('Summary').first().fill('Told otherwise, in the Herald.');
      await page.getByRole('button', { name: 'Send the revision' }).click();
      await page.getByRole('link', { name: 'Follow it' }).waitFor();

      await desk.goto(`${looking.origin}/review?author=${encodeURIComponent('test contributor')}&state=open`);
      await desk.locator(`#p-${id} ins`, { hasText: 'in the Herald' }).waitFor();
      await desk.locator(`#p-${id}`).getByRole('button', { name: 'Accept' }).click();
      await expect.poll(() => desk.locator(`#p-${id}`).count(), { timeout: SLOW }).toBe(0);
      const after = (await api.get(`/v1/events/${LI}`)).json();
      // Nothing but what was typed is another one.
      const { version, updated_at, summary, ...rest } = after;
      const { version: _, updated_at: __, summary: ___, ...others } = before;
      expect([summary, rest]).toEqual(['Told otherwise, in the Herald.', others]);

      await page.goto(`${looking.origin}/review?author=me`);
      await page.locator(`#p-${id} .badge`, { hasText: 'accepted' }).waitFor();
      looking.errors.length = 0;
    },
    SLOW,
  );

  test(
    'a proposal for an older version shows what clashes, and is revised for the one in force',
    async () => {
      const target = { entity: 'event', id: 'us-ai-action-plan' };
      const why = { rationale: 'Shorter.', sources: ['https://example.org/z'] };
      const made = (await api.post('/v1/proposals', { target, change: { title: 'The plan' }, ...why }, { as: 'contributor' })).json();
      await api.patch('/v1/events/us-ai-action-plan', { title: `Their plan ${HOSTILE}` });
      const desk = await signedIn(`/review/${made.id}`, 'editor', { viewport: { width: 320, height: 640 } });
      await desk.locator('.clashes td', { hasText: 'Their plan' }).waitFor();
      expect(await desk.locator('.clashes tbody').textContent()).toMatch(/^Title.*Their plan.*The plan$/s);
      await holds(desk);
      await desk.getByLabel('Why').fill('It is called otherwise now.');
      await desk.getByRole('button', { name: 'Ask for changes' }).click();
      await desk.locator('.badge', { hasText: 'changes requested' }).waitFor();
      const page = await signedIn(`/add?proposal=${made.id}`, 'contributor', { colorScheme: 'dark' });
      await page.locator('[data-about]', { hasText: 'others changed: title' }).waitFor();
      await page.getByLabel('Title').first().fill('Their plan, in short');
      await page.getByRole('button', { name: 'Send the revision' }).click();
      await page.getByRole('link', { name: 'Follow it' }).waitFor();
      await desk.reload();
      await desk.getByText('it can be accepted as it stands').waitFor();
      const { change, state } = (await api.get(`/v1/proposals/${made.id}`)).json();
      expect([change, state]).toEqual([{ title: 'Their plan, in short' }, 'open']);
      looking.errors.length = 0;
    },
    SLOW,
  );

  test(
    'whoever and whatever is new is described on the way; a date in words is understood; another development is found',
    async () => {
      const page = await signedIn('/add', 'editor');
      await page.getByLabel('Title').first().fill('A body of ours is founded');
      const date = page.locator('[data-member="date"]').first();
      await date.fill('about August 2026');
      await page.locator('[data-understood]', { hasText: 'About August 2026, as 2026-08~' }).waitFor();
      await date.blur();
      expect(await date.inputValue()).toBe('2026-08~');
      const actors = page.locator('[data-list="actors"]');
      await actors.locator('[data-member="actor"]').fill(`Bureau ${HOSTILE}`);
      await actors.locator('[data-member="actor"]').blur();
      await actors.getByText('is not on record: describe it here').click();
      await expect.poll(() => actors.locator('[data-made] [data-member="name"]').inputValue(), { timeout: SLOW }).toBe(`Bureau ${HOSTILE}`);
      await actors.locator('[data-member="role"]').selectOption('host');
      await page.locator('[data-list="topics"] [data-more]').click();
      await page.locator('[data-list="topics"] summary').click();
      await page.locator('[data-list="topics"] [data-member="name"]').fill('Bureaus');
      await page.locator('[data-list="action_items"] [data-more]').click();
      await page.locator('[data-list="action_items"] [data-member="item"]').selectOption('global-ai-governance-action-plan/13');
      await page.locator('[data-list="action_items"] [data-member="effect"]').selectOption('advances');
      await page.locator('[data-list="related"] [data-more]').click();
      const related = page.locator('[data-list="related"] [data-member="event"]');
      await related.fill('Li Qiang opens');
      await expect.poll(() => page.locator('#complete-events option').first().getAttribute('value'), { timeout: SLOW }).toBe(LI);
      await related.fill(LI);
      await page.locator('[data-list="related"] [data-member="relation"]').selectOption('follows_up');
      const source = page.locator('[data-list="sources"]');
      await source.locator('[data-member="source"]').fill('https://example.org/founded');
      await source.locator('[data-member="title"]').fill('Founded');
      await source.locator('[data-member="publisher"]').fill('The Herald');
      await source.getByText('More about this source').click();
      await source.locator('[data-member="kind"]').selectOption('media');
      await source.locator('[data-member="published_on"]').fill('3 September 2026');
      await holds(page);
      await page.getByRole('button', { name: 'Publish' }).click();
      // What kind of actor is not said yet: it is told where it is asked.
      await actors.locator('[data-made] .fault').waitFor();
      expect(await actors.locator('[data-made] [aria-invalid]').getAttribute('data-member')).toBe('kind');
      await actors.locator('[data-made] [data-member="kind"]').selectOption('government_body');
      await page.getByRole('button', { name: 'Publish' }).click();
      await page.locator('[data-done] a').waitFor();
      const address = await page.locator('[data-done] a').getAttribute('href');
      const made = (await api.get(`/v1${address}`)).json();
      expect(made).toMatchObject({
        date: '2026-08~',
        actors: [{ name: `Bureau ${HOSTILE}`, kind: 'government_body', role: 'host' }],
        topics: [{ name: 'Bureaus' }],
        action_items: [{ item: 13, effect: 'advances' }],
        related: [{ event: LI, relation: 'follows_up' }],
        sources: [{ title: 'Founded', publisher: 'The Herald', kind: 'media', published_on: '2026-09-03' }],
      });

      // An editor changes it by the same form, and takes it away.
      await page.goto(`${looking.origin}/add?event=${made.slug}`);
      await page.waitForSelector('form[data-add="change"]:not([hidden])');
      await page.locator('[data-type]').selectOption('speech');
      await page.waitForSelector('#details [data-member="venue"]');
      await page.locator('#details [data-member="venue"]').fill('A hall');
      await page.getByRole('button', { name: 'Publish' }).click();
      await page.locator('[data-done] a').waitFor();
      const changed = (await api.get(`/v1/events/${made.slug}`)).json();
      expect([changed.version, changed.type, changed.details, changed.actors]).toEqual([2, 'speech', { venue: 'A hall' }, made.actors]);
      await page.reload();
      await page.getByRole('button', { name: 'Withdraw it' }).click();
      await page.locator('[data-done]', { hasText: 'Withdrawn' }).waitFor();
      expect((await api.get(`/v1/events/${made.slug}`)).statusCode).toBe(410);
      looking.errors.length = 0;
    },
    SLOW,
  );

  test(
    'what is no development is revised as the API takes it, and a proposal is withdrawn by its author',
    async () => {
      const why = { rationale: 'Missing.', sources: ['https://example.org/t'] };
      const topic = { target: { entity: 'topic' }, change: { name: 'Submarines' }, ...why };
      const { id } = (await api.post('/v1/proposals', topic, { as: 'contributor' })).json();
      await api.post(`/v1/proposals/${id}/request-changes`, { comment: 'Be kind.' });
      const page = await signedIn('/review?author=me', 'contributor');
      const card = page.locator(`#p-${id}`);
      await card.getByLabel('The change').fill('{');
      await card.getByRole('button', { name: 'Send the revision' }).click();
      await card.getByText('The change is no JSON').waitFor();
      await holds(page);
      await card.getByLabel('The change').fill('{ "name": "Undersea cables" }');
      await card.getByRole('button', { name: 'Send the revision' }).click();
      await card.locator('.changes td', { hasText: 'Undersea cables' }).waitFor();
      await card.getByRole('button', { name: 'Withdraw the proposal' }).click();
      await card.locator('.badge', { hasText: 'withdrawn' }).waitFor();
      expect(await card.locator('[data-step]').count()).toBe(0);
      // The key is in this tab alone.
      expect(await page.context().cookies()).toEqual([]);
      expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(api.keys.contributor);
      // That a contributor does not decide is asked, and refused.
      looking.errors.length = 0;
    },
    SLOW,
  );

  describe('without a key, where proposals are taken from everybody', () => {
    let open: FastifyInstance;
    beforeAll(async () => {
      const config = { logLevel: 'silent' as const, publicProposals: true };
      open = await buildApp({ config, database: api.database, services: api.services, openapi: '{"openapi":"3.1.0"}' });
      await open.listen({ port: 0, host: '127.0.0.1' });
    });
    afterAll(() => open.close());

    test(
      'its author follows, comments on and revises it by an address that this tab keeps',
      async () => {
        const origin = `http://127.0.0.1:${(open.server.address() as AddressInfo).port}`;
        const page = await looking.open(`${origin}/add`);
        page.setDefaultTimeout(STEP);
        await page.getByLabel('Title').first().fill('A stranger tells of something');
        await page.locator('[data-member="date"]').first().fill('2026-11-22');
        await page.locator('[data-list="sources"] [data-member="source"]').fill('https://example.org/strange');
        await page.locator('[data-list="sources"] [data-member="title"]').fill('Strange');
        await page.getByLabel('Why it should be recorded so').fill('I was there.');
        await page.getByRole('button', { name: 'Propose' }).click();
        await page.getByRole('link', { name: 'Follow it' }).click();
        await page.waitForURL('**/review/*?tracking=*');
        const id = new URL(page.url()).pathname.split('/').at(-1)!;
        await page.getByRole('textbox', { name: 'Comment' }).fill('With my own eyes.');
        await page.getByRole('button', { name: 'Comment' }).click();
        await page.locator('.talk li', { hasText: 'With my own eyes.' }).waitFor();
        await holds(page);
        await api.post(`/v1/proposals/${id}/request-changes`, { comment: 'Whose?' });
        await page.goto(`${origin}/review`);
        await page.locator('[data-own]').getByRole('link', { name: 'A stranger tells of something' }).click();
        await page.getByRole('link', { name: 'Revise it' }).click();
        await page.waitForSelector('form[data-add="revision"]:not([hidden])');
        await page.getByLabel('Summary').first().fill('Whose eyes it was.');
        await page.getByRole('button', { name: 'Send the revision' }).click();
        await page.getByRole('link', { name: 'Follow it' }).waitFor();
        const answer = (await api.get(`/v1/proposals/${id}`)).json();
        expect([answer.state, answer.change.summary, answer.change.title]).toEqual([
          'open',
          'Whose eyes it was.',
          'A stranger tells of something',
        ]);
        // Another tab knows nothing of it.
        const other = await looking.open(`${origin}/review`);
        expect(await other.locator('[data-own]').isHidden()).toBe(true);
        looking.errors.length = 0;
      },
      SLOW,
    );
  });
});
