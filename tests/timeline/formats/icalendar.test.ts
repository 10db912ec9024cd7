// The calendar, as a reader of it that is not ours reads it.
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { icalendar } from '../../../src/timeline/formats/icalendar.js';
import { HOSTILE, on, REMOVED, RICH, write } from './entries.js';

const read = (text: string) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  return { calendar, events: calendar.getAllSubcomponents('vevent').map((component) => ({ component, event: new ICAL.Event(component) })) };
};
const value = (component: InstanceType<typeof ICAL.Component>, name: string) => String(component.getFirstPropertyValue(name));

test('an event is whole: days, id, sequence, state, place, address and description', async () => {
  const { events } = read(await write(icalendar, [RICH, REMOVED]));
  expect(events).toHaveLength(1);
  const [{ component, event }] = events as [(typeof events)[0]];
  expect([event.uid, event.summary, event.location, event.sequence]).toEqual([
    `${RICH.id}@demarche`,
    'The keynote',
    'Expo Center, Shanghai, CN',
    2,
  ]);
  expect([event.startDate.isDate, event.startDate.toString(), event.endDate.toString()]).toEqual([true, '2025-07-26', '2025-07-29']);
  expect(value(component, 'status')).toBe('CONFIRMED');
  expect(value(component, 'url')).toBe('https://demarche.example/v1/events/the-keynote');
  expect(value(component, 'dtstamp')).toBe('2025-07-28T09:30:00Z');
  expect(component.getFirstProperty('categories')!.getValues()).toEqual(['speech', 'Governance']);
  expect(event.description).toBe('26 July 2025 to 28 July 2025\n\nWhat was said.\n\nAn article, Example, https://example.org/a?b=c&d=e');
});

test('the calendar has a name, its source and how often to look', async () => {
  const { calendar } = read(await write(icalendar, [], { title: 'Demarche: q a;b, c\\d\r\nX-EVIL:1' }));
  // ical.js does not know NAME and leaves it escaped, as RFC 5545 has text.
  expect(value(calendar, 'name')).toBe('Demarche: q a\\;b\\, c\\\\d X-EVIL:1');
  expect(value(calendar, 'x-wr-calname')).toContain('Demarche: q a');
  expect(value(calendar, 'refresh-interval')).toBe('PT1H');
  expect(value(calendar, 'source')).toBe('https://demarche.example/v1/timeline.x?type=speech&cursor=abc');
  expect(calendar.getAllProperties('x-evil')).toEqual([]);
});

describe('a date that is not sure is tentative, and stands on a day that is known', () => {
  test.each([
    ['2025-07', '2025-07-01', '2025-07-31', 'month', '2025-07-01', '2025-07-02'],
    ['2025', '2025-01-01', '2025-12-31', 'year', '2025-01-01', '2025-01-02'],
    ['2025-07-26~', '2025-07-26', '2025-07-26', 'day', '2025-07-26', '2025-07-27'],
    ['2025-07-26/..', '2025-07-26', null, 'day', '2025-07-26', '2025-07-27'],
    ['../2025-07-26', null, '2025-07-26', 'day', '2025-07-26', '2025-07-27'],
  ] as const)('%s', async (date, start, end, precision, first, last) => {
    const [one] = read(await write(icalendar, [on(date, start, end, precision)])).events;
    expect([one!.event.startDate.toString(), one!.event.endDate.toString()]).toEqual([first, last]);
    expect(value(one!.component, 'status')).toBe(precision === 'day' && !date.includes('~') ? 'CONFIRMED' : 'TENTATIVE');
  });
  test.each(['reported', 'disputed', 'scheduled'])('what is %s', async (certainty) => {
    const [one] = read(await write(icalendar, [{ ...RICH, certainty }])).events;
    expect(value(one!.component, 'status')).toBe('TENTATIVE');
  });
});

test('text of any kind stays in its place, and lines are folded between characters at 75 octets', async () => {
  const text = await write(icalendar, [HOSTILE, RICH]);
  const { events } = read(text);
  expect(events).toHaveLength(2);
  expect(events[0]!.event.summary.replace(/\s+/g, ' ')).toContain('BEGIN:VEVENT \\;, 人工智能 🏛️');
  for (const line of text.split('\r\n')) expect(Buffer.byteLength(line), line).toBeLessThanOrEqual(75);
  expect(text).not.toContain('\uFFFD');
});
