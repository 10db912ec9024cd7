// What the record lacks as tables to work through: one row for each event or initiative. Lists are joined by "; ".
import { type Cell, csvHead, csvLine } from '../../contract/csv.js';
import type { ListedEvent, StaleInitiative } from '../schema.js';

type Columns<Row> = Record<string, (row: Row) => Cell>;

const join = (parts: (string | null)[]): string => [...new Set(parts.filter((part) => part !== null && part !== ''))].join('; ');

/** What tells an event, what it rests on and what it belongs to. New columns are added at the end. */
const OF_EVENTS: Columns<ListedEvent> = {
  id: ({ id }) => id,
  slug: ({ slug }) => slug,
  date: ({ date }) => date,
  type: ({ type }) => type,
  title: ({ title }) => title,
  significance: ({ significance }) => significance,
  certainty: ({ certainty }) => certainty,
  confidence: ({ confidence }) => confidence,
  caveat: ({ caveat }) => caveat,
  actors: ({ actors }) => join(actors.map(({ slug, role }) => `${slug} (${role})`)),
  initiatives: ({ initiatives }) => join(initiatives.map(({ slug }) => slug)),
  action_items: ({ action_items }) => join(action_items.map(({ plan, item, effect }) => `${plan}/${item} (${effect})`)),
  sources: ({ sources }) => new Set(sources.map(({ id }) => id)).size,
  source_titles: ({ sources }) => join(sources.map(({ title }) => title)),
  source_urls: ({ sources }) => join(sources.map(({ url }) => url)),
  disputes: ({ sources }) =>
    join(sources.map(({ stance, claim, title, note }) => (stance === 'disputes' ? `${claim ?? 'the whole'}: ${note ?? title}` : null))),
  created_at: ({ created_at }) => created_at,
  updated_at: ({ updated_at }) => updated_at,
  version: ({ version }) => version,
};

const OF_INITIATIVES: Columns<StaleInitiative> = {
  id: ({ id }) => id,
  slug: ({ slug }) => slug,
  name: ({ name }) => name,
  kind: ({ kind }) => kind,
  status: ({ status }) => status,
  last_event: ({ last_event }) => last_event?.slug ?? null,
  last_event_title: ({ last_event }) => last_event?.title ?? null,
  last_event_date: ({ last_event }) => last_event?.date ?? null,
  last_event_start_date: ({ last_event }) => last_event?.start_date ?? null,
};

async function* written<Row>(columns: Columns<Row>, items: AsyncIterable<string>): AsyncGenerator<string> {
  yield csvHead(Object.keys(columns));
  for await (const item of items) {
    const row = JSON.parse(item) as Row;
    yield csvLine(Object.values(columns).map((cell) => cell(row)));
  }
}

/** @param items finished JSON of each */
export const eventsCsv = (items: AsyncIterable<string>): AsyncIterable<string> => written(OF_EVENTS, items);
export const initiativesCsv = (items: AsyncIterable<string>): AsyncIterable<string> => written(OF_INITIATIVES, items);
