// The forms that are JSON: lines, TimelineJS and JSON-LD.
import { describe, expect, test } from 'vitest';
import { jsonLd } from '../../../src/timeline/formats/json-ld.js';
import { ndjson } from '../../../src/timeline/formats/ndjson.js';
import { timelinejs } from '../../../src/timeline/formats/timelinejs.js';
import { HOSTILE, on, REMOVED, RICH, write } from './entries.js';

test('NDJSON has one event on a line, as the JSON API has it', async () => {
  const lines = (await write(ndjson, [RICH, REMOVED, HOSTILE])).split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map((line) => JSON.parse(line))).toEqual([RICH, HOSTILE]);
});

describe('TimelineJS', () => {
  const slides = async (...events: (typeof RICH)[]) => JSON.parse(await write(timelinejs, events)).events;

  test('an event is a slide', async () => {
    expect(await slides(RICH)).toEqual([
      {
        unique_id: 'the-keynote',
        group: 'speech',
        start_date: { year: 2025, month: 7, day: 26 },
        end_date: { year: 2025, month: 7, day: 28 },
        display_date: '26 July 2025 to 28 July 2025',
        text: {
          headline: '<a href="https://demarche.example/v1/events/the-keynote">The keynote</a>',
          text: '<p>What was said.</p><p><a href="https://example.org/a?b=c&amp;d=e">An article</a></p>',
        },
      },
    ]);
  });

  test.each([
    ['2025-07', { year: 2025, month: 7 }, 'July 2025'],
    ['2025-07~', { year: 2025, month: 7 }, 'about July 2025'],
    ['2025?', { year: 2025 }, 'perhaps 2025'],
    ['2026-22', { year: 2026, month: 6 }, 'summer 2026'],
    ['202X', { year: 2020 }, 'the 2020s'],
    ['20XX', { year: 2000 }, '2000 to 2099'],
    ['2025-08/..', { year: 2025, month: 8 }, 'from August 2025'],
    ['../2025', { year: 2025 }, 'until 2025'],
    ['2025-07-26%', { year: 2025, month: 7, day: 26 }, 'perhaps about 26 July 2025'],
  ])('of %s only what is known is a date, and its words say the rest', async (date, start_date, display_date) => {
    const [slide] = await slides(on(date, null, null, 'month'));
    expect(slide).toMatchObject({ start_date, display_date });
    expect(slide).not.toHaveProperty('end_date');
  });

  test('text is escaped, since it is shown as HTML', async () => {
    const [{ text }] = await slides(HOSTILE);
    expect(text.headline).toContain('&quot;quoted&quot;, &lt;b&gt;&amp;amp;&lt;/b&gt;');
    expect(`${text.headline}${text.text}`.replace(/<\/?(p|a)( href="[^"<>]*")?>/g, '')).not.toMatch(/[<>]/);
  });

  test('eras stand behind the slides where they are given', async () => {
    const eras = [{ name: 'WAICO & more', start_date: '2025-07-26', end_date: '2026-07-31' }];
    const story = JSON.parse(await write(timelinejs, [], { eras }));
    expect(story.eras).toEqual([
      {
        start_date: { year: 2025, month: 7, day: 26 },
        end_date: { year: 2026, month: 7, day: 31 },
        text: { headline: 'WAICO &amp; more', text: '' },
      },
    ]);
    expect(story.title.text.headline).toBe('Demarche: type speech');
    expect(JSON.parse(await write(timelinejs, []))).not.toHaveProperty('eras');
  });
});

describe('JSON-LD', () => {
  const nodes = async (...events: (typeof RICH)[]) => JSON.parse(await write(jsonLd, events))['@graph'];

  test('an event is an Event of schema.org', async () => {
    const document = JSON.parse(await write(jsonLd, [RICH, REMOVED]));
    expect(document['@context']).toBe('https://schema.org');
    expect(document['@graph']).toMatchObject([
      {
        '@type': 'Event',
        '@id': 'https://demarche.example/v1/events/the-keynote',
        name: 'The keynote',
        startDate: '2025-07-26',
        endDate: '2025-07-28',
        location: { '@type': 'Place', name: 'Expo Center', address: { addressLocality: 'Shanghai', addressCountry: 'CN' } },
        organizer: [{ '@type': 'Organization', name: 'China' }],
        attendee: [{ '@type': 'Person', name: 'Li Qiang' }],
        about: [{ '@type': 'DefinedTerm', name: 'Governance' }],
        subjectOf: [
          { '@type': 'NewsArticle', name: 'An article', url: 'https://example.org/a?b=c&d=e', inLanguage: 'en', datePublished: '2025-07' },
        ],
      },
    ]);
  });

  test('a law is Legislation, with its citations and whether it is in force', async () => {
    const [node] = await nodes(on('2024-08', '2024-08-01', '2024-08-31', 'month', { type: 'legislation', action: 'in_force' }));
    expect(node).toMatchObject({
      '@type': 'Legislation',
      legislationDate: '2024-08',
      legislationLegalForce: 'InForce',
      legislationPassedBy: [{ name: 'China' }],
      citation: [{ '@type': 'NewsArticle' }],
    });
    expect(node).not.toHaveProperty('startDate');
  });

  test('a date is as precise as is known, and an open beginning is left out', async () => {
    expect((await nodes(on('2025', '2025-01-01', '2025-12-31', 'year')))[0]).toMatchObject({ startDate: '2025' });
    const [open] = await nodes(on('../2025-07', null, '2025-07-31', 'month'));
    expect(open).not.toHaveProperty('startDate');
    expect(open.endDate).toBe('2025-07');
  });
});
