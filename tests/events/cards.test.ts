// Cards: the finished answers of events. Whatever one shows, changing it makes the card again; making all again changes
// no byte.
import { describe, expect, test } from 'vitest';
import { ensureCards, rebuild } from '../../src/rebuild.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');

interface CardRow {
  slug: string;
  columns: string;
}
/** Each card with its columns, as text. */
const readCards = async (): Promise<Map<string, string>> => {
  const { rows } = await api.database.pool.query<CardRow>(
    'select e.slug, row_to_json(c)::text as columns from event_cards c join events e on e.id = c.event_id where c.known_to = 9223372036854775807 order by e.slug',
  );
  return new Map(rows.map(({ slug, columns }) => [slug, columns]));
};
const changedBetween = (before: Map<string, string>, after: Map<string, string>): string[] =>
  [...after].filter(([slug, columns]) => before.get(slug) !== columns).map(([slug]) => slug);
const slugsOf = async (query: string): Promise<string[]> => {
  const found = (await api.get(`/v1/timeline?limit=200&${query}`)).json();
  expect(found.page.next).toBeNull();
  return found.data.map(({ slug }: { slug: string }) => slug).sort();
};

test('making every card again changes no byte', async () => {
  const before = await readCards();
  expect(before.size).toBeGreaterThan(200);
  expect(await rebuild(api.database)).toBeGreaterThan(before.size);
  expect(changedBetween(before, await readCards())).toEqual([]);
});

test('a damaged card is mended', async () => {
  const before = await readCards();
  await api.database.pool.query(`update event_cards set card = '{}', keys = '{}', start_date = '2000-01-01', state = 'draft'`);
  await rebuild(api.database);
  expect(changedBetween(before, await readCards())).toEqual([]);
});

test.each(['event_cards', 'resource_cards'])(
  'whoever opens a database that lacks its %s makes everything again, and else nothing',
  async (table) => {
    expect(await ensureCards(api.database)).toBeNull();
    const before = await readCards();
    const actors = (await api.get('/v1/actors?limit=200')).body;
    await api.database.pool.query(`delete from ${table}`);
    expect(await ensureCards(api.database)).toBeGreaterThan(900);
    expect(changedBetween(before, await readCards())).toEqual([]);
    expect((await api.get('/v1/actors?limit=200')).body).toBe(actors);
  },
);

test('an event is answered alike by its own address and on the timeline, byte for byte', async () => {
  const timeline = (await api.get('/v1/timeline?limit=5')).body;
  for (const { slug } of JSON.parse(timeline).data) expect(timeline).toContain((await api.get(`/v1/events/${slug}`)).body);
});

describe('a change of what cards show makes those again, and no others', () => {
  test.each([
    ['an actor', '/v1/actors/nvidia', { name: 'NVIDIA Corporation' }, 'actor=nvidia'],
    ['the country of an actor', '/v1/actors/huawei', { country_code: 'SG' }, 'actor=huawei'],
    ['a topic', '/v1/topics/export-controls', { name: 'Controls' }, 'topic=export-controls'],
    [
      'an initiative',
      '/v1/initiatives/world-ai-cooperation-organization',
      { name: 'WAICO' },
      'initiative=world-ai-cooperation-organization',
    ],
    [
      'an action item',
      '/v1/action-plans/global-ai-governance-action-plan/items/13',
      { title: 'Many stakeholders' },
      'plan=global-ai-governance-action-plan&item=13',
    ],
  ])('%s', async (_, address, patch, query) => {
    const showing = await slugsOf(query);
    expect(showing.length).toBeGreaterThan(0);
    const before = await readCards();
    expect((await api.patch(address, patch)).statusCode).toBe(200);
    const after = await readCards();
    expect(changedBetween(before, after)).toEqual(showing);
    await rebuild(api.database);
    expect(changedBetween(after, await readCards())).toEqual([]);
  });

  test('a source', async () => {
    const event = (await api.get('/v1/events/li-qiang-waic-2025-keynote')).json();
    const before = await readCards();
    await api.patch(`/v1/sources/${event.sources[0].id}`, { title: 'Another headline' });
    const changed = changedBetween(before, await readCards());
    expect(changed).toContain('li-qiang-waic-2025-keynote');
    for (const slug of changed) expect((await api.get(`/v1/events/${slug}`)).body).toContain('Another headline');
  });

  test('a related event: its title, and whether readers may see it at all', async () => {
    const { rows } = await api.database.pool.query<{ from: string; to: string }>(
      `select f.slug as from, t.slug as to from event_relations l join events f on f.id = l.event_id join events t on t.id = l.related_event_id
       where f.state = 'published' and t.state = 'published' order by 1, 2 limit 1`,
    );
    const { from, to } = rows[0]!;
    const related = async () => (await api.get(`/v1/events/${from}`)).json().related as { event: string; title: string }[];
    await api.patch(`/v1/events/${to}`, { title: 'Under another title' });
    expect(await related()).toContainEqual(expect.objectContaining({ event: to, title: 'Under another title' }));
    await api.patch(`/v1/events/${to}`, { state: 'draft' });
    expect((await related()).map(({ event }) => event)).not.toContain(to);
    await api.patch(`/v1/events/${to}`, { state: 'published' });
    expect((await related()).map(({ event }) => event)).toContain(to);
  });
});
