// The page of an event: all that the record holds, in words that claim no more than is known; what was, what is gone, what
// is disputed; and nothing of what somebody typed is ever markup.
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { vagueness, whenShort, whenText } from '../../src/web/dates.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');
const see = async (url: string) => {
  const { statusCode, headers, body } = await api.app.inject({ url, headers: { accept: 'text/html' } });
  const { document } = parseHTML(body);
  return {
    status: statusCode,
    headers,
    body,
    document,
    text: (selector: string) => document.querySelector(selector)?.textContent?.replace(/\s+/g, ' ').trim(),
  };
};
const LI = '/events/li-qiang-waic-2025-keynote';

describe('when, in words that respect the precision', () => {
  test.each([
    ['2025-07-26', '26 July 2025', '26 July 2025'],
    ['2025-08~', 'about August 2025', 'about August 2025'],
    ['2025-07-26/2025-07-28', 'between 26 and 28 July 2025', '26–28 July 2025'],
    ['2025-07-30/2025-08-02', 'between 30 July and 2 August 2025', '30 July – 2 August 2025'],
    ['2025-12-30/2026-01-02', 'between 30 December 2025 and 2 January 2026', '30 December 2025 – 2 January 2026'],
    ['2025-06/2025-08', 'between June and August 2025', 'June – August 2025'],
    ['2025-22', 'summer 2025', 'summer 2025'],
    ['2025?', 'perhaps 2025', 'perhaps 2025'],
    ['202X', 'the 2020s', 'the 2020s'],
    ['2026-06/..', 'from June 2026', 'from June 2026'],
    ['/2025', 'until 2025', 'until 2025'],
    ['2025-07~/2025-09', 'between about July 2025 and September 2025', 'about July 2025 – September 2025'],
  ])('%s', (date, text, short) => {
    expect([whenText(date), whenShort(date)]).toEqual([text, short]);
  });
  test('what is not known is told', () => {
    expect(vagueness('2025-07-26', 'day')).toBeNull();
    expect(vagueness('2025-08~', 'month')).toBe('it is known to the month only; it is approximate');
    expect(vagueness('2026-06/..', 'month')).toContain('one end is open');
  });
});

describe('the record', () => {
  test('tells what, when, where, who, what was said, which items, and what came before and after', async () => {
    const { status, text, document } = await see(LI);
    expect(status).toBe(200);
    expect(text('h1')).toBe('Li Qiang opens WAIC 2025 and calls AI governance fragmented');
    expect(text('.byline')).toBe('26 July 2025, Shanghai, China');
    expect(text('.people')).toBe('SpeakerLi QiangHostChina');
    expect(text('.quote')).toContain('not just a privileged few');
    expect(text('.caveat')).toContain('appears only in the seed article');
    expect(document.querySelectorAll('.items li')).toHaveLength(4);
    const chain = [...document.querySelectorAll('.chain li')].map((item) => item.textContent!.replace(/\s+/g, ' ').trim());
    expect(chain[0]).toMatch(/^23 July 2025 ?Responds to White House/);
    expect(chain.findIndex((one) => one.includes('Li Qiang opens'))).toBeGreaterThan(0);
    expect(chain.at(-1)).toMatch(/^17 July 2026 ?Followed up by/);
  });

  test('names the sources of the whole, of each claim, and those that dispute one with what they give instead', async () => {
    const { document } = await see('/events/us-h20-revenue-share');
    const claim = [...document.querySelectorAll('.claim')].find((one) => one.querySelector('h3')!.textContent!.startsWith('Date:'))!;
    expect(claim.querySelector('h3')!.textContent).toContain('disputed');
    expect(claim.querySelector('.disputes')!.textContent).toMatch(/Gives instead:\s*2025-07/);
    expect(document.querySelector('.claim h3')!.textContent).toContain('For the whole');
    for (const link of document.querySelectorAll('.sources a')) expect(link.getAttribute('href')).toMatch(/^https?:/);
  });

  test('is told to search engines and previews', async () => {
    const { document } = await see(LI);
    const data = JSON.parse(document.querySelector('script[type="application/ld+json"]')!.textContent!);
    expect(data).toMatchObject({
      '@context': 'https://schema.org',
      '@type': 'Event',
      startDate: '2025-07-26',
      url: expect.stringMatching(/\/events\/li-qiang/),
    });
    const meta = (name: string) => document.querySelector(`meta[property="${name}"]`)?.getAttribute('content');
    expect([meta('og:title'), meta('og:url')]).toEqual([data.name, document.querySelector('link[rel=canonical]')!.getAttribute('href')]);
    expect(meta('og:description')!.length).toBeGreaterThan(40);
  });

  test('is found by its id, too', async () => {
    const { id } = (await api.get('/v1/events/li-qiang-waic-2025-keynote')).json();
    expect((await see(`/events/${id}`)).document.querySelector('link[rel=canonical]')!.getAttribute('href')).toMatch(
      /\/events\/li-qiang-waic-2025-keynote$/,
    );
  });
});

