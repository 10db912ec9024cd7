// Atom and JSON Feed, as a reader of feeds that is not ours reads them.
import { XMLValidator } from 'fast-xml-parser';
import { parseAtomFeed, parseJsonFeed } from 'feedsmith';
import { describe, expect, test } from 'vitest';
import { atom } from '../../../src/timeline/formats/atom.js';
import { jsonFeed } from '../../../src/timeline/formats/json-feed.js';
import { HOSTILE, REMOVED, RICH, write } from './entries.js';

describe('Atom', () => {
  test('an event is an entry with a stable id, its instants, its address, its sources and its categories', async () => {
    const { entries } = parseAtomFeed(await write(atom, [RICH]));
    expect(entries).toMatchObject([
      {
        id: `urn:uuid:${RICH.id}`,
        title: { value: 'The keynote' },
        updated: RICH.updated_at,
        published: RICH.published_at,
        summary: { value: 'What was said.' },
        links: [
          { rel: 'alternate', href: 'https://demarche.example/v1/events/the-keynote' },
          { rel: 'related', href: 'https://example.org/a?b=c&d=e', title: 'An article' },
        ],
        categories: [{ term: 'speech' }, { term: 'governance', label: 'Governance' }],
      },
    ]);
  });

  test('the feed has an id that stays from page to page, an author, and links to its pages', async () => {
    const feed = parseAtomFeed(await write(atom, [RICH]));
    expect(feed).toMatchObject({
      id: 'https://demarche.example/v1/timeline.x?type=speech',
      title: { value: 'Demarche: type speech' },
      updated: RICH.updated_at,
      authors: [{ name: 'Demarche' }],
    });
    expect(feed.links!.map(({ rel, href }) => [rel, href])).toEqual([
      ['self', 'https://demarche.example/v1/timeline.x?type=speech&cursor=abc'],
      ['first', 'https://demarche.example/v1/timeline.x?type=speech'],
      ['next', 'https://demarche.example/v1/timeline.x?type=speech&cursor=def'],
    ]);
  });

  test('what was removed is told as a deleted entry', async () => {
    const text = await write(atom, [REMOVED, RICH]);
    expect(text).toContain('xmlns:at="http://purl.org/atompub/tombstones/1.0"');
    expect(text).toContain(`<at:deleted-entry ref="urn:uuid:${REMOVED.id}" when="${REMOVED.removed_at}"/>`);
    expect(parseAtomFeed(text).entries).toHaveLength(1);
  });

  test('text of any kind is text, and the document stays well-formed', async () => {
    const text = await write(atom, [HOSTILE], { title: 'q </title><x>&"' });
    expect(XMLValidator.validate(text)).toBe(true);
    const feed = parseAtomFeed(text);
    expect(feed.title).toMatchObject({ value: 'q </title><x>&"' });
    expect(feed.entries![0]!.title?.value).toContain('"quoted", <b>&amp;</b> ]]>');
    expect(feed.entries![0]!.title?.value).not.toContain('\u0007');
  });

  test('no event leaves a feed without entries', async () => {
    const text = await write(atom, [], { updated_at: null, next: null });
    expect(XMLValidator.validate(text)).toBe(true);
    expect(parseAtomFeed(text)).toMatchObject({ updated: '1970-01-01T00:00:00Z' });
  });
});

describe('JSON Feed', () => {
  test('an event is an item, whole, with where to go on', async () => {
    const feed = parseJsonFeed(await write(jsonFeed, [RICH, REMOVED]));
    expect(feed).toMatchObject({
      title: 'Demarche: type speech',
      home_page_url: 'https://demarche.example',
      feed_url: 'https://demarche.example/v1/timeline.x?type=speech&cursor=abc',
      next_url: 'https://demarche.example/v1/timeline.x?type=speech&cursor=def',
      items: [
        {
          id: `urn:uuid:${RICH.id}`,
          url: 'https://demarche.example/v1/events/the-keynote',
          external_url: 'https://example.org/a?b=c&d=e',
          title: 'The keynote',
          summary: 'What was said.',
          content_text: '26 July 2025 to 28 July 2025\n\nWhat was said.',
          date_published: RICH.published_at,
          date_modified: RICH.updated_at,
          tags: ['speech', 'governance'],
        },
      ],
    });
    expect(feed.items).toHaveLength(1);
  });

  test('has what JSON Feed 1.1 asks for, and its extension stays apart', async () => {
    const feed = JSON.parse(await write(jsonFeed, [RICH, HOSTILE]));
    expect(feed.version).toBe('https://jsonfeed.org/version/1.1');
    for (const item of feed.items) {
      expect(item).toMatchObject({ id: expect.any(String), content_text: expect.any(String) });
      expect(Object.keys(item).filter((name) => name.startsWith('_'))).toEqual(['_demarche']);
    }
    expect(feed.items[0]._demarche.event).toEqual(RICH);
    expect(JSON.parse(await write(jsonFeed, [], { next: null }))).toMatchObject({ items: [] });
  });
});
