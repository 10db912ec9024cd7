// The frame of the pages: what browsers are told, what is escaped, what is carried from link to link, and that failures
// are pages, too.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { WEB } from '../../src/files.js';
import { dataBlock, html, marked } from '../../src/web/html.js';
import { PAGES } from '../../src/web/pages.js';
import { useApp } from '../support/app.js';
import { ADDRESSES, MADE_ELSEWHERE } from './pages.js';

const api = useApp('seeded');
const LI = ADDRESSES['/events/:slug']!;
const asBrowser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const see = async (url: string, headers: Record<string, string> = {}) => {
  const answer = await api.app.inject({ url, headers: { ...asBrowser, ...headers } });
  return { ...answer, status: answer.statusCode, headers: answer.headers, document: parseHTML(answer.body).document };
};

test('each page has an address to look at', () => {
  expect([...Object.keys(ADDRESSES), ...MADE_ELSEWHERE].sort()).toEqual(Object.keys(PAGES).sort());
});

describe.each([...Object.values(ADDRESSES), '/nowhere', '/problems/gone'])('%s', (address) => {
  test('runs and styles nothing inline, and loads from this server alone', async () => {
    const { headers, document } = await see(address);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:/);
    expect([...document.querySelectorAll('[style], style, [onclick], [onload], [onerror]')]).toHaveLength(0);
    for (const script of document.querySelectorAll('script:not([src])')) expect(script.getAttribute('type')).toBe('application/ld+json');
    for (const loaded of document.querySelectorAll('script[src], img[src], link[rel=stylesheet], link[rel=icon]'))
      expect(loaded.getAttribute('src') ?? loaded.getAttribute('href')).toMatch(/^\/assets\/[\w.-]+$/);
  });

  test('has landmarks, a way past the header, one heading of the first rank and no id twice', async () => {
    const { document } = await see(address);
    expect(document.querySelector('html')!.getAttribute('lang')).toBe('en');
    expect(document.title.length).toBeGreaterThan(5);
    expect(document.querySelector('a.skip')!.getAttribute('href')).toBe('#main');
    for (const one of ['header.site', 'nav[aria-label]', 'main#main', 'footer.site', 'h1'])
      expect(document.querySelectorAll(one).length, one).toBeGreaterThan(0);
    expect(document.querySelectorAll('h1')).toHaveLength(1);
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });
});

describe('entity tags and caching', () => {
  test.each(Object.values(ADDRESSES))('%s is answered 304 to who has it', async (url) => {
    const { headers } = await see(url);
    expect(headers['cache-control']).toBe('public, max-age=0, must-revalidate');
    expect((await see(url, { 'if-none-match': String(headers.etag) })).status).toBe(304);
  });

  test('assets are named after their content and kept for ever', async () => {
    const { document } = await see('/');
    const address = document.querySelector('link[rel=stylesheet]')!.getAttribute('href')!;
    expect(address).toMatch(/^\/assets\/site-[A-Z0-9]{8}\.css$/);
    const { headers, status } = await see(address);
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/css; charset=utf-8',
      'public, max-age=31536000, immutable',
    ]);
    expect((await see('/assets/site-00000000.css')).status).toBe(404);
    expect((await see('/assets/..%2fmanifest.json')).status).toBe(404);
  });
});

