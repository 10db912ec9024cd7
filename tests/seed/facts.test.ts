// The first data set: everything that its files say is in the database, and is answered as they say it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { SEED } from '../../src/files.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');

// biome-ignore lint/suspicious/noExplicitAny: files are read here as plain YAML, without the schemas of the product.
type Entry = any;
const read = (file: string, member: string): Entry[] => parse(readFileSync(join(SEED, file), 'utf8'))[member];
const events: Entry[] = readdirSync(join(SEED, 'events'))
  .sort()
  .flatMap((name) => read(join('events', name), 'events'));
const [plan] = read('action-plans.yaml', 'action_plans');
const notes = read('notes.yaml', 'notes');
const total = (pick: (entry: Entry) => unknown[] | undefined, entries = events) =>
  entries.reduce((sum, entry) => sum + (pick(entry)?.length ?? 0), 0);
const count = async (table: string, where = 'true'): Promise<number> =>
  (await api.database.pool.query<{ count: number }>(`select count(*)::int as count from ${table} where ${where}`)).rows[0]!.count;

describe('every entry is there', () => {
  test.each<[string, number]>([
    ['topics', read('topics.yaml', 'topics').length],
    ['actors', read('actors.yaml', 'actors').length],
    ['sources', read('sources.yaml', 'sources').length],
    ['initiatives', read('initiatives.yaml', 'initiatives').length],
    ['action_plans', 1],
    ['action_items', plan.items.length],
    ['action_plan_citations', plan.sources.length],
    ['action_plan_title_variants', plan.title_variants.length],
    ['events', events.length],
    ['event_cards', events.length],
    ['event_actors', total(({ actors }) => actors)],
    ['event_citations', total(({ sources }) => sources)],
    ['event_topics', total(({ topics }) => topics)],
    ['event_initiatives', total(({ initiatives }) => initiatives)],
    ['event_action_items', total(({ action_items }) => action_items)],
    ['event_relations', total(({ related }) => related)],
  ])('%s: %i', async (table, number) => {
    expect(await count(table)).toBe(number);
  });

  test('quotes, and notes on all that they concern', async () => {
    const quoted = await api.database.pool.query<{ n: number }>(
      `select coalesce(sum(jsonb_array_length(details -> 'quotes')), 0)::int as n from events`,
    );
    expect(quoted.rows[0]!.n).toBe(total(({ details }) => details?.quotes));
    expect(quoted.rows[0]!.n).toBeGreaterThan(0);
    for (const [table, member] of [
      ['events', 'events'],
      ['initiatives', 'initiatives'],
      ['action_plans', 'action_plans'],
    ] as const) {
      const { rows } = await api.database.pool.query<{ n: number }>(
        `select coalesce(sum(jsonb_array_length(notes)), 0)::int as n from ${table}`,
      );
      const own = table === 'events' ? events : table === 'initiatives' ? read('initiatives.yaml', 'initiatives') : [plan];
      expect(rows[0]!.n, table).toBe(total((note) => note[member], notes) + total((entry) => entry.notes, own));
    }
  });

  test('each is a first version, recorded as an import', async () => {
    const all =
      events.length +
      plan.items.length +
      1 +
      ['topics', 'actors', 'sources', 'initiatives'].reduce((sum, name) => sum + read(`${name}.yaml`, name).length, 0);
    expect(await count('revisions', `version = 1 and operation = 'created' and reason = 'import' and author_name = 'seed'`)).toBe(all);
    expect(await count('revisions')).toBe(all);
  });
});

describe('an event is answered as its file says', () => {
  // One of each year's file, the richest, and those that the story begins with.
  const sample = [
    ...new Map(events.map((event) => [String(event.date).slice(0, 4), event.slug as string])).values(),
    [...events].sort((a, b) => JSON.stringify(b).length - JSON.stringify(a).length)[0].slug,
    'li-qiang-waic-2025-keynote',
    'ma-zhaoxu-roundtable-2025',
    ...events.filter(({ confidence }) => confidence !== 'verified').map(({ slug }) => slug),
  ];
  test.each([...new Set(sample)])('%s', async (slug) => {
    const said = events.find((event) => event.slug === slug);
    const answered = (await api.get(`/v1/events/${slug}`)).json();
    for (const member of ['type', 'action', 'title', 'date', 'significance', 'certainty', 'confidence', 'evidence'] as const)
      if (said[member] !== undefined) expect(answered[member], member).toEqual(said[member]);
    for (const member of ['summary', 'caveat'] as const) if (said[member] !== undefined) expect(answered[member]).toBe(said[member].trim());
    expect(answered.details).toEqual(said.details ?? {});
    expect(answered.actors.map(({ slug, role, response }: Entry) => ({ actor: slug, role, response }))).toEqual(
      (said.actors ?? []).map((one: Entry) => ({ actor: one.actor, role: one.role, response: one.response ?? null })),
    );
    expect(answered.topics.map(({ slug }: Entry) => slug)).toEqual(said.topics ?? []);
    expect(answered.initiatives.map(({ slug }: Entry) => slug)).toEqual(said.initiatives ?? []);
    expect(answered.action_items.map(({ item, effect }: Entry) => [item, effect])).toEqual(
      (said.action_items ?? []).map(({ item, effect }: Entry) => [item, effect]),
    );
    expect(answered.related.map(({ event, relation }: Entry) => ({ event, relation }))).toEqual(said.related ?? []);
    expect(answered.sources.map(({ access, claim, quote, stance, value }: Entry) => ({ access, claim, quote, stance, value }))).toEqual(
      (said.sources ?? []).map(({ access = null, claim = null, quote = null, stance = 'supports', value = null }: Entry) => ({
        access,
        claim,
        quote,
        stance,
        value,
      })),
    );
  });
});

