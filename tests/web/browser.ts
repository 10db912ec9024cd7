// A browser that looks at the pages: Debian's chromium, driven by playwright-core. Where there is none the tests that need it
// are skipped, and say so. Whatever a page logs as an error, or breaks of its policy, fails the test that looked at it.
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Tested } from '../support/app.js';

const EXECUTABLE = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && path !== '' && existsSync(path),
);

export const hasBrowser = EXECUTABLE !== undefined;
if (!hasBrowser) console.warn('No chromium at /usr/bin/chromium, nor named by CHROMIUM: the pages are not looked at in a browser.');

export interface Looking {
  origin: string;
  /** A page of a fresh window, which is closed after the test. @param path to go to first, or a whole address, where one is given */
  open(path?: string, options?: BrowserContextOptions): Promise<Page>;
  /** What the pages of this test logged as errors; those that it takes away are not held against it. */
  errors: string[];
}

/** @returns what `beforeAll` fills in: a browser on the application under test */
export function useBrowser(api: Tested): Looking {
  let browser: Browser;
  const open: Page[] = [];
  const looking: Looking = {
    origin: '',
    errors: [],
    async open(path, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', ...options });
      const page = await context.newPage();
      open.push(page);
      page.on('console', (message) => message.type() === 'error' && looking.errors.push(message.text()));
      page.on('pageerror', (error) => looking.errors.push(String(error)));
      if (path !== undefined) await page.goto(path.startsWith('http') ? path : looking.origin + path);
      return page;
    },
  };
  beforeAll(async () => {
    if (!hasBrowser) return;
    await api.app.listen({ port: 0, host: '127.0.0.1' });
    looking.origin = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath: EXECUTABLE!, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterEach(async () => {
    for (const page of open.splice(0)) await page.context().close();
    const errors = looking.errors.splice(0);
    expect(errors).toEqual([]);
  });
  afterAll(async () => browser?.close());
  return looking;
}

/** The rules that look at colours: all that another scheme of colours can break. */
export const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/** What axe finds wrong with a page: nothing, one hopes. @param rules to hold it against; all where they are left out */
export async function violationsOf(page: Page, rules?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules === undefined ? axe : axe.withRules(rules)).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
}

/** Whether nothing of a page lies beyond its right edge. */
export const fitsIts = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth') as Promise<boolean>;
