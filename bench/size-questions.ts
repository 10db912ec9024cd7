// What is asked where the size is what is measured: a question of each kind, with values from common to rare.
import pg from 'pg';
import { encodeCursor } from '../src/contract/cursor.js';
import { FACETS } from '../src/timeline/schema.js';

export interface Question {
  name: string;
  path: string;
}

interface Middle {
  day: string;
  precision_rank: number;
  event_id: string;
}

interface Recorded {
  /** A change in the middle of the feed. */
  seq: string;
  /** A second after the last change. */
  moment: string;
}

const ALL = `facets=${FACETS.join(',')}`;

/** @returns the same questions, in the same order, whatever the size */
export async function sizeQuestions(databaseUrl: string, count: number): Promise<Question[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows: middles } = await client.query<Middle>(
    `select start_date::text as day, precision_rank, event_id from event_cards where state = 'published' and known_to = 9223372036854775807
     order by start_date, precision_rank, event_id offset $1 limit 1`,
    [Math.floor(count / 2)],
  );
  const { rows: recorded } = await client.query<Recorded>(
    `select max(seq) / 2 as seq, to_char((max(recorded_at) + interval '1 second') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as moment from revisions`,
  );
  await client.end();
  const { day, precision_rank, event_id } = middles[0]!;
  const { seq, moment } = recorded[0]!;
  const cursor = encodeCursor({ key: [day, precision_rank, event_id], towards: 'next' }, { order: 'asc' });
  const timeline = (name: string, query: string): Question => ({ name, path: `/v1/timeline?${query}` });
  return [
    timeline('first page', ''),
    timeline('in the middle', `cursor=${cursor}`),
    timeline('type + range + topic', 'type=meeting&from=2000&to=2020&topic=topic-3'),
    timeline('range within a year', 'from=2005-03-10&to=2005-09-20'),
    timeline('rare actor', 'actor=actor-4321'),
    timeline('common actor', 'actor=actor-1'),
    timeline('common actor + common topic', 'actor=actor-1&topic=topic-1'),
    timeline('country, common', 'country=US'),
    timeline('country, less common', 'country=QA'),
    timeline('search, common word', 'q=governance'),
    timeline('search, rare word', 'q=quantum'),
    timeline('search, phrase', `q=${encodeURIComponent('"governance of models"')}`),
    timeline('search, common word, by relevance', 'q=governance&order=relevance'),
    timeline('search, rare word, by relevance', 'q=quantum&order=relevance'),
    timeline('total of everything', 'total=true&limit=1'),
    timeline('total of one key', 'total=true&limit=1&topic=topic-3'),
    timeline('total of several keys', 'total=true&limit=1&actor=actor-1&topic=topic-1'),
    timeline('total of several values', 'total=true&limit=1&topic=topic-1,topic-2'),
    timeline('total of a range', 'total=true&limit=1&from=2005&to=2010'),
    timeline('total of a search', 'total=true&limit=1&q=governance'),
    timeline('facets of everything', `${ALL}&limit=1`),
    timeline('facets of a topic', `${ALL}&limit=1&topic=topic-3`),
    timeline('facets of a range', `${ALL}&limit=1&from=2005&to=2010`),
    timeline('facets of a rare actor', `${ALL}&limit=1&actor=actor-4321`),
    { name: 'histogram of everything, by month', path: '/v1/timeline/histogram' },
    { name: 'histogram of a topic, by year', path: '/v1/timeline/histogram?topic=topic-3&interval=year' },
    timeline('known_at, first page', `known_at=${moment}`),
    timeline('known_at, type + range + topic', `known_at=${moment}&type=meeting&from=2000&to=2020&topic=topic-3`),
    timeline('known_at, total of everything', `known_at=${moment}&total=true&limit=1`),
    timeline('known_at, total of one key', `known_at=${moment}&total=true&limit=1&topic=topic-3`),
    timeline('known_at, facets of everything', `known_at=${moment}&${ALL}&limit=1`),
    timeline('known_at, facets of a topic', `known_at=${moment}&${ALL}&limit=1&topic=topic-3`),
    { name: 'known_at, histogram by month', path: `/v1/timeline/histogram?known_at=${moment}` },
    { name: 'one event', path: `/v1/events/event-${Math.floor(count / 2)}` },
    { name: 'the history of an event', path: `/v1/events/event-${Math.floor(count / 2)}/revisions` },
    { name: 'events like one', path: `/v1/events/event-${Math.floor(count / 2)}/similar` },
    { name: 'list of events, by title', path: '/v1/events?sort=title' },
    { name: 'feed of changes, from the middle', path: `/v1/changes?since=${seq}` },
  ];
}
