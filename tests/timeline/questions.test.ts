// Whatever is asked of the timeline: it answers as reading every event and picking would, in pages and whole, in every
// form, with the counts that go with it, and never fails.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseDate } from '../../src/contract/date.js';
import { CERTAINTIES } from '../../src/events/schema.js';
import { EVENT_TYPE_NAMES } from '../../src/events/types/index.js';
import { FORMATS } from '../../src/timeline/formats/index.js';
import { FACETS } from '../../src/timeline/schema.js';
import { useApp } from '../support/app.js';
import { countriesOf, type Event, type Filters, meets, slugsOf } from './picking.js';
import { slugsIn } from './slugs-in-forms.js';

const api = useApp('seeded');

const DATES = [
  '2015',
  '2020-03',
  '2023-10-17',
  '2024',
  '2025-01/2025-06',
  '2025-07-26',
  '2025-07',
  '2025-22',
  '2025-08-01',
  '2026',
  '../2025',
  '2025-12/..',
];
let events: Event[] = [];
/** Filterss whose values are in the data, or nearly. */
let questions: fc.Arbitrary<Filters>;

const isRefused = ({ from, to, item, plan }: Partial<Filters>): boolean => {
  const [first, last] = [from && parseDate(from[0]!)!.start_date, to && parseDate(to[0]!)!.end_date];
  return (first != null && last != null && first > last) || (item !== undefined && plan === undefined);
};
const textOf = (asked: Filters, more: Record<string, string> = {}): string =>
  new URLSearchParams({
    ...Object.fromEntries(Object.entries(asked).map(([name, values]) => [name, values.join(',')])),
    ...more,
  }).toString();
const found = (asked: Filters): string[] => slugsOf(events.filter(meets(asked)));

/** Follows the pages of a question to its end. */
async function follow(query: string): Promise<string[]> {
  const slugs: string[] = [];
  for (let url: string | null = `/v1/timeline?${query}`; url !== null; ) {
    const answer = await api.get(url);
    expect(answer.statusCode, url).toBe(200);
    const { data, page } = answer.json();
    slugs.push(...slugsOf(data));
    url = page.next;
  }
  return slugs;
}

beforeAll(async () => {
  const whole = await api.get('/v1/timeline.ndjson');
  events = whole.body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  expect(events.length).toBeGreaterThan(200);
  const some = (values: string[], most = 2) => fc.uniqueArray(fc.constantFrom(...new Set(values)), { minLength: 1, maxLength: most });
  const one = (values: string[]) => some(values, 1);
  questions = fc
    .record(
      {
        type: some([...EVENT_TYPE_NAMES], 3),
        exclude_type: some([...EVENT_TYPE_NAMES], 3),
        actor: some([...events.flatMap((event) => slugsOf(event.actors)), 'nobody']),
        country: some(events.flatMap(countriesOf).filter((code) => code !== null)),
        topic: some([...events.flatMap((event) => slugsOf(event.topics)), 'nothing'], 3),
        exclude_topic: some(events.flatMap((event) => slugsOf(event.topics))),
        initiative: some(events.flatMap((event) => slugsOf(event.initiatives))),
        plan: one(events.flatMap(({ action_items }) => action_items.map(({ plan }) => plan))),
        item: some(['1', '5', '12', '13', '99']),
        certainty: some([...CERTAINTIES]),
        min_significance: one(['1', '2', '3', '4', '5']),
        from: one(DATES),
        to: one(DATES),
      },
      { requiredKeys: [] },
      // Few at a time, or nothing is ever found.
    )
    .map((all) => Object.fromEntries(Object.entries(all).slice(0, 3)));
});

const hold = (promise: (asked: Filters) => Promise<void>, runs = 150) =>
  fc.assert(
    fc.asyncProperty(questions, fc.nat(), async (all, turn) => {
      // Which of them are asked, and so which stand first, differs.
      const entries = Object.entries(all);
      await promise(Object.fromEntries([...entries.slice(turn % 3), ...entries.slice(0, turn % 3)]));
    }),
    { numRuns: runs },
  );

test('a question finds what reading every event and picking finds, in the same order', async () => {
  let met = 0;
  await hold(async (asked) => {
    const answer = await api.get(`/v1/timeline?${textOf(asked, { limit: '200' })}`);
    if (isRefused(asked)) return void expect(answer.statusCode).toBe(400);
    const expected = found(asked);
    met += Math.min(expected.length, 1);
    expect(slugsOf(answer.json().data)).toEqual(expected.slice(0, 200));
    const backwards = (await api.get(`/v1/timeline?${textOf(asked, { limit: '200', order: 'desc' })}`)).json().data;
    expect(slugsOf(backwards)).toEqual([...expected].reverse().slice(0, 200));
  }, 300);
  expect(met).toBeGreaterThan(50);
});

test('pages that are followed are the whole', async () => {
  await hold(async (asked) => {
    if (isRefused(asked)) return;
    const expected = found(asked);
    const limit = String(Math.max(1, Math.ceil(expected.length / 4)));
    expect(await follow(textOf(asked, { limit }))).toEqual(expected);
    expect(await follow(textOf(asked, { limit, order: 'desc' }))).toEqual([...expected].reverse());
  }, 60);
});