describe('what sources disagree on is kept', () => {
  const claiming = events.flatMap((event) =>
    (event.sources ?? []).filter(({ claim }: Entry) => claim !== undefined).map((citation: Entry) => ({ event, ...citation })),
  );
  const disputing = claiming.filter(({ stance }) => stance === 'disputes');

  test('each of the 26 disagreements and 6 limits of the record is a note on all that it names', async () => {
    expect(notes).toHaveLength(26 + 6);
    expect(new Set(notes.map(({ topic }) => topic)).size).toBe(notes.length);
    for (const { topic, text, ...about } of notes) {
      const paths = [
        ...(about.events ?? []).map((slug: string) => `events/${slug}`),
        ...(about.initiatives ?? []).map((slug: string) => `initiatives/${slug}`),
        ...(about.action_plans ?? []).map((slug: string) => `action-plans/${slug}`),
      ];
      expect(paths.length, topic).toBeGreaterThan(0);
      for (const path of paths) expect((await api.get(`/v1/${path}`)).json().notes, path).toContainEqual({ topic, text: text.trim() });
    }
  });

  test('and where it is known which source gives another value, a citation that disputes the member, with that value', () => {
    expect(disputing.map(({ event, claim, value }) => [event.slug, claim, value])).toEqual([
      ['unga-resolution-78-311', '/details/co_sponsors', 143],
      ['paris-ai-statement', '/details/particulars/signatories_reported', 61],
      ['ma-zhaoxu-roundtable-2025', '/details/invitees', ['germany', 'south-korea', 'russia', 'qatar', 'south-africa']],
      ['us-h20-revenue-share', '/date', '2025-07'],
      ['trump-xi-beijing-2026', '/summary', 'Formal AI talks were announced.'],
    ]);
    for (const { event } of disputing)
      expect(event.caveat !== undefined || notes.some((note) => note.events?.includes(event.slug)), event.slug).toBe(true);
  });

  test.each(claiming.map((citation) => [citation.event.slug as string, citation.claim as string, citation] as const))(
    '%s: where %s comes from',
    async (slug, claim, { stance = 'supports', value = null, note = null }) => {
      const { fields } = (await api.get(`/v1/events/${slug}/provenance`)).json();
      const field = fields.find((one: Entry) => one.field === claim);
      expect(field[stance === 'supports' ? 'supporting' : 'disputing']).toContainEqual(
        expect.objectContaining({ claim, stance, value, note: note?.trim() ?? null }),
      );
      expect(field.value).not.toEqual(value);
      expect(field.state).toBe(disputing.some((other) => other.event.slug === slug && other.claim === claim) ? 'disputed' : 'supported');
    },
  );

  test('and every event keeps a source of the whole where it has sources', () => {
    for (const { slug, sources } of events)
      if (sources?.length > 0)
        expect(
          sources.some(({ claim, stance }: Entry) => claim === undefined && stance === undefined),
          slug,
        ).toBe(true);
  });
});

test('what a source is cited for leads back to the source of the file', async () => {
  const sources = new Map(read('sources.yaml', 'sources').map((source) => [source.slug ?? source.url, source]));
  const [said] = events.filter(({ sources }) => sources?.length > 1);
  const answered = (await api.get(`/v1/events/${said.slug}`)).json();
  expect(answered.sources.map(({ title }: Entry) => title)).toEqual(
    said.sources.map(({ source }: Entry) => sources.get(source)?.title ?? source.title),
  );
});

test('nobody but those who took part is needed to tell the story: every actor of the files is met or leads somewhere', async () => {
  const used = new Set(events.flatMap(({ actors }) => (actors ?? []).map(({ actor }: Entry) => actor)));
  const leading = read('initiatives.yaml', 'initiatives').flatMap(({ lead_actors }) => lead_actors ?? []);
  const above = read('actors.yaml', 'actors').flatMap(({ affiliation }) => affiliation ?? []);
  const inDetails = JSON.stringify(events.map(({ details }) => details ?? {}));
  const unused = read('actors.yaml', 'actors').filter(
    ({ slug }) => ![...used, ...leading, ...above, plan.issuer].includes(slug) && !inDetails.includes(`"${slug}"`),
  );
  expect(unused.map(({ slug }) => slug)).toEqual([]);
});
