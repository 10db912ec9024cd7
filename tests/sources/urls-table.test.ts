// Which addresses are one article, and which are not: a table. Where a rule could join two articles, there is none.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SEED } from '../../src/files.js';
import { rebuild } from '../../src/rebuild.js';
import { readDataSet } from '../../src/seed/files.js';
import { urlKey } from '../../src/sources/urls.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');

describe('one article', () => {
  test.each([
    ['https://example.org/a?id=7', 'https://example.org/a?id=7&utm_source=x&UTM_Medium=y'],
    ['https://example.org/a', 'https://example.org/a?gclid=1&fbclid=2&msclkid=3&mc_cid=4&twclid=5&igsh=6&srsltid=7'],
    ['https://example.org/a', 'https://example.org/a?pk_campaign=1&mtm_source=2&matomo_kwd=3&_hsenc=4&__hstc=5&mkt_tok=6'],
    ['https://www.bbc.co.uk/news/1', 'https://m.bbc.co.uk/news/1?at_medium=RSS&at_campaign=KARANGA'],
    ['https://example.org/a', 'https://example.org/a?_ga=1&_gl=2&ref_src=twsrc&guccounter=1&guce_referrer=x'],
    ['https://example.org/a', 'https://example.org/a#:~:text=some%20words'],
    ['https://example.org/a', 'https://example.org/a#section-2'],
    ['https://example.org/a', 'http://example.org:80/a/'],
    ['https://example.org/a', 'https://EXAMPLE.org./a?'],
    ['https://example.org/a', 'https://m.example.org/a'],
    ['https://example.org/a', 'https://www.m.example.org/a'],
    ['https://example.org/a', 'https://amp.example.org/a?amp=1'],
    ['https://example.org/a?b=1', 'https://mobile.example.org/a?b=1&outputType=amp'],
    ['https://en.wikipedia.org/wiki/AI', 'https://en.m.wikipedia.org/wiki/AI'],
    ['https://www.example.org/a', 'https://www-example-org.cdn.ampproject.org/c/s/www.example.org/a?amp'],
    ['https://www.example.org/a', 'https://www.google.com/amp/s/www.example.org/a'],
    ['https://example.org/caf%C3%A9', 'https://example.org/café'],
    ['https://xn--mnchen-3ya.de/a', 'https://münchen.de/a'],
  ])('%s and %s', (one, other) => {
    expect(urlKey(other)).toBe(urlKey(one));
  });
});

describe('two articles', () => {
  test.each([
    ['https://example.org/?id=7', 'https://example.org/?id=8'],
    ['https://example.org/a?p=1', 'https://example.org/a'],
    ['https://example.org/#!/laws/1', 'https://example.org/#!/laws/2'],
    ['https://example.org/#/laws/1', 'https://example.org/#/laws/2'],
    ['https://example.org/a?ref=v1', 'https://example.org/a?ref=v2'],
    ['https://example.org/a?source=eu', 'https://example.org/a?source=us'],
    ['https://example.org/products/amp', 'https://example.org/products'],
    ['https://example.org/a?amp=guitar', 'https://example.org/a'],
    ['https://example.org/A', 'https://example.org/a'],
    ['https://example.org:8080/a', 'https://example.org/a'],
    ['https://m.org/a', 'https://org/a'],
    ['https://m.co.uk/a', 'https://co.uk/a'],
    ['https://media.example.org/a', 'https://example.org/a'],
    ['https://docs.m.example.org/a', 'https://docs.example.org/a'],
    ['https://web.archive.org/web/2020/https://example.org/a', 'https://example.org/a'],
    ['https://example.org/a/index.html', 'https://example.org/a'],
  ])('%s and %s', (one, other) => {
    expect(urlKey(other)).not.toBe(urlKey(one));
  });
});

test('an address that is taken as it stands is what the whole comparison makes of it', () => {
  const word = fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,8})?$/);
  const host = fc.tuple(
    fc.constantFrom('', 'www.', 'm.', 'www.m.'),
    fc.oneof(word, fc.constantFrom('google', 'm', 'amp', 'www')),
    fc.constantFrom('org', 'co', 'info'),
  );
  const path = fc.array(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,9}$/), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(host, path, ([before, site, top], parts) => {
      const address = `https://${before}${site}.${top}/${parts.join('/')}`;
      // A place in the page makes no other article, and keeps it from being taken as it stands.
      expect(urlKey(address)).toBe(urlKey(`${address}#place`));
    }),
    { numRuns: 2000 },
  );
});

test('the sources of the first data set are as many as before', () => {
  const urls = readDataSet(SEED).sources.flatMap(({ input }) => input.url ?? []);
  expect(urls.length).toBeGreaterThan(300);
  const keys = urls.map(urlKey);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

test('two sources that a wider rule makes one both stay when all is made again, and may be changed', async () => {
  const make = async (url: string) => (await api.post('/v1/sources', { url, title: url })).json().id as string;
  const [first, second] = [await make('https://example.org/a'), await make('https://example.org/b')];
  // As it was when the rule did not know of it yet.
  const url = 'https://m.example.org/a?fbclid=1';
  await api.database.pool.query(`update revisions set state = state || jsonb_build_object('url', $2::text) where entity_id = $1`, [
    second,
    url,
  ]);
  for (const time of ['once', 'twice']) {
    await rebuild(api.database);
    expect([time, (await api.get(`/v1/sources/${second}`)).json().url]).toEqual([time, url]);
  }
  expect((await api.get(`/v1/sources?url=${encodeURIComponent(url)}`)).json().data).toMatchObject([{ id: first }]);
  expect((await api.patch(`/v1/sources/${second}`, { title: 'Another title' })).statusCode).toBe(200);
  const moved = await api.patch(`/v1/sources/${second}`, { url: 'https://www.example.org/a' });
  expect(moved.json()).toMatchObject({ status: 422, errors: [{ pointer: '/url', detail: expect.stringContaining(first) }] });
});
