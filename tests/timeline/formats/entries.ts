// Events for the forms to write: one with everything, and one with text that would break out of any form.
import type { About, Entry, Event, Format } from '../../../src/timeline/formats/format.js';

export const RICH: Event = {
  id: '01985c2e-0000-7000-8000-000000000001',
  slug: 'the-keynote',
  type: 'speech',
  action: null,
  title: 'The keynote',
  summary: 'What was said.',
  date: '2025-07-26/2025-07-28',
  start_date: '2025-07-26',
  end_date: '2025-07-28',
  date_precision: 'day',
  place: { name: 'Expo Center', city: 'Shanghai', country_code: 'CN', country_name: 'China' },
  significance: 5,
  certainty: 'confirmed',
  state: 'published',
  details: { venue: 'Hall 1' },
  actors: [
    { slug: 'li-qiang', name: 'Li Qiang', kind: 'person', country_code: 'CN', country_name: 'China', role: 'speaker', response: null },
    { slug: 'china', name: 'China', kind: 'country', country_code: 'CN', country_name: 'China', role: 'host', response: null },
  ],
  topics: [{ slug: 'governance', name: 'Governance' }],
  initiatives: [{ slug: 'waico', name: 'WAICO' }],
  action_items: [{ plan: 'the-plan', item: 13, title: 'The thirteenth', effect: 'advances', note: null }],
  sources: [
    {
      id: '01985c2e-0000-7000-8000-000000000009',
      url: 'https://example.org/a?b=c&d=e',
      title: 'An article',
      publisher: 'Example',
      kind: 'media',
      language: 'en',
      published_on: '2025-07',
      archived_url: null,
      claim: null,
      quote: null,
      locator: null,
      stance: 'supports',
      value: null,
      access: null,
      note: null,
    },
  ],
  related: [{ event: 'the-proposal', title: 'The proposal', relation: 'part_of' }],
  confidence: 'verified',
  evidence: null,
  caveat: null,
  notes: [],
  version: 3,
  created_at: '2025-07-27T08:00:00.000Z',
  updated_at: '2025-07-28T09:30:00.000Z',
  published_at: '2025-07-27T08:00:00.000Z',
};

const HOSTILE_TEXT = '=cmd()\u0007 "quoted", <b>&amp;</b> ]]> \r\nBEGIN:VEVENT\r\n\\;, 人工智能 🏛️ \'x\'';

export const HOSTILE: Event = {
  ...RICH,
  id: '01985c2e-0000-7000-8000-000000000002',
  slug: 'hostile',
  title: HOSTILE_TEXT,
  summary: `${HOSTILE_TEXT} ${'人'.repeat(200)}`,
  place: { name: HOSTILE_TEXT, city: null, country_code: null, country_name: null },
  topics: [{ slug: 'hostile', name: HOSTILE_TEXT }],
};

/** The rich one on another date, with the days that it means. */
export const on = (
  date: string,
  start_date: string | null,
  end_date: string | null,
  date_precision: string,
  more: Partial<Event> = {},
): Event => ({
  ...RICH,
  date,
  start_date,
  end_date,
  date_precision,
  ...more,
});

export const ABOUT: About = {
  title: 'Demarche: type speech',
  origin: 'https://demarche.example',
  address: '/v1/timeline.x?type=speech&cursor=abc',
  first: '/v1/timeline.x?type=speech',
  next: '/v1/timeline.x?type=speech&cursor=def',
  previous: null,
  updated_at: '2025-07-28T09:30:00.000Z',
  eras: [],
};

export const REMOVED = { id: '01985c2e-0000-7000-8000-000000000003', removed_at: '2025-08-01T00:00:00.000Z' };

export async function write(format: Format, events: (Event | typeof REMOVED)[], about: Partial<About> = {}): Promise<string> {
  async function* entries(): AsyncGenerator<Entry> {
    for (const event of events) yield 'removed_at' in event ? event : { card: JSON.stringify(event), event };
  }
  let text = '';
  for await (const piece of format.write(entries(), { ...ABOUT, ...about })) text += piece;
  return text;
}
