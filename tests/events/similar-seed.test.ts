// The threshold is held to the first data set: none of its events is a duplicate of another one there, and what somebody
// else would write of them is found.
import { describe, expect, test } from 'vitest';
import { LIKELY } from '../../src/contract/similar.js';
import { scoreOf } from '../../src/events/likeness.js';
import { useApp } from '../support/app.js';
import { FAR_OFF, OTHERS, REWORDED } from './rewordings.js';

const api = useApp('seeded');

interface Pair {
  a: string;
  b: string;
  similarity: number;
  days: number;
  shared: number;
  actors: string[];
  either: number;
  hasBoth: boolean;
  type: string | null;
}

/** All pairs of events, with what the two have in common. */
const PAIRS = `
  with e as (select *, array(select distinct actor_id::text from event_actors l where l.event_id = e.id) as actors,
    array(select distinct source_id::text from event_citations l where l.event_id = e.id) as sources from events e)
  select a.slug as a, b.slug as b, similarity(a.title, b.title)::float8 as similarity,
    greatest(0, a.start_date - b.end_date, b.start_date - a.end_date) as days,
    (select count(*)::int from unnest(a.sources) s where s = any(b.sources)) as shared,
    array(select s from unnest(a.actors) s where s = any(b.actors)) as actors,
    (select count(distinct s)::int from unnest(a.actors || b.actors) s) as either,
    a.actors <> '{}' and b.actors <> '{}' as "hasBoth",
    case when a.type <> b.type then b.type end as type
  from e a join e b on a.id < b.id`;

test('no two events of the first data set are taken for one, even where no other cites what both cite', async () => {
  const { rows } = await api.database.pool.query<Pair>(PAIRS);
  expect(rows.length).toBe((212 * 211) / 2);
  const scored = rows.map(({ a, b, shared, type, ...rest }) => {
    const sources = Array.from({ length: shared }, () => ({ id: '', url: null, title: '', cited_by: 1 }));
    return { pair: `${a} ${b}`, score: scoreOf({ ...rest, sources, bothName: rest.hasBoth, otherType: type }) };
  });
  expect(scored.filter(({ score }) => score >= LIKELY)).toEqual([]);
});

test('none is told to be like another one of them by the route', async () => {
  const { rows } = await api.database.pool.query<{ slug: string }>('select slug from events order by slug');
  const likely: string[] = [];
  for (const { slug } of rows)
    for (const other of (await api.get(`/v1/events/${slug}/similar`)).json().data) if (other.likely) likely.push(`${slug} ${other.slug}`);
  expect(likely).toEqual([]);
});

describe('in other words it is found, first of all', () => {
  test.each(REWORDED)('%s: $title', async (slug, described) => {
    const [first] = await api.services.findSimilar(described, false);
    expect(first).toMatchObject({ slug, likely: true });
  });

  test.each(FAR_OFF)('%s: $title, in words so far off that it is listed first, but not refused', async (slug, described) => {
    const [first] = await api.services.findSimilar(described, false);
    expect(first).toMatchObject({ slug, likely: false });
  });
});

describe('what is close to one and another one is not refused', () => {
  test.each(OTHERS)('%s: $title', async (_, described) => {
    const found = await api.services.findSimilar(described, false);
    expect(found.filter(({ likely }) => likely).map(({ slug, score }) => `${slug} ${score}`)).toEqual([]);
  });
});
