// What people do who write, in a browser: add a development with a key, and see it in a second window; propose one, and have it
// reviewed; be told at the field what does not fit, and of what is there already.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';
import { hasBrowser, useBrowser } from './browser.js';

const api = useApp('seeded');
/** In milliseconds; other machines are slower. */
const SLOW = 120_000;

describe.skipIf(!hasBrowser)('in a browser', () => {
  const looking = useBrowser(api);
  const signedIn = async (path: string, role: 'contributor' | 'editor'): Promise<Page> => {
    const page = await looking.open(path);
    page.setDefaultTimeout(SLOW);
    await page.getByLabel('API key').fill(api.keys[role]);
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.waitForSelector('[data-signed-in]:not([hidden])');
    return page;
  };
  const fill = async (page: Page, title: string, date: string): Promise<void> => {
    await page.getByLabel('Title').first().fill(title);
    await page.getByLabel('Date', { exact: false }).first().fill(date);
    await page.locator('[data-list="sources"] [data-member="source"]').fill('https://example.org/told');
    await page.locator('[data-list="sources"] [data-member="title"]').fill('Told so');
  };

  test(
    'an editor adds a development, and it slides into a second window',
    async () => {
      const watching = await looking.open('/');
      await watching.waitForSelector('html[data-live]', { state: 'attached', timeout: SLOW });
      const page = await signedIn('/add', 'editor');
      await page.locator('[data-type]').selectOption('speech');
      await page.waitForSelector('#details [data-member="venue"]');
      await fill(page, 'A minister speaks of <b>models</b> in Nairobi', '2026-11-20');
      await page.locator('#details [data-member="venue"]').fill('Convention Centre');
      const actor = page.locator('[data-list="actors"] [data-member="actor"]');
      await actor.fill('Li Qia');
      await expect.poll(() => page.locator('#complete-actors option').first().getAttribute('value'), { timeout: SLOW }).toBe('li-qiang');
      await actor.fill('Li Qiang');
      await actor.blur();
      await expect.poll(() => actor.inputValue()).toBe('li-qiang');
      await page.locator('[data-list="actors"] [data-member="role"]').selectOption('speaker');
      await page.getByRole('button', { name: 'Preview' }).click();
      expect(await page.locator('[data-preview] h3').last().textContent()).toBe('A minister speaks of <b>models</b> in Nairobi');
      expect(await page.locator('[data-preview] .facts').textContent()).toContain('Li Qiang');
      await page.getByRole('button', { name: 'Publish' }).click();
      await page.locator('[data-done] a').waitFor();
      await watching.waitForSelector('.entry.fresh', { timeout: SLOW });
      expect(await watching.locator('.entry.fresh h3').textContent()).toBe('A minister speaks of <b>models</b> in Nairobi');
      const made = (await api.get(`/v1${await page.locator('[data-done] a').getAttribute('href')}`)).json();
      expect([made.type, made.details.venue, made.actors[0].slug, made.sources[0].title]).toEqual([
        'speech',
        'Convention Centre',
        'li-qiang',
        'Told so',
      ]);
      // The key is in this tab alone.
      expect(await page.context().cookies()).toEqual([]);
      expect(page.url()).not.toContain(api.keys.editor);
    },
    SLOW,
  );

  test(
    'what is there already is told while it is typed, and what does not fit at its field',
    async () => {
      const page = await signedIn('/add', 'editor');
      await fill(page, 'Li Qiang opens WAIC 2025 and calls AI governance fragmented', '2025-07-26');
      await page.locator('[data-similar] a', { hasText: 'Li Qiang opens WAIC 2025' }).waitFor();
      await page.getByLabel('Date', { exact: false }).first().fill('soon');
      await page.locator('[data-list="actors"] [data-member="actor"]').fill('nobody-at-all');
      await page.locator('[data-list="actors"] [data-member="role"]').selectOption('speaker');
      await page.getByRole('button', { name: 'Publish' }).click();
      await page.locator('[data-faults]').waitFor();
      const date = page.locator('[data-member="date"]').first();
      expect(await date.getAttribute('aria-invalid')).toBe('true');
      expect(await page.locator(`#${await date.getAttribute('aria-describedby')}`).textContent()).toContain('date');
      await date.fill('2025-07-26');
      await page.getByRole('button', { name: 'Publish' }).click();
      await expect.poll(() => page.locator('[data-list="actors"] .fault').count(), { timeout: SLOW }).toBe(1);
      looking.errors.length = 0;
    },
    SLOW,
  );

  test(
    'a contributor proposes; an editor sees what would change, asks why, and accepts',
    async () => {
      const page = await signedIn('/add', 'contributor');
      expect(await page.getByRole('button', { name: 'Publish' }).isVisible()).toBe(false);
      await fill(page, 'A proposed development of note', '2026-11-21');
      await page.getByLabel('Why it should be recorded so').fill('Two papers have it.');
      await page.getByRole('button', { name: 'Propose' }).click();
      await page.locator('[data-done] a').waitFor();
      const desk = await signedIn('/review', 'editor');
      const card = desk.locator('.proposal', { hasText: 'A proposed development of note' });
      await card.waitFor();
      await card.getByRole('button', { name: 'Reject' }).click();
      await card.locator('[data-fault]:not([hidden])').waitFor();
      await card.getByRole('button', { name: 'Take' }).click();
      await card.getByText('taken by').waitFor();
      await card.getByRole('button', { name: 'Accept' }).click();
      await desk.locator('.decided', { hasText: 'A proposed development of note' }).waitFor();
      const { data } = (await api.get('/v1/timeline?from=2026-11-21&to=2026-11-21')).json();
      expect(data.map(({ title }: { title: string }) => title)).toEqual(['A proposed development of note']);
      // What was refused is in the console, too.
      looking.errors.length = 0;
    },
    SLOW,
  );

  test('a key that is none is told so, and forgotten', async () => {
    const page = await looking.open('/add');
    await page.getByLabel('API key').fill('wrong');
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.locator('[data-sign-in] [role="alert"]').waitFor();
    expect(await page.evaluate('sessionStorage.getItem("key")')).toBeNull();
    looking.errors.length = 0;
  });
});
