// One article is one source, whatever form its url is sent in.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { urlKey } from '../../src/sources/urls.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const article = 'https://www.example.org/news/article?id=7&page=2';

describe('the same article', () => {
  test.each([
    'http://example.org/news/article?id=7&page=2',
    'HTTPS://WWW.EXAMPLE.ORG/news/article?page=2&id=7',
    'https://www.example.org:443/news/article/?id=7&page=2',
    'https://example.org/news/article?id=7&page=2&utm_source=x&utm_campaign=y&fbclid=z',
    'https://example.org/news/article?id=7&page=2#comments',
    'https://example.org/news/./x/../article?id=7&page=2',
  ])('%s', (url) => {
    expect(urlKey(url)).toBe(urlKey(article));
  });
});

describe('another one', () => {
  test.each([
    'https://example.org/news/article?id=8&page=2',
    'https://example.org/news/Article?id=7&page=2',
    'https://news.example.org/news/article?id=7&page=2',
    'https://example.org:8443/news/article?id=7&page=2',
  ])('%s', (url) => {
    expect(urlKey(url)).not.toBe(urlKey(article));
  });
});

test('the normal form of a normal form is itself', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
      expect(urlKey(urlKey(url))).toBe(urlKey(url));
    }),
  );
});

test('a source keeps its url as it was sent, is found by any form of it, and exists once', async () => {
  const { id, url } = (await api.post('/v1/sources', { url: article, title: 'The article' })).json();
  expect(url).toBe(article);
  const other = 'http://example.org/news/article?page=2&id=7&utm_medium=mail';
  expect((await api.get(`/v1/sources?url=${encodeURIComponent(other)}`)).json().data).toMatchObject([{ id }]);
  const again = await api.post('/v1/sources', { url: other, title: 'The same' });
  expect(again.json()).toMatchObject({ status: 422, errors: [{ pointer: '/url', detail: expect.stringContaining(id) }] });
  const event = await api.post('/v1/events', {
    type: 'other',
    title: 'An event',
    date: '2025',
    sources: [{ source: { url: other, title: 'Another title' } }],
  });
  expect(event.json().sources).toMatchObject([{ id, title: 'The article' }]);
});

test.each(['ftp://example.org/a', 'javascript:alert(1)', '/news', 'example.org', 'https://user:secret@example.org/', 'https://'])(
  '%s is refused',
  async (url) => {
    expect((await api.post('/v1/sources', { url, title: 'A source' })).json()).toMatchObject({
      status: 422,
      errors: [{ pointer: '/url' }],
    });
  },
);

test('a source without a url needs a slug', async () => {
  expect((await api.post('/v1/sources', { title: 'A letter' })).json()).toMatchObject({ status: 422, errors: [{ pointer: '/url' }] });
  expect((await api.post('/v1/sources', { title: 'A letter', slug: 'a-letter' })).statusCode).toBe(201);
});

test('a language is kept in its canonical form', async () => {
  expect((await api.post('/v1/sources', { slug: 'zh', title: 'A text', language: 'ZH-hans-cn' })).json().language).toBe('zh-Hans-CN');
  expect((await api.post('/v1/sources', { slug: 'xx', title: 'A text', language: 'English language' })).statusCode).toBe(422);
});
