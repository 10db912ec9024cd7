// The first data set's plan and the positions on the proposed organisation, counted once more from the data files by plain
// code that shares nothing with the product, and held against what people read out of them.
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
const events: Entry[] = readdirSync(join(SEED, 'events')).flatMap((name) => read(join('events', name), 'events'));
const actors = new Map(read('actors.yaml', 'actors').map((actor) => [actor.slug, actor]));
const [plan] = read('action-plans.yaml', 'action_plans');

const linksTo = (item: number, effect?: string) =>
  events.flatMap((event) =>
    (event.action_items ?? [])
      .filter((link: Entry) => link.plan === plan.slug && link.item === item && (effect === undefined || link.effect === effect))
      .map(() => event),
  );
const yearOf = ({ date }: Entry): string => String(date).slice(0, 4);

describe('the matrix of the 13 items', () => {
  test.each<[number, string]>(plan.items.map(({ number, title }: Entry) => [number, title]))('item %i, %s', async (number) => {
    const { items, columns } = (await api.get(`/v1/action-plans/${plan.slug}/coverage?by=year`)).json();
    const row = items.find((item: Entry) => item.number === number);
    const counted = new Set(linksTo(number));
    expect(row.events).toBe(counted.size);
    for (const effect of ['advances', 'hinders', 'mentions']) expect(row[effect], effect).toBe(linksTo(number, effect).length);
    expect([row.is_gap, row.is_hindered]).toEqual([counted.size === 0, linksTo(number, 'hinders').length > 0]);
    const years = columns.map(({ value }: Entry) => value);
    expect(row.cells.map(({ column, events }: Entry) => [column, events])).toEqual(
      years
        .map((year: string) => [year, [...counted].filter((event) => yearOf(event) === year).length])
        .filter(([, count]: [string, number]) => count > 0),
    );
    expect(row.cells.reduce((sum: number, cell: Entry) => sum + cell.events, 0)).toBe(counted.size);
  });

  test('as people count it: none is a gap, items 2 and 4 are hindered more than advanced, and each by so many', async () => {
    const { items, gaps, hindered } = (await api.get(`/v1/action-plans/${plan.slug}/coverage`)).json();
    expect(gaps).toEqual([]);
    expect(hindered).toEqual([2, 4, 5, 8, 10, 11, 12, 13]);
    expect(items.filter(({ balance }: Entry) => balance < 0).map(({ number }: Entry) => number)).toEqual([2, 4]);
    expect(items.map(({ number, advances, hinders }: Entry) => [number, advances, hinders])).toEqual([
      [1, 1, 0],
      [2, 5, 12],
      [3, 4, 0],
      [4, 15, 19],
      [5, 8, 1],
      [6, 1, 0],
      [7, 6, 0],
      [8, 17, 1],
      [9, 4, 0],
      [10, 63, 9],
      [11, 22, 1],
      [12, 35, 1],
      [13, 31, 8],
    ]);
  });

  test('by country, each development is counted for the countries of its actors and its place', async () => {
    const { items } = (await api.get(`/v1/action-plans/${plan.slug}/coverage?by=country&columns=200`)).json();
    const countriesOf = (event: Entry) =>
      new Set(
        [event.place?.country_code, ...(event.actors ?? []).map(({ actor }: Entry) => actors.get(actor).country_code)].filter(Boolean),
      );
    for (const { number, cells } of items) {
      const counts = new Map<string, number>();
      for (const event of new Set(linksTo(number)))
        for (const country of countriesOf(event)) counts.set(country, (counts.get(country) ?? 0) + 1);
      expect(new Map(cells.map(({ column, events }: Entry) => [column, events])), `item ${number}`).toEqual(counts);
    }
  });
});

