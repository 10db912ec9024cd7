// What is asked of the product, and what some of it costs the database alone.
import pg from 'pg';
import { encodeCursor } from '../src/contract/cursor.js';
import { type TimelineQuery, timelineQuery } from '../src/timeline/schema.js';
import { pageStatement } from '../src/timeline/sql.js';
import { median, type Target } from './load.js';

async function withClient<Result>(databaseUrl: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: databaseUrl, options: '-c jit=off' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const FACETS = 'facets=type,topic,actor,country,initiative,year';

export async function questions(address: string, databaseUrl: string, count: number): Promise<Target[]> {
  const middle = await withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ day: string; precision_rank: number; event_id: string }>(
      `select start_date::text as day, precision_rank, event_id from event_cards where state = 'published'
       order by start_date, precision_rank, event_id offset $1 limit 1`,
      [Math.floor(count / 2)],
    );
    return rows[0]!;
  });
  const key = [middle.day, middle.precision_rank, middle.event_id];
  const cursor = encodeCursor({ key, towards: 'next' }, { order: 'asc' });
  const ask = (name: string, query: string): Target => ({ name, url: `${address}/v1/timeline${query}` });
  return [
    ask('first page', ''),
    ask('in the middle', `?cursor=${cursor}`),
    ask('type + range + topic', '?type=meeting&from=2000&to=2020&topic=topic-3'),
    ask('range within a year', '?from=2005-03-10&to=2005-09-20'),
    ask('common actor + common topic', '?actor=actor-1&topic=topic-1'),
    ask('rare actor', '?actor=actor-4321'),
    ask('common actor', '?actor=actor-1'),
    ask('country', '?country=QA'),
    ask('plan item', '?plan=plan&item=13'),
    ask('absent topic', '?topic=nothing'),
    ask('q, common word', '?q=governance'),
    ask('q, rare word', '?q=quantum'),
    { name: 'one event', url: `${address}/v1/events/event-77` },
    ask('facets of all', `?${FACETS}&limit=1`),
  ];
}

/** The same asked of the present and of the past, in turns; the moment lies between the second version of each event and the third. */
export const momentQuestions = (address: string): Target[] =>
  [
    ['first page', '/v1/timeline?'],
    ['type + range + topic', '/v1/timeline?type=meeting&from=2000&to=2020&topic=topic-3'],
    ['rare actor', '/v1/timeline?actor=actor-4321'],
    ['q, common word', '/v1/timeline?q=governance'],
    ['one event', '/v1/events/event-77?'],
    ['list of actors', '/v1/actors?'],
  ].flatMap(([name, path]) => [
    { name: `${name}, 5 versions, now`, url: address + path },
    { name: `${name}, 5 versions, known_at`, url: `${address}${path}&known_at=2026-01-03T12:00:00Z` },
  ]);

export interface DatabaseTime {
  what: string;
  milliseconds: number;
  bar: number;
}

/** Medians of what one reader waits for the database, the way there and back included. */
export const databaseTimes = (databaseUrl: string): Promise<DatabaseTime[]> =>
  withClient(databaseUrl, async (client) => {
    const time = async (what: string, query: Record<string, string>, bar: number): Promise<DatabaseTime> => {
      const { facets, total, order: _, limit: __, known_at: ___, release: ____, ...filters } = timelineQuery.parse(query) as TimelineQuery;
      const statement = pageStatement(
        { filters, as_of: null, order: 'happened', isDescending: false, cursor: null, rows: 51 },
        { facets, total },
      );
      const taken: number[] = [];
      for (let times = 0; times < 51; times++) {
        const began = performance.now();
        await client.query(statement);
        taken.push(performance.now() - began);
      }
      return { what, milliseconds: median(taken), bar };
    };
    return [
      await time('a common word', { q: 'governance' }, 25),
      await time('a rare word', { q: 'quantum' }, 5),
      await time('facets of all', { facets: FACETS.slice(7) }, 150),
    ];
  });
