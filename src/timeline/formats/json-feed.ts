// JSON Feed 1.1: the newest recorded first, in pages. It has no place for what was removed.
import { dateText } from '../../contract/date-text.js';
import { type About, addressOf, type Event, eventsOf, type Format, jsonList } from './format.js';

function itemOf(event: Event, about: About): object {
  const [source] = event.sources.filter(({ url }) => url !== null);
  return {
    id: `urn:uuid:${event.id}`,
    url: addressOf(event, about),
    ...(source !== undefined && { external_url: source.url }),
    title: event.title,
    ...(event.summary !== null && { summary: event.summary }),
    content_text: [dateText(event.date), event.summary ?? event.title].join('\n\n'),
    date_published: event.published_at ?? event.created_at,
    date_modified: event.updated_at,
    tags: [event.type, ...event.topics.map(({ slug }) => slug)],
    language: 'en',
    _demarche: { about: 'The event as the JSON API has it.', event },
  };
}

export const jsonFeed: Format = {
  suffix: 'feed.json',
  media_type: 'application/feed+json',
  parameters: '; charset=utf-8',
  name: 'JSON Feed 1.1',
  is_feed: true,
  write(entries, about) {
    const head = {
      version: 'https://jsonfeed.org/version/1.1',
      title: about.title,
      home_page_url: about.origin,
      feed_url: `${about.origin}${about.address}`,
      ...(about.next !== null && { next_url: `${about.origin}${about.next}` }),
      language: 'en',
      authors: [{ name: 'Demarche', url: about.origin }],
    };
    return jsonList(head, 'items', items());

    async function* items() {
      for await (const event of eventsOf(entries)) yield itemOf(event, about);
    }
  },
};
