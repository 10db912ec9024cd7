// A calendar: iCalendar (RFC 5545, with the names and the refresh of RFC 7986): all-day events.
//
// A date of days spans its days. One that is less precise (a month, a year) stands on the first day that it may mean and
// is TENTATIVE, as is what is not confirmed; the description begins with the date in words. One whose beginning is open
// stands on its last day, one whose end is open on its first.
import ical, { ICalEventStatus } from 'ical-generator';
import { dateText } from '../../contract/date-text.js';
import { type About, addressOf, type Event, eventsOf, type Format, placeText } from './format.js';

const DAY_MS = 86_400_000;
const REFRESH_S = 3600;

const descriptionOf = ({ date, summary, sources }: Event): string =>
  [
    dateText(date),
    summary,
    ...sources.map(({ title, publisher, url }) => [title, publisher, url].filter((part) => part !== null).join(', ')),
  ]
    .filter((part) => part !== null)
    .join('\n\n');

/** Days as calendars have them: local to wherever they are read, the end not included. */
function daysOf({ start_date, end_date, date_precision }: Event): { start: string; end: Date } {
  const start = (start_date ?? end_date)!;
  const last = date_precision === 'day' ? (end_date ?? start) : start;
  return { start, end: new Date(Date.parse(last) + DAY_MS) };
}

const isSure = ({ certainty, date, date_precision }: Event): boolean =>
  certainty === 'confirmed' && date_precision === 'day' && !/[?~%]/.test(date);

function textOf(event: Event, about: About): string {
  const calendar = ical();
  const { start, end } = daysOf(event);
  calendar.createEvent({
    id: `${event.id}@demarche`,
    sequence: event.version - 1,
    start: new Date(start),
    end,
    allDay: true,
    timezone: 'UTC',
    summary: event.title,
    description: descriptionOf(event),
    location: placeText(event),
    url: addressOf(event, about),
    status: isSure(event) ? ICalEventStatus.CONFIRMED : ICalEventStatus.TENTATIVE,
    categories: [event.type, ...event.topics.map(({ name }) => name)].map((name) => ({ name })),
    created: new Date(event.created_at),
    lastModified: new Date(event.updated_at),
    stamp: new Date(event.updated_at),
  });
  const text = calendar.toString();
  return text.slice(text.indexOf('BEGIN:VEVENT'), text.lastIndexOf('END:VCALENDAR'));
}

export const icalendar: Format = {
  suffix: 'ics',
  media_type: 'text/calendar',
  parameters: '; charset=utf-8',
  name: 'iCalendar (RFC 5545)',
  is_feed: false,
  async *write(entries, about) {
    const frame = ical({
      // The library escapes the text of events, not the name of the calendar (RFC 5545, section 3.3.11).
      name: about.title.replace(/\s+/g, ' ').replace(/[\\;,]/g, '\\$&'),
      prodId: { company: 'Demarche', product: 'Demarche', language: 'EN' },
      source: `${about.origin}${about.address}`,
      url: about.origin,
      ttl: REFRESH_S,
    }).toString();
    const end = frame.lastIndexOf('END:VCALENDAR');
    yield frame.slice(0, end);
    for await (const event of eventsOf(entries)) yield textOf(event, about);
    yield `${frame.slice(end).trimEnd()}\r\n`;
  },
};