describe('its history', () => {
  test('tells each version with what changed, and shows the page as it was then', async () => {
    const url = '/v1/events/us-ai-action-plan';
    const before = (await api.get(url)).json();
    await api.patch(url, { title: 'The plan, renamed', date: '2025-07-24', reason: 'correction', comment: 'Read again.' });
    const { document, text } = await see('/events/us-ai-action-plan');
    expect(text('h1')).toBe('The plan, renamed');
    const [newest, oldest] = [...document.querySelectorAll('.history ol > li')];
    expect(newest!.textContent!.replace(/\s+/g, ' ')).toMatch(
      /Updated on .* by test editor, correction .* Read again\. .*The title changed from .* to “The plan, renamed”/,
    );
    const then = await see(oldest!.querySelector('a')!.getAttribute('href')!);
    expect([then.text('h1'), then.document.querySelectorAll('.history ol > li').length]).toEqual([before.title, 1]);
    expect(then.document.querySelector('.notice')).not.toBeNull();
    expect(then.document.querySelector('script[type="application/ld+json"]')).toBeNull();
  });
});

describe('what is gone, hidden or never was', () => {
  const event = { type: 'statement', title: 'Soon gone', date: '2025-07-26', slug: 'soon-gone' };
  test('gone, with what is left to say', async () => {
    await api.post('/v1/events', event);
    await api.delete('/v1/events/soon-gone?reason=editorial');
    const { status, text } = await see('/events/soon-gone');
    expect(status).toBe(410);
    expect(text('.lede')).toMatch(/^The event “soon-gone” was deleted on \d+ \w+ \d{4} \(editorial\)\./);
  });
  test('one that was merged leads to the one that stays, on the same day', async () => {
    await api.post('/v1/events', { ...event, slug: 'told-twice' });
    await api.post('/v1/events/told-twice/merge', { into: 'li-qiang-waic-2025-keynote', reason: 'editorial' });
    const { status, headers } = await see('/events/told-twice');
    expect([status, headers.location]).toEqual([301, LI]);
    const day = new Date().toISOString().slice(0, 10);
    expect((await see(`/events/told-twice?known_at=${day}`)).headers.location).toBe(`${LI}?known_at=${day}`);
  });
  test('a draft answers as what never was', async () => {
    await api.post('/v1/events', { ...event, slug: 'a-draft', title: 'Quagmirewort', state: 'draft' });
    const [hidden, missing] = [await see('/events/a-draft'), await see('/events/b-draft')];
    expect(hidden.status).toBe(404);
    expect(hidden.body.replaceAll('a-draft', 'b-draft')).toBe(missing.body);
    expect((await see('/?q=Quagmirewort')).body).not.toContain('<h3>');
  });
});

test('whatever is typed into a record is text on its page, in the list and to search engines', async () => {
  const hostile = `</title></script><script>alert(1)</script><img src=x onerror="alert(2)">' "`;
  const source = { url: 'https://example.org/hostile', title: hostile, publisher: hostile, kind: 'media', language: 'en' };
  const answer = await api.post('/v1/events', {
    type: 'speech',
    slug: 'hostile',
    title: hostile,
    summary: hostile,
    date: '2025-07-26',
    place: { name: hostile, city: hostile },
    caveat: hostile,
    details: { speaker: 'li-qiang', forum: hostile, quotes: [{ text: hostile, speaker: 'li-qiang', language: 'en' }] },
    actors: [{ actor: { slug: 'hostile-actor', name: hostile, kind: 'person' }, role: 'speaker' }],
    topics: [{ slug: 'hostile-topic', name: hostile }],
    sources: [{ source, claim: '/title', quote: hostile, note: hostile, stance: 'disputes', value: hostile }],
    notes: [{ topic: hostile, text: hostile }],
  });
  expect(answer.statusCode, answer.body).toBe(201);
  for (const url of [
    '/events/hostile',
    '/?q=alert&from=2025-07-26&to=2025-07-26',
    `/?topic=hostile-topic`,
    `/?q=${encodeURIComponent(hostile)}`,
  ]) {
    const { document, body } = await see(url);
    expect(document.querySelectorAll('img, main script, [onerror]'), url).toHaveLength(0);
    expect(body, url).not.toMatch(/<script>|<img/);
  }
  const { document, text } = await see('/events/hostile');
  expect(text('h1')).toBe(hostile);
  expect(document.querySelector('meta[property="og:title"]')!.getAttribute('content')).toBe(hostile);
  expect(JSON.parse(document.querySelector('script[type="application/ld+json"]')!.textContent!).name).toBe(hostile);
});
