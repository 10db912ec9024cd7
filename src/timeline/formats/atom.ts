// Atom (RFC 4287): a feed, the newest recorded first, in pages (RFC 5005), with what was taken back (RFC 6721).
import XMLBuilder from 'fast-xml-builder';
import { dateText } from '../../contract/date-text.js';
import { type About, addressOf, type Event, type Format, isRemoved, placeText, type Removed } from './format.js';

const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true });

/** XML 1.0 has no place for most control characters, escaped or not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

const build = (node: object): string => builder.build(node).replace(FORBIDDEN, '');

const link = (rel: string, href: string, more: object = {}) => ({ '@_rel': rel, '@_href': href, ...more });

function entryOf(event: Event, about: About): object {
  const who = [...new Set(event.actors.map(({ name }) => name))].join(', ');
  const content = [dateText(event.date), event.summary, placeText(event), who].filter((part) => part !== null && part !== '');
  return {
    entry: {
      id: `urn:uuid:${event.id}`,
      title: event.title,
      updated: event.updated_at,
      published: event.published_at ?? event.created_at,
      link: [
        link('alternate', addressOf(event, about), { '@_type': 'application/json' }),
        ...event.sources.filter(({ url }) => url !== null).map(({ url, title }) => link('related', url!, { '@_title': title })),
      ],
      category: [{ '@_term': event.type }, ...event.topics.map(({ slug, name }) => ({ '@_term': slug, '@_label': name }))],
      ...(event.summary !== null && { summary: event.summary }),
      content: { '@_type': 'text', '#text': content.join('\n\n') },
    },
  };
}

const tombstoneOf = ({ id, removed_at }: Removed): object => ({ 'at:deleted-entry': { '@_ref': `urn:uuid:${id}`, '@_when': removed_at } });

function frameOf(about: About): string {
  const at = (address: string | null, rel: string) => (address === null ? [] : [link(rel, `${about.origin}${address}`)]);
  return build({
    '?xml': { '@_version': '1.0', '@_encoding': 'utf-8' },
    feed: {
      '@_xmlns': 'http://www.w3.org/2005/Atom',
      '@_xmlns:at': 'http://purl.org/atompub/tombstones/1.0',
      id: `${about.origin}${about.first}`,
      title: about.title,
      updated: about.updated_at ?? '1970-01-01T00:00:00Z',
      author: { name: 'Demarche' },
      link: [...at(about.address, 'self'), ...at(about.first, 'first'), ...at(about.next, 'next'), ...at(about.previous, 'previous')],
    },
  });
}

export const atom: Format = {
  suffix: 'atom',
  media_type: 'application/atom+xml',
  parameters: '; charset=utf-8',
  name: 'Atom (RFC 4287)',
  is_feed: true,
  async *write(entries, about) {
    const frame = frameOf(about);
    const end = frame.lastIndexOf('</feed>');
    yield frame.slice(0, end);
    for await (const entry of entries) yield build(isRemoved(entry) ? tombstoneOf(entry) : entryOf(entry.event, about));
    yield frame.slice(end);
  },
};
