// What the record lacks as tables to work through: one row for each event or initiative. Lists are joined by "; ".
import { type Columns, csvTable, joined } from '../../contract/csv.js';
import type { ListedEvent, StaleInitiative } from '../schema.js';

/** What tells an event, what it rests on and what it belongs to. */
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
  actors: ({ actors }) => joined(actors.map(({ slug, role }) => `${slug} (${role})`)),
  initiatives: ({ initiatives }) => joined(initiatives.map(({ slug }) => slug)),
  action_items: ({ action_items }) => joined(action_items.map(({ plan, item, effect }) => `${plan}/${item} (${effect})`)),
  sources: ({ sources }) => new Set(sources.map(({ id }) => id)).size,
  source_titles: ({ sources }) => joined(sources.map(({ title }) => title)),
  source_urls: ({ sources }) => joined(sources.map(({ url }) => url)),
  disputes: ({ sources }) =>
    joined(sources.map(({ stance, claim, title, note }) => (stance === 'disputes' ? `${claim ?? 'the whole'}: ${note ?? title}` : null))),
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

async function* parsed<Row>(items: AsyncIterable<string>): AsyncGenerator<Row> {
  for await (const item of items) yield JSON.parse(item);
}

/** @param items finished JSON of each */
export const eventsCsv = (items: AsyncIterable<string>): AsyncIterable<string> => csvTable(OF_EVENTS, parsed(items));
export const initiativesCsv = (items: AsyncIterable<string>): AsyncIterable<string> => csvTable(OF_INITIATIVES, parsed(items));