test('the total and the facets are of all that is found, whatever the page', async () => {
  await hold(async (asked) => {
    if (isRefused(asked)) return;
    const { page, facets } = (
      await api.get(`/v1/timeline?${textOf(asked, { limit: '1', total: 'true', facets: FACETS.join(',') })}`)
    ).json();
    const all = events.filter(meets(asked));
    expect(page.total).toBe(all.length);
    const counted = (values: (event: Event) => (string | null)[]) => {
      const counts: Record<string, number> = {};
      for (const event of all) for (const value of new Set(values(event))) if (value !== null) counts[value] = (counts[value] ?? 0) + 1;
      return counts;
    };
    const told = (name: string) =>
      Object.fromEntries(facets[name].map(({ value, count }: { value: string; count: number }) => [value, count]));
    expect(told('type')).toEqual(counted(({ type }) => [type]));
    expect(told('topic')).toEqual(counted(({ topics }) => slugsOf(topics)));
    expect(told('actor')).toEqual(counted(({ actors }) => slugsOf(actors)));
    expect(told('country')).toEqual(counted(countriesOf));
    expect(told('initiative')).toEqual(counted(({ initiatives }) => slugsOf(initiatives)));
    expect(told('year')).toEqual(counted(({ start_date }) => [start_date?.slice(0, 4) ?? null]));
  });
});

test('every form holds the same events', async () => {
  await hold(async (asked) => {
    if (isRefused(asked)) return;
    const expected = found(asked);
    for (const { suffix, is_feed } of FORMATS) {
      const answer = await api.get(`/v1/timeline.${suffix}?${textOf(asked, is_feed ? { limit: '200' } : {})}`);
      const slugs = slugsIn[suffix]!(answer.body);
      if (!is_feed) expect(slugs, suffix).toEqual(expected);
      else if (expected.length <= 200) expect(slugs.sort(), suffix).toEqual([...expected].sort());
    }
  }, 25);
});

test('pages that are followed while others add and delete hold all that was there throughout, once and in order', async () => {
  const lasting = found({ type: ['speech', 'statement', 'forum'] });
  let isOver = false;
  const writing = (async () => {
    for (let n = 0; !isOver; n++) {
      const made = await api.post('/v1/events', {
        type: 'forum',
        title: 'In passing',
        slug: `passing-${n}`,
        date: `20${10 + (n % 17)}-07`,
      });
      expect(made.statusCode).toBe(201);
      if (n % 2 === 0) await api.delete(`/v1/events/passing-${n}`);
    }
  })();
  for (const order of ['asc', 'desc']) {
    for (let times = 0; times < 3; times++) {
      const slugs = await follow(`type=forum,speech,statement&limit=7&order=${order}`);
      expect(new Set(slugs).size).toBe(slugs.length);
      const seen = slugs.filter((slug) => !slug.startsWith('passing-'));
      expect(seen).toEqual(order === 'asc' ? lasting : [...lasting].reverse());
    }
  }
  isOver = true;
  await writing;
  for (let n = 1; (await api.delete(`/v1/events/passing-${n}`)).statusCode === 204; n += 2);
});

describe('whatever is sent', () => {
  const name = fc.constantFrom(
    ...['q', 'from', 'to', 'valid_at', 'type', 'exclude_type', 'actor', 'country', 'topic', 'exclude_topic', 'initiative'],
    ...['plan', 'item', 'certainty', 'min_significance', 'order', 'limit', 'cursor', 'total', 'facets', 'interval', 'eras'],
  );
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      '',
      '0',
      '-1',
      '1e9',
      '99999999999999999999',
      'true',
      'null',
      'asc',
      'relevance',
      '2025',
      '2025-13',
      '../..',
      '-',
      '"',
      'or',
      '%',
      "';--",
    ),
    fc.constantFrom(
      'CN',
      'speech',
      'confirmed',
      '13',
      'topic',
      '人工智能',
      'a or -b "c d',
      'x'.repeat(10_000),
      '\u0000',
      '\ud800',
      '{}',
      '[]',
      'a,b,,c',
    ),
  );
  const path = fc.constantFrom('', '.csv', '.ndjson', '.ics', '.atom', '.feed.json', '.timelinejs.json', '.jsonld', '/histogram');
  const escaped = (text: string) => encodeURIComponent(text.toWellFormed());

  test('the answer is a page or a sentence that says what to mend', async () => {
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(path, fc.array(fc.tuple(name, value), { maxLength: 4 }), async (path, parameters) => {
        const answer = await api.get(`/v1/timeline${path}?${parameters.map(([name, value]) => `${name}=${escaped(value)}`).join('&')}`);
        statuses.add(answer.statusCode);
        expect([200, 400]).toContain(answer.statusCode);
        if (answer.statusCode === 400)
          for (const { parameter, detail } of answer.json().errors ?? []) {
            expect(typeof parameter).toBe('string');
            expect(detail).toMatch(/[.?!]$/);
          }
      }),
      { numRuns: 500 },
    );
    expect([...statuses].sort()).toEqual([200, 400]);
  });
});