describe('the positions on the World AI Cooperation Organization', () => {
  const OF = 'world-ai-cooperation-organization';
  /** Read out of the data files by a person: those who signed first, those who signed later, and all others. */
  const FOUNDERS =
    'algeria belarus brazil cambodia cameroon china congo cuba ethiopia indonesia kazakhstan kenya kyrgyzstan laos lesotho malaysia mozambique myanmar nicaragua oman pakistan russia senegal serbia south-africa tajikistan uzbekistan venezuela zambia';
  const LATER = 'brunei dominica georgia iran sudan tanzania togo vietnam';
  const EXPECTED: Record<string, [string, string, string]> = {
    ...Object.fromEntries(FOUNDERS.split(' ').map((slug) => [slug, ['signed', '2026-07-16', 'waico-agreement-signed']])),
    ...Object.fromEntries(LATER.split(' ').map((slug) => [slug, ['signed', '2026-07-30/2026-07-31', 'waico-further-signatures']])),
    germany: ['consulted', '2025-07-26', 'ma-zhaoxu-roundtable-2025'],
    qatar: ['consulted', '2025-07-26', 'ma-zhaoxu-roundtable-2025'],
    'south-korea': ['consulted', '2025-07-26', 'ma-zhaoxu-roundtable-2025'],
    bangladesh: ['accepted', '2026-08-01', 'bangladesh-waico-observer'],
    singapore: ['invited', '2026-09-09', 'singapore-weighs-waico'],
  };
  const positions = async (query = '') => (await api.get(`/v1/initiatives/${OF}/positions?limit=200&${query}`)).json();

  test('37 signed, three were only consulted, one comes as an observer, one is invited, and nobody has ratified', async () => {
    const { data, by_position } = await positions();
    expect(Object.fromEntries(data.map(({ actor, position, date, event }: Entry) => [actor.slug, [position, date, event.slug]]))).toEqual(
      EXPECTED,
    );
    const held = Object.fromEntries(by_position.map(({ position, actors }: Entry) => [position, actors]));
    expect(held).toEqual({
      invited: 1,
      consulted: 3,
      accepted: 1,
      declined: 0,
      supports: 0,
      opposes: 0,
      signed: 37,
      ratified: 0,
      silent: 0,
    });
  });

  test('each is sourced as its event is, and the history has each part of an invitee, signatory, endorser, proposer or observer', async () => {
    const own = events.filter(({ initiatives }) => initiatives?.includes(OF));
    const { data } = await positions();
    for (const { actor, event, sources, history } of data) {
      const said = own.find(({ slug }) => slug === event.slug);
      expect(sources.length, actor.slug).toBe(new Set(said.sources.map(({ source }: Entry) => source.url ?? source)).size);
      const parts = own.filter(({ actors }) =>
        actors?.some(
          (one: Entry) => one.actor === actor.slug && ['invitee', 'signatory', 'endorser', 'proposer', 'observer'].includes(one.role),
        ),
      );
      expect(history.map((one: Entry) => one.event.slug).sort(), actor.slug).toEqual(parts.map(({ slug }) => slug).sort());
    }
  });

  test('before anybody signed, nine were consulted, Kazakhstan and China were for it, and nobody else had said anything', async () => {
    const { by_position, data } = await positions('valid_at=2025-12-31');
    expect(by_position.filter(({ actors }: Entry) => actors > 0)).toEqual([
      { position: 'consulted', actors: 9 },
      { position: 'supports', actors: 2 },
    ]);
    expect(data.filter(({ position }: Entry) => position === 'supports').map(({ actor }: Entry) => actor.slug)).toEqual([
      'china',
      'kazakhstan',
    ]);
  });

  test('its life has four steps, and its status on a day is the last of them until then', async () => {
    const { life_cycle } = (await api.get(`/v1/initiatives/${OF}`)).json();
    expect(life_cycle.map(({ action, event }: Entry) => [action, event.slug])).toEqual([
      ['proposed', 'global-ai-organisation-proposal'],
      ['signed', 'waico-agreement-signed'],
      ['held', 'waico-advancement-meeting'],
      ['signed', 'waico-further-signatures'],
    ]);
    expect((await api.get(`/v1/initiatives/${OF}?valid_at=2026-06`)).json().status).toBe('proposed');
  });
});

test('the EU is the one that has ratified the convention of the Council of Europe', async () => {
  const { data } = (await api.get('/v1/initiatives/coe-ai-convention/positions?position=ratified')).json();
  expect(data.map(({ actor, date }: Entry) => [actor.slug, date])).toEqual([['european-union', '2026-05-15']]);
});
