// The JSON of TimelineJS 3: slides with as much of the date as is known, and its words where it is imprecise. It shows
// text as HTML, so text is escaped. There is no media; eras are the initiatives, where they are asked for.
import { type DateParts, dateText, partsOf } from '../../contract/date-text.js';
import { type About, addressOf, type Era, type Event, eventsOf, type Format, jsonList } from './format.js';

const SIGNS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => SIGNS[sign]!);

const sourcesOf = ({ sources }: Event): string =>
  sources
    .filter(({ url }) => url !== null)
    .map(({ url, title }) => `<a href="${escapeHtml(url!)}">${escapeHtml(title)}</a>`)
    .join('; ');

function slideOf(event: Event, about: About): object {
  const { start, end } = partsOf(event.date);
  const text = [event.summary === null ? '' : escapeHtml(event.summary), sourcesOf(event)].filter((part) => part !== '');
  return {
    unique_id: event.slug,
    group: event.type,
    start_date: start ?? end!,
    ...(start !== null && end !== null && event.date.includes('/') && { end_date: end }),
    display_date: dateText(event.date),
    text: {
      headline: `<a href="${escapeHtml(addressOf(event, about))}">${escapeHtml(event.title)}</a>`,
      text: text.map((part) => `<p>${part}</p>`).join(''),
    },
  };
}

const dayOf = (day: string): DateParts => partsOf(day).start!;

const eraOf = ({ name, start_date, end_date }: Era): object => ({
  start_date: dayOf(start_date),
  end_date: dayOf(end_date),
  text: { headline: escapeHtml(name), text: '' },
});

export const timelinejs: Format = {
  suffix: 'timelinejs.json',
  media_type: 'application/vnd.timelinejs+json',
  parameters: '; charset=utf-8',
  name: 'TimelineJS 3',
  is_feed: false,
  write(entries, about) {
    const head = {
      scale: 'human',
      title: { text: { headline: escapeHtml(about.title), text: '' } },
      ...(about.eras.length > 0 && { eras: about.eras.map(eraOf) }),
    };
    return jsonList(head, 'events', slides());

    async function* slides() {
      for await (const event of eventsOf(entries)) yield slideOf(event, about);
    }
  },
};
