// What people do on the pages, in a browser: look, filter and share, search, open, go back to a day, see what is new. And
// that a checker of accessibility finds nothing, by day and by night, on the narrowest screen and by keyboard alone.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { OPENAPI } from '../../src/files.js';
import { useApp } from '../support/app.js';
import { fitsIts, hasBrowser, OF_COLOURS, useBrowser, violationsOf } from './browser.js';
import { ADDRESSES } from './pages.js';

const api = useApp('seeded');

describe.skipIf(!hasBrowser)('in a browser', () => {
  const looking = useBrowser(api);
  const NARROW = { viewport: { width: 320, height: 640 } };
  /** With the chart drawn, where there is one. */
  const settled = '[data-mode="items"], [data-mode="counts"], main:not(:has([data-drawing]))';

  describe.each([...Object.values(ADDRESSES), '/nowhere', '/problems/gone'])('%s', (address) => {
    test.each([
      ['light', { colorScheme: 'light' as const }, undefined],
      ['dark', { colorScheme: 'dark' as const }, OF_COLOURS],
      ['320 pixels wide', NARROW, undefined],
    ])('has nothing that keeps people out: %s', async (_, options, rules) => {
      const page = await looking.open(address, options);
      await page.waitForSelector(settled, { state: 'attached' });
      expect(await violationsOf(page, rules)).toEqual([]);
      expect(await fitsIts(page)).toBe(true);
      // What is not there says so in the console, too.
      if (address === '/nowhere') looking.errors.length = 0;
    });

    test('fits the widest screen', async () => {
      const page = await looking.open(address, { viewport: { width: 2560, height: 1300 } });
      expect(await fitsIts(page)).toBe(true);
      if (address === '/nowhere') looking.errors.length = 0;
    });
  });

  test('what is filtered is in the address, in the list, in the chart and in every form; and it can be shared', async () => {
    const page = await looking.open('/');
    await page.waitForSelector('[data-mode="items"]');
    const all = await page.locator('[data-drawing] a').count();
    await page.getByRole('checkbox', { name: 'Speech' }).check();
    await page.waitForURL('**/?type=speech');
    await expect.poll(() => page.locator('.entry').count()).toBe(4);
    await expect.poll(() => page.locator('[data-drawing] a').count()).toBe(4);
    expect(all).toBeGreaterThan(150);
    expect(await page.getByRole('link', { name: 'CSV' }).getAttribute('href')).toBe('/v1/timeline.csv?type=speech&order=desc');
    expect(await page.getByLabel('Its address in the API').inputValue()).toBe(`${looking.origin}/v1/timeline?type=speech&order=desc`);
    const other = await looking.open(page.url().slice(looking.origin.length));
    expect(await other.getByRole('checkbox', { name: 'Speech' }).isChecked()).toBe(true);
    await page.goBack();
    await expect.poll(() => page.locator('[data-drawing] a').count()).toBe(all);
  });

  test('a search finds while it is typed, opens, and is read', async () => {
    const page = await looking.open('/');
    await page.getByRole('searchbox').fill('premier exclusive game');
    await page.waitForURL('**q=premier+exclusive**');
    await page.locator('.entry h3 a', { hasText: 'Li Qiang opens WAIC' }).click();
    await page.waitForURL('**/events/li-qiang-waic-2025-keynote');
    expect(await page.locator('h1').textContent()).toContain('calls AI governance fragmented');
  });

  test('by keyboard: past the header, through the chart, zoomed, and opened', async () => {
    const page = await looking.open('/?from=2025-07&to=2025-08');
    await page.waitForSelector('[data-mode="items"]');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await page.locator('[data-drawing] a[tabindex="0"]').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.tip').textContent()).toMatch(/2025: /);
    await page.keyboard.press('+');
    await page.waitForURL((url) => url.searchParams.get('from') !== '2025-07');
    await page.keyboard.press('0');
    await page.waitForURL((url) => !url.searchParams.has('from'));
    await page.locator('[data-drawing] a[tabindex="0"]').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/events/**');
  });

  test('the histogram is brushed: list and chart show the span', async () => {
    const page = await looking.open('/');
    await page.waitForSelector('.years .bar');
    const box = (await page.locator('.years .overlay').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.8, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, box.y + 20, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL((url) => url.searchParams.has('from'));
    expect(new URL(page.url()).searchParams.get('from')).toMatch(/^202[45]-/);
    await expect.poll(() => page.locator('#tally').textContent()).toContain('in this span');
  });

  test('what is recorded in one window slides into another', async () => {
    const page = await looking.open('/');
    await page.waitForSelector('html[data-live]', { state: 'attached' });
    const title = '<b>Hostile</b> & new: a "development"';
    await api.post('/v1/events', { type: 'statement', title, date: '2026-11-20', slug: 'brand-new' });
    await page.waitForSelector('.entry.fresh');
    expect(await page.locator('.entry.fresh h3').textContent()).toBe(title);
    await expect.poll(() => page.locator('#announcement').textContent()).toContain('New: <b>Hostile</b>');
    await expect.poll(() => page.locator('[data-drawing] a.fresh').count()).toBe(1);
    await api.delete('/v1/events/brand-new');
  });

  test('the site as known on a day: what came later is not there, and links stay on that day', async () => {
    const page = await looking.open('/events/li-qiang-waic-2025-keynote');
    await page.getByLabel('As known on').fill(new Date().toISOString().slice(0, 10));
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL('**known_at=**');
    expect(await page.locator('.notice').textContent()).toContain('You see what was known on');
    await page.getByRole('link', { name: 'Demarche', exact: true }).click();
    await page.waitForURL('**/?known_at=**');
    await page.getByRole('link', { name: 'Back to the present' }).click();
    await page.waitForURL((url) => url.search === '');
  });

  test('without scripts all but the chart is there', async () => {
    const page = await looking.open('/?type=speech', { javaScriptEnabled: false });
    expect(await page.locator('.entry').count()).toBe(4);
    await page.locator('.years a').last().click();
    await page.waitForURL('**from=2026&to=2026');
    await page.getByLabel('Search').fill('declaration');
    await page.getByRole('button', { name: 'Show', exact: true }).last().click();
    await page.waitForURL('**q=declaration**');
    expect(page.url()).not.toMatch(/[?&](order|certainty)=(&|$)/);
  });

  test('light and dark can be switched, and stay so', async () => {
    const page = await looking.open('/problems/gone', { colorScheme: 'light' });
    const paper = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const before = await paper();
    await page.getByRole('button', { name: 'Light or dark' }).click();
    const after = await paper();
    expect(after).not.toBe(before);
    await page.reload();
    expect(await paper()).toBe(after);
  });

  describe('on a private server', () => {
    let app: Awaited<ReturnType<typeof buildApp>>;
    let origin: string;
    beforeAll(async () => {
      app = await buildApp({
        config: { logLevel: 'silent', requireKeyForReads: true },
        database: api.database,
        services: api.services,
        openapi: readFileSync(OPENAPI, 'utf8'),
      });
      origin = await app.listen({ port: 0, host: '127.0.0.1' });
    });
    afterAll(() => app?.close());

    test('a page is read with a key, which goes along for as long as the tab is open and no longer', async () => {
      const page = await looking.open(`${origin}/events/li-qiang-waic-2025-keynote`);
      expect(await page.content()).not.toContain('Li Qiang');
      await page.getByLabel('API key').fill('dmr_wrong');
      await page.getByRole('button', { name: 'Read with this key' }).click();
      await expect.poll(() => page.locator('.lede').textContent()).toContain('is not known');
      await page.getByLabel('API key').fill(api.keys.contributor);
      await page.getByRole('button', { name: 'Read with this key' }).click();
      await page.waitForSelector('.event');
      await page.getByRole('link', { name: 'Timeline' }).click();
      await page.waitForSelector('[data-mode="items"]');
      await page.getByRole('checkbox', { name: 'Speech' }).check();
      await expect.poll(() => page.locator('.entry').count()).toBe(4);
      expect(await page.evaluate('[localStorage.length, document.cookie]')).toEqual([0, '']);
      expect(looking.errors.every((error) => error.includes('401'))).toBe(true);
      looking.errors.length = 0;
    });

    test('Swagger UI stands in the frame of the site, under the same policy, also there', async () => {
      const page = await looking.open(`${origin}/docs/`, { colorScheme: 'dark' });
      await page.waitForSelector('.opblock');
      expect(await page.locator('header.site a[aria-current]').textContent()).toBe('API');
      expect(await page.evaluate('document.documentElement.className')).toContain('dark-mode');
    });
  });
});