describe('what is typed into a page is text', () => {
  test('in templates, attributes and data', () => {
    const hostile = `"><script>alert('1')</script>&`;
    expect(String(html`<p title="${hostile}">${[hostile, null, false]}</p>`)).not.toMatch(/<script|title=""/);
    expect(
      parseHTML(`${html`<p title="${hostile}"></p>`}`)
        .document.querySelector('p')!
        .getAttribute('title'),
    ).toBe(hostile);
    const block = parseHTML(String(dataBlock('application/ld+json', { a: '</script><b>' }))).document.querySelector('script')!;
    expect(JSON.parse(block.textContent!)).toEqual({ a: '</script><b>' });
    expect(String(marked('<mark>AI</mark> &lt;b&gt; <img src=x>'))).toBe('<mark>AI</mark> &lt;b&gt; &lt;img src=x>');
  });

  test('and every attribute of a template stands in quotation marks', () => {
    const files = readdirSync(WEB, { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.ts') && !path.startsWith('client'),
    );
    for (const path of files) expect(readFileSync(join(WEB, path), 'utf8'), path).not.toMatch(/<[^>`]*\s[a-z-]+=\$\{/);
  });
});

describe('as known on a day', () => {
  test('the day goes along with every link of the site', async () => {
    const day = new Date().toISOString().slice(0, 10);
    for (const address of Object.values(ADDRESSES)) {
      const { document } = await see(`${address}?known_at=${day}`);
      expect(document.querySelector('.notice')!.textContent).toContain('Back to the present');
      const links = [...document.querySelectorAll('main a, header a')].map((link) => link.getAttribute('href')!);
      const own = links.filter((href) => /^\/(events|actors|initiatives|plans|add|review)(\/|\?|$)|^\/\?|^\/$/.test(href));
      expect(own.length).toBeGreaterThan(3);
      for (const href of own) expect(new URL(href, 'http://host').searchParams.get('known_at'), href).not.toBeNull();
    }
  });

  test('before anything was recorded there is nothing', async () => {
    const { document } = await see('/?known_at=2001-01-01');
    expect(document.querySelector('#tally')!.textContent).toContain('0 developments');
    expect((await see(`${LI}?known_at=2001-01-01`)).status).toBe(404);
  });
});

describe('failures are pages', () => {
  test('what is not there, in the words of the API', async () => {
    const { status, document } = await see('/events/never-was');
    expect([status, document.querySelector('.lede')!.textContent]).toEqual([404, 'There is no event never-was.']);
  });
  test('what the address asks wrongly', async () => {
    const { status, document } = await see('/?from=soon&type=party');
    expect(status).toBe(400);
    expect(document.querySelector('main')!.textContent).toContain('This is no date');
  });
  test('an address that is none, to browsers; as data to programs', async () => {
    expect((await see('/nowhere')).document.querySelector('h1')!.textContent).toBe('There is nothing here');
    const told = await api.app.inject({ url: '/nowhere', headers: { accept: '*/*' } });
    expect([told.statusCode, told.headers['content-type']]).toEqual([404, 'application/problem+json']);
    expect((await see('/v1/nowhere')).headers['content-type']).toBe('application/problem+json');
  });
  test('kinds of problems are explained', async () => {
    expect((await see('/problems/gone')).document.querySelector('h1')!.textContent).toBe('The resource was withdrawn or deleted');
    expect((await api.app.inject('/problems/gone')).json().status).toBe(410);
  });
});

describe('on a private server', () => {
  let app: Awaited<ReturnType<typeof buildApp>>;
  beforeAll(async () => {
    app = await buildApp({
      config: { logLevel: 'silent', requireKeyForReads: true, cacheMb: 1 },
      database: api.database,
      services: api.services,
      openapi: '{"openapi":"3.1.0"}',
    });
  });

  test.each(Object.values(ADDRESSES))('%s shows nothing without a key, and asks for one', async (url) => {
    const { headers } = await app.inject({ url, headers: { authorization: `Bearer ${api.keys.contributor}` } });
    for (const more of [{}, { 'if-none-match': String(headers.etag) }, { authorization: 'Bearer wrong' }]) {
      const answer = await app.inject({ url, headers: { ...asBrowser, ...more } });
      expect([answer.statusCode, answer.headers['cache-control']]).toEqual([401, 'no-store']);
      expect(answer.headers['www-authenticate']).toContain('Bearer');
      expect(answer.body).not.toMatch(/Li Qiang|WAIC/);
      expect(parseHTML(answer.body).document.querySelector('[data-key-form]')).not.toBeNull();
    }
  });

  test.each(Object.values(ADDRESSES))('%s is shown to the bearer of a key, and no shared cache keeps it', async (url) => {
    const answer = await app.inject({ url, headers: { authorization: `Bearer ${api.keys.contributor}` } });
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'private, no-cache']);
    expect(parseHTML(answer.body).document.querySelector('[data-key-form]')).toBeNull();
    if (url === LI) expect(answer.body).toContain('Li Qiang');
  });
});
