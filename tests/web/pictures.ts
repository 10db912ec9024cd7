// Takes the pictures of the README: `npm run pictures`, after `npm run build`. The built program is started on an embedded
// database of its own with the first data set, and looked at in Debian's chromium; or name a running server by PICTURES_URL.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { freePort } from '../support/free-port.js';
import { ROOT } from '../support/postgres.js';

/** What is pictured: where, how large, and what has to be there; `from` is scrolled to the top. */
const PICTURES = [
  { name: 'timeline', path: '/?from=2025-06&to=2026-10', height: 800, ready: '[data-mode="items"]', from: null },
  { name: 'plan', path: '/plans/global-ai-governance-action-plan', height: 800, ready: 'table.matrix', from: '#coverage' },
  { name: 'initiative', path: '/initiatives/world-ai-cooperation-organization', height: 800, ready: '.map svg', from: '#positions-title' },
];
/** In bytes: a page that loads slowly is not looked at. */
const MOST = 150_000;
const FOLDER = join(ROOT, 'docs', 'pictures');

interface Server {
  origin: string;
  stop(): Promise<void>;
}

async function startServer(): Promise<Server> {
  const named = process.env.PICTURES_URL;
  if (named !== undefined) return { origin: named.replace(/\/$/, ''), stop: async () => {} };
  const [port, data] = [await freePort(), mkdtempSync(join(tmpdir(), 'demarche-pictures-'))];
  const { DATABASE_URL: _, ...environment } = process.env;
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'main.js')], {
    cwd: ROOT,
    env: { ...environment, PORT: String(port), DATA_DIR: join(data, 'db'), LOG_LEVEL: 'silent', RATE_LIMIT: '0' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const origin = `http://127.0.0.1:${port}`;
  const isThere = () =>
    fetch(`${origin}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isThere())) {
    if (child.exitCode !== null) throw new Error('The program ended before it answered; run npm run build, then again.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    origin,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** WebP, as good as fits: Playwright itself writes only PNG and JPEG. */
async function photograph(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  for (const quality of [90, 80, 70, 60, 50]) {
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality });
    const bytes = Buffer.from(data, 'base64');
    if (bytes.length <= MOST) return bytes;
  }
  throw new Error(`${page.url()} takes more than ${MOST} bytes as a picture; picture less of it.`);
}

const server = await startServer();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  mkdirSync(FOLDER, { recursive: true });
  for (const { name, path, height, ready, from } of PICTURES) {
    const page = await browser.newPage({
      viewport: { width: 1280, height },
      colorScheme: 'light',
      reducedMotion: 'reduce',
      locale: 'en-GB',
    });
    await page.goto(server.origin + path);
    await page.waitForSelector(ready, { state: 'attached' });
    if (from !== null) await page.evaluate(`document.querySelector('${from}').scrollIntoView()`);
    const bytes = await photograph(page);
    writeFileSync(join(FOLDER, `${name}.webp`), bytes);
    console.log(`docs/pictures/${name}.webp  ${Math.round(bytes.length / 1000)} kB`);
    await page.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
