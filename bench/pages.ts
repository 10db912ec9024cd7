// npm run bench:pages: the pages in chromium, on the generated events and on the built product. Says how long it is until
// the first paint, on the first request after a start and on later ones, what a page weighs, and how long a step of the
// chart's zoom and of its pan take. BENCH_DATABASE_URL names the server; EVENTS and ROUNDS may be set, CHROMIUM the browser.
import { type Browser, chromium } from 'playwright-core';
import { prepareDatabase } from './database.js';
import { median } from './load.js';
import { startProduct, stopAll } from './product.js';

const SERVER = process.env.BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const EVENTS = Number(process.env.EVENTS ?? 100_000);
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const STEPS = 8;
const RESTS_MS = 600;

interface Seen {
  server_ms: number;
  paint_ms: number;
  kb: number;
}

/** What a page tells of itself. Scripts of pages are texts here: they are run elsewhere. */
const SEEN = `(async () => {
  const paint_ms = await new Promise((resolve) => {
    new PerformanceObserver((list) => {
      for (const { name, startTime } of list.getEntries()) if (name === 'first-contentful-paint') resolve(startTime);
    }).observe({ type: 'paint', buffered: true });
  });
  const [navigation] = performance.getEntriesByType('navigation');
  const bytes = [navigation, ...performance.getEntriesByType('resource')].reduce((sum, one) => sum + one.transferSize, 0);
  return { server_ms: navigation.responseEnd - navigation.requestStart, paint_ms, kb: bytes / 1024 };
})()`;

/** Presses a button of the chart: its script, and until what it draws is on screen. */
const STEP = `async (name) => {
  const began = performance.now();
  document.querySelector('[data-do="' + name + '"]').click();
  const done = performance.now() - began;
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  return [done, performance.now() - began];
}`;

/** A page in a window that has kept nothing. Sizes are as sent, in kB. */
async function look(browser: Browser, address: string): Promise<Seen> {
  const context = await browser.newContext({ viewport: { width: 1350, height: 940 } });
  const page = await context.newPage();
  await page.goto(address, { waitUntil: 'load' });
  const seen = (await page.evaluate(SEEN)) as Seen;
  await context.close();
  return seen;
}

interface Moved {
  script_ms: number[];
  frame_ms: number[];
}

/** Each step of the chart: its script, and until it is on screen. @param step the button that is pressed */
async function move(browser: Browser, address: string, step: string): Promise<Moved> {
  const context = await browser.newContext({ viewport: { width: 1350, height: 940 } });
  const page = await context.newPage();
  await page.goto(address, { waitUntil: 'load' });
  await page.waitForSelector('[data-drawing][data-mode]:not([data-mode=""])');
  const moved: Moved = { script_ms: [], frame_ms: [] };
  for (let count = 0; count < STEPS; count++) {
    const [script, frame] = (await page.evaluate(`(${STEP})('${step}')`)) as [number, number];
    moved.script_ms.push(script);
    moved.frame_ms.push(frame);
    // The chart asks for more once the hand rests; the next step draws what people see then.
    await page.waitForTimeout(RESTS_MS);
  }
  await context.close();
  return moved;
}

const shown = (value: number) => value.toFixed(0);

try {
  const url = await prepareDatabase(SERVER, EVENTS);
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  // The first window of a browser takes longer than any other.
  await (await browser.newContext()).newPage();
  const paths = ['/', '/events/event-77', '/plans/plan'];
  const seen = new Map<string, Seen[]>();
  const note = (what: string, one: Seen) => seen.set(what, [...(seen.get(what) ?? []), one]);
  const moves = new Map<string, Moved[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const path of paths) {
      const product = await startProduct(url, 64);
      note(`${path}, the first request after a start`, await look(browser, product.address + path));
      note(`${path}, again`, await look(browser, product.address + path));
      if (path === '/')
        for (const step of ['in', 'later']) moves.set(step, [...(moves.get(step) ?? []), await move(browser, product.address, step)]);
      await product.stop();
    }
  }
  console.log(`${EVENTS} events, ${ROUNDS} rounds, medians (most); chromium ${browser.version()}, Node ${process.version}\n`);
  console.log('| page | server, ms | first contentful paint, ms | sent, kB |\n| --- | --- | --- | --- |');
  for (const [what, all] of seen) {
    const of = (name: keyof Seen) => {
      const values = all.map((one) => one[name]);
      return `${shown(median(values))} (${shown(Math.max(...values))})`;
    };
    console.log(`| ${what} | ${of('server_ms')} | ${of('paint_ms')} | ${of('kb')} |`);
  }
  console.log('\n| step of the chart | script, ms | until it is on screen, ms |\n| --- | --- | --- |');
  for (const [step, all] of moves) {
    const of = (name: keyof Moved) => {
      const values = all.flatMap((one) => one[name]);
      return `${shown(median(values))} (${shown(Math.max(...values))})`;
    };
    console.log(`| ${step === 'in' ? 'zoom in' : 'pan'} | ${of('script_ms')} | ${of('frame_ms')} |`);
  }
  await browser.close();
} finally {
  stopAll();
}
